"""The proposals of all advisers together: consistent over all layers, on any host and executor."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_tune.findings import Abstention, Recommendation, Severity
from airflow_tune.recommend.engine import recommend

EXECUTORS = ("LocalExecutor", "CeleryExecutor", "KubernetesExecutor", "CeleryExecutor,KubernetesExecutor",
             "LocalExecutor,CeleryExecutor")  # fmt: skip


def by_option(advised):
    return {(one.option, one.scope): one for one in advised.advice}


def proposed(advised):
    return {one.option: one.proposed for one in advised.recommendations if not one.scope}


def test_a_small_container_gets_advice_for_a_small_container(build):
    advised = recommend(build(cores="1.5", memory="2GiB"))
    parallelism = int(proposed(advised)["core.parallelism"])
    assert 1 <= parallelism <= 3
    reason = by_option(advised)["core.parallelism", ""]
    assert "1.5" in str(reason.evidence)
    assert "2 GiB" in str(reason.evidence)


def test_more_memory_and_cores_never_mean_fewer_slots(build):
    sizes = [("1", "2GiB"), ("2", "4GiB"), ("4", "8GiB"), ("8", "16GiB"), ("16", "64GiB"), ("64", "256GiB")]
    slots = [recommend(build(cores=cores, memory=memory)).plan.slots for cores, memory in sizes]
    assert slots == sorted(slots)
    assert slots[0] < slots[-1]


def test_sequential_executor_is_to_be_left_behind_unless_the_db_is_sqlite(build):
    postgres = recommend(
        build(
            "[core]\nexecutor = SequentialExecutor\n[database]\nsql_alchemy_conn = postgresql://db/a\n",
            version="2.11.2",
        )
    )
    assert proposed(postgres)["core.executor"] == "LocalExecutor"
    sqlite = recommend(build("[core]\nexecutor = SequentialExecutor\n", version="2.11.2"))
    assert "PostgreSQL first" in by_option(sqlite)["core.executor", ""].reason


def test_kubernetes_without_a_deployment_abstains_and_says_what_to_describe(build):
    advised = recommend(build("[core]\nexecutor = KubernetesExecutor\n"))
    found = by_option(advised)["core.parallelism", ""]
    assert isinstance(found, Abstention)
    assert "--deployment" in found.reason


def test_two_schedulers_share_the_slots(build):
    workers = "workers:\n  - {name: w, count: 4, cores: 8, memory: 32GiB}\n"
    cfg = "[core]\nexecutor = CeleryExecutor\n"
    one, two = (
        recommend(build(cfg, deployment=f"schedulers: {{count: {count}, cores: 4, memory: 8GiB}}\n{workers}"))
        for count in (1, 2)
    )
    assert one.plan.slots == two.plan.slots
    assert two.plan.parallelism == -(-one.plan.parallelism // 2)


def test_groups_that_differ_get_their_own_concurrency(build):
    fleet = """
schedulers: {cores: 4, memory: 8GiB}
workers:
  - {name: small, count: 2, cores: 2, memory: 8GiB, queues: [default]}
  - {name: large, count: 1, cores: 16, memory: 64GiB, queues: [heavy]}
"""
    advised = recommend(build("[core]\nexecutor = CeleryExecutor\n", deployment=fleet))
    found = [one for one in advised.recommendations if one.option == "celery.worker_concurrency"]
    assert {one.scope for one in found} == {"", "large"}
    small, large = sorted(int(one.proposed) for one in found)
    assert small < large
    assert not [one for one in advised.unresolved if one.severity is not Severity.INFO]


def test_nothing_is_proposed_within_five_percent(build):
    first = recommend(build(cores="16", memory="64GiB"))
    value = int(proposed(first)["core.parallelism"])
    near = value + max(0, value // 25)
    again = recommend(build(f"[core]\nparallelism = {near}\n", cores="16", memory="64GiB"))
    found = by_option(again)["core.parallelism", ""]
    assert isinstance(found, Abstention)
    assert "fits" in found.reason


def test_everything_proposed_is_accepted_when_asked_again(build):
    advised = recommend(build(cores="8", memory="16GiB"))
    lines = {}
    for option, value in proposed(advised).items():
        if not option.startswith("pool:"):
            section, _, name = option.partition(".")
            lines.setdefault(section, []).append(f"{name} = {value}")
    cfg = "\n".join(f"[{section}]\n" + "\n".join(found) for section, found in lines.items())
    again = recommend(build(cfg, cores="8", memory="16GiB"))
    assert [one.option for one in again.recommendations if not one.option.startswith("pool:")] == []


def test_every_recommendation_says_why_at_what_risk_and_what_binds_next(build):
    fleet = """
