"""Every consistency check fires on what it is for and stays silent beside it."""

from __future__ import annotations

import pytest

from airflow_tune.diagnose.consistency.checks import CHECKS, inconsistencies

CELERY = "[core]\nexecutor = CeleryExecutor\n"
POSTGRES = "[database]\nsql_alchemy_conn = postgresql://db/airflow\n"
FLEET = """
schedulers: {cores: 4, memory: 8GiB}
workers:
  - {name: etl, count: 4, cores: 8, memory: 32GiB, queues: [default]}
database: {max_connections: 100}
"""

FIRES = {
    "AFC01 fleet above": (
        "AFC01", "warn", "32 of 64 worker slots can never be used",
        {"cfg": CELERY, "deployment": FLEET},
    ),
    "AFC01 fleet far below": (
        "AFC01", "info", "can never be reached by 64",
        {"cfg": CELERY + "parallelism = 500\n", "deployment": FLEET},
    ),
    "AFC02 over memory": (
        "AFC02", "error", "the kernel would kill some",
        {"cfg": "[core]\nparallelism = 64\n", "memory": "2GiB"},
    ),
    "AFC03 default pool below": (
        "AFC03", "warn", "default_pool lets 8 task instances run although parallelism allows 32",
        {"cfg": "[core]\ndefault_pool_task_slot_count = 8\n", "memory": "64GiB", "cores": "64"},
    ),
    "AFC04 batch above": (
        "AFC04", "info", "max_tis_per_query (512) is above parallelism (32)",
        {"cfg": "[scheduler]\nmax_tis_per_query = 512\n"},
    ),
    "AFC04 batch far below": (
        "AFC04", "warn", "examines 16 task instances for 1000 slots",
        {"cfg": "[core]\nparallelism = 1000\n", "memory": "900GiB"},
    ),
    "AFC05 too many": (
        "AFC05", "error", "the server grants 97",
        {"cfg": CELERY + POSTGRES + "sql_alchemy_pool_size = 90\n", "deployment": FLEET},
    ),
    "AFC06 autoscale": (
        "AFC06", "warn", "worker_autoscale = 24,8 cannot scale up",
        {"cfg": CELERY + "[celery]\nworker_autoscale = 24,8\n", "deployment": FLEET},
    ),
    "AFC07 over cores": (
        "AFC07", "warn", "16 parsing processes share 4 cores",
        {"cfg": "[dag_processor]\nparsing_processes = 16\n"},
    ),
    "AFC07 over interval": (
        "AFC07", "warn", "parsing 20 DAG files takes about",
        {"cfg": "[dag_processor]\nmin_file_process_interval = 1\n", "dags": 20},
    ),
    "AFC08 shadowed": (
        "AFC08", "warn", "without effect: AIRFLOW__CORE__PARALLELISM wins with 9",
        {"cfg": "[core]\nparallelism = 7\n", "env": {"AIRFLOW__CORE__PARALLELISM": "9"}},
    ),
    "AFC09 ignored": (
        "AFC09", "warn", "scheduler.parsing_processes has no effect: renamed to",
        {"cfg": "[scheduler]\nparsing_processes = 8\n"},
    ),
    "AFC09 dead": (
        "AFC09", "info", "no code of Airflow 3.3.2 reads it",
        {"cfg": "[api]\nworker_timeout = 7\n"},
    ),
    "AFC09 zero in 2.x": (
        "AFC09", "warn", "means no limit at all",
        {"cfg": "[core]\nexecutor = LocalExecutor\nparallelism = 0\n", "version": "2.11.2"},
    ),
    "AFC09 zero in 3.x": (
        "AFC09", "error", "is refused by Airflow 3.3.2",
        {"cfg": "[core]\nparallelism = 0\n"},
    ),
    "AFC09 per run": (
        "AFC09", "info", "one DAG with 16 active runs may hold 128",
        {"cfg": "[core]\nmax_active_tasks_per_dag = 8\n"},
    ),
    "AFC10 one pod": (
        "AFC10", "warn", "task number 100 of a fan-out waits about 100 s",
        {"cfg": "[core]\nexecutor = KubernetesExecutor\n"},
    ),
    "AFC11 over capacity": (
        "AFC11", "error", "deferred task instances are expected at the peak",
        {"cfg": "[triggerer]\ncapacity = 1\n", "profile": "sensors-heavy"},
    ),
}  # fmt: skip

SILENT = {
    "AFC01": {"cfg": CELERY + "parallelism = 70\n", "deployment": FLEET},
    "AFC02": {"cfg": "[core]\nparallelism = 2\n", "memory": "16GiB"},
    "AFC03": {"cfg": "[core]\ndefault_pool_task_slot_count = 32\n"},
    "AFC04": {"cfg": "[core]\nparallelism = 64\n"},
    "AFC05": {"cfg": CELERY + POSTGRES, "deployment": FLEET},
    "AFC06": {"cfg": CELERY + "[celery]\nworker_autoscale = 24,8\nworker_prefetch_multiplier = 2\n",
              "deployment": FLEET},
    "AFC07": {"cfg": "[dag_processor]\nparsing_processes = 4\n", "dags": 2},
    "AFC08": {"cfg": "[core]\nparallelism = 32\n", "env": {"AIRFLOW__CORE__PARALLELISM": "9"}},
    "AFC09": {"cfg": "[dag_processor]\nparsing_processes = 2\n"},
    "AFC10": {"cfg": "[core]\nexecutor = KubernetesExecutor\n"
                     "[kubernetes_executor]\nworker_pods_creation_batch_size = 8\n"},
    "AFC11": {"cfg": "[triggerer]\ncapacity = 100000\n", "profile": "sensors-heavy"},
}  # fmt: skip


def of(code, installation):
    return [one for one in inconsistencies(installation) if one.code == code]


@pytest.mark.parametrize(("code", "severity", "said", "given"), FIRES.values(), ids=FIRES)
def test_fires_on_what_it_is_for(build, code, severity, said, given):
    found = of(code, build(**given))
    assert [one for one in found if said in one.message and one.severity.value == severity], found
    assert all(one.advice and one.evidence for one in found)


@pytest.mark.parametrize(("code", "given"), SILENT.items(), ids=SILENT)
def test_stays_silent_beside_it(build, code, given):
    assert of(code, build(**given)) == []


def test_every_check_is_tried_both_ways_and_has_a_code_of_its_own():
    codes = [module.RULE.code for module in CHECKS]
    assert len(set(codes)) == len(codes)
    assert {code for code, *_ in FIRES.values()} == set(codes) == set(SILENT)


def test_the_gravest_comes_first(build):
    found = inconsistencies(
        build("[core]\nparallelism = 64\n[scheduler]\nmax_tis_per_query = 512\n", memory="2GiB")
    )
    ranks = [one.severity.rank for one in found]
    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) > 1
