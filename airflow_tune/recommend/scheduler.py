"""[scheduler] max_tis_per_query and scheduler_idle_sleep_time: how fast ready tasks are handed out."""

from __future__ import annotations

import math
from collections.abc import Iterator

from airflow_tune.diagnose.db_wait import scheduler_db_wait
from airflow_tune.diagnose.reserve import scheduler_busy_share
from airflow_tune.findings import Advice, Confidence, Evidence, Risk
from airflow_tune.origins import computed
from airflow_tune.recommend.measured import origin_of
from airflow_tune.recommend.plan import Plan
from airflow_tune.recommend.proposal import leave, propose
from airflow_tune.units import format_duration, format_share

BATCH = ("scheduler", "max_tis_per_query")
SLEEP = ("scheduler", "scheduler_idle_sleep_time")
# Airflow's default; a quarter of the slots in one pass refills an empty fleet in four passes,
# which follow each other without sleeping. Judgement.
LEAST_BATCH = 16
PASSES_TO_FILL = 4
# Airflow's default sleep: longer saves nothing worth having.
LONGEST_SLEEP_S = 1.0
# With less the loop hardly sleeps at all, however long its DB takes. Judgement.
SHORTEST_SLEEP_S = 0.1


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose the batch of the critical section and the idle sleep of the loop."""
    yield _batch(plan)
    yield _sleep(plan)


def _batch(plan: Plan) -> Advice:
    parallelism = plan.parallelism or plan.installation.settings.integer("core", "parallelism") or 0
    current = plan.installation.settings.integer(*BATCH) or 0
    wanted = max(LEAST_BATCH, math.ceil(parallelism / PASSES_TO_FILL))
    evidence = (
        Evidence(
            "batch",
            str(wanted),
            computed("parallelism / passes, at least Airflow's default"),
            f"max({LEAST_BATCH}, ⌈{parallelism} / {PASSES_TO_FILL}⌉)",
        ),
    )
    if current == 0 or current >= wanted:
        return leave(
            plan.installation,
            BATCH,
            f"{current or 'no limit'} is enough: a pass never takes more than the free slots ({parallelism})",
            evidence,
        )
    look = plan.lessons.verdict.scheduler.batch_max if plan.lessons else current
    # What more slots than there were would ask of a look, the past does not show.
    if plan.lessons and 0 < look < current and parallelism <= plan.lessons.machinery.slots:
        seen = Evidence("most that one look queued", str(look), origin_of(plan.lessons))
        why = f"{current} is enough: no look of the scheduler queued more than {look}"
        return leave(plan.installation, BATCH, why, (seen,))
    return propose(
        plan.installation,
        BATCH,
        wanted,
        reason=f"{parallelism} slots are filled in {PASSES_TO_FILL} passes, and blocked task instances"
        " at the head do not hide the rest",
        risk=Risk("each pass locks and examines more rows; one scheduler at a time may do so"),
        confidence=Confidence.MEDIUM,
        evidence=evidence,
        binds_next="core.parallelism",
    )


def _sleep(plan: Plan) -> Advice:
    """Let a hop between two tasks, half the sleep on average, cost no more than a set share of a task."""
    profile, footprint = plan.installation.profile, plan.installation.footprint
    share, duration = profile.scheduling.hop_share_max, profile.typical_duration_s()
    busy_max = profile.scheduling.scheduler_cpu_share_max
    floor = footprint.scheduler_loop_s.value * (1 / busy_max.value - 1)
    wait = scheduler_db_wait(plan.installation)
    wait_s = wait.value if wait else 0.0
    wanted = max(floor, 2 * share.value * duration) - wait_s
    value = round(min(LONGEST_SLEEP_S, max(SHORTEST_SLEEP_S, wanted)), 1)
    busy = scheduler_busy_share(plan.installation, value)
    evidence = (
        Evidence("typical task", format_duration(duration), profile.origin),
        Evidence("share that a hop may cost", format_share(share.value), share.origin),
        Evidence(
            "loop without the sleep",
            f"{footprint.scheduler_loop_s.value:g} s",
            footprint.scheduler_loop_s.origin,
        ),
        *(
            [Evidence("loop's wait for a DB farther away", format_duration(wait_s), wait.origin)]
            if wait
            else []
        ),
        Evidence(
            "sleep",
            f"{value:g} s",
            computed("2 × share × duration, less the wait for the DB, at most 1 s"),
            f"min({LONGEST_SLEEP_S:g},"
            f" max({floor:.2f}, 2 × {share.value:g} × {duration:.3g}) − {wait_s:.3g})",
        ),
    )
    current = plan.installation.settings.number(*SLEEP) or 0.0
    if current <= value:
        return leave(
            plan.installation,
            SLEEP,
            f"a hop waits {current / 2:g} s on average: {current / 2 / duration:.1%} of a typical task",
            evidence,
        )
    return propose(
        plan.installation,
        SLEEP,
        value,
        reason=f"tasks of {format_duration(duration)} wait {current / 2:g} s on average for each hop of the"
        " scheduler",
        risk=Risk(
            f"an idle scheduler takes {format_share(busy)} of a core and as many more queries",
            headroom_share=1 - busy,
        ),
        confidence=plan.confidence,
        evidence=evidence,
        binds_next="body of the scheduler loop",
    )