schedulers: {cores: 4, memory: 8GiB}
workers:
  - {name: w, count: 3, cores: 4, memory: 16GiB}
database: {max_connections: 60}
"""
    cfg = "[core]\nexecutor = CeleryExecutor\nparallelism = 500\n[database]\nsql_alchemy_conn = postgresql://d/a\n"
    advised = recommend(build(cfg, deployment=fleet, dags=3))
    assert len(advised.recommendations) > 5
    for one in advised.recommendations:
        assert one.reason, one
        assert one.risk.text, one
        assert one.binds_next, one
        assert one.evidence, one


def test_extra_celery_config_keeps_what_was_there(build):
    extra = '[celery]\nextra_celery_config = {"worker_max_memory_per_child": 9}\n'
    found = by_option(recommend(build(f"[core]\nexecutor = CeleryExecutor\n{extra}")))
    merged = json.loads(found["celery.extra_celery_config", ""].proposed)
    assert merged == {"worker_max_memory_per_child": 9, "worker_max_tasks_per_child": 1000}


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    executor=st.sampled_from(EXECUTORS),
    version=st.sampled_from(["2.11.2", "3.3.2"]),
    profile=st.sampled_from(["batch-etl", "many-small-tasks", "ml-training", "sensors-heavy", "development"]),
    schedulers=st.integers(1, 3),
    workers=st.integers(1, 40),
    cores=st.sampled_from([0.5, 1, 1.5, 2, 4, 16, 96]),
    gib=st.sampled_from([1, 2, 4, 16, 64, 512]),
    connections=st.sampled_from([50, 100, 500, 5000]),
    parallelism=st.sampled_from([1, 32, 700]),
    pool=st.sampled_from([4, 128, 1000]),
    past=st.sampled_from([None, "E1", "E11"]),
)
def test_proposals_are_consistent_over_all_layers(
    build,
    lessons_of,
    executor,
    version,
    profile,
    schedulers,
    workers,
    cores,
    gib,
    connections,
    parallelism,
    pool,
    past,
):
    fleet = f"""
schedulers: {{count: {schedulers}, cores: {cores}, memory: {gib}GiB}}
workers:
  - {{name: celery, count: {workers}, cores: {cores}, memory: {gib}GiB, executor: CeleryExecutor}}
  - {{name: nodes, count: {workers}, cores: 16, memory: 64GiB, executor: KubernetesExecutor,
      pod: {{cores: 1, memory: 1GiB}}}}
database: {{max_connections: {connections}}}
"""
    cfg = (
        f"[core]\nexecutor = {executor}\nparallelism = {parallelism}\ndefault_pool_task_slot_count = {pool}\n"
        "[database]\nsql_alchemy_conn = postgresql://db/airflow\n"
    )
    installation = build(cfg, deployment=fleet, version=version, profile=profile)
    advised = recommend(installation, lessons_of(past) if past else None)
    wrong = {one.code for one in advised.unresolved if one.severity is not Severity.INFO}
    too_small = any(one.memory_slots < 1 for one in advised.plan.capacities)
    # What the tool cannot mend with numbers alone: a host too small for one task, a second executor
    # whose share of the parallelism only a pool can bound (the risk says so), a server too small
    # for the processes (it abstains and names a pooler).
    unbounded = executor == "LocalExecutor,CeleryExecutor"
    assert wrong <= {"AFC05", *(["AFC02"] if too_small or unbounded else [])}
    if "AFC02" in wrong and not too_small:
        assert "in a pool of" in by_option(advised)["core.parallelism", ""].risk.text
    if "AFC05" in wrong:
        assert isinstance(by_option(advised)["database.sql_alchemy_pool_size", ""], Abstention)
    for one in advised.recommendations:
        if isinstance(one, Recommendation) and one.proposed.isdigit():
            assert int(one.proposed) >= 0
        assert one.risk.headroom_share is None or 0 <= one.risk.headroom_share <= 1
