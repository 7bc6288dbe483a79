"""All advisers over one plan, and the check that their proposals fit together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from airflow_tune.diagnose.consistency.checks import inconsistencies
from airflow_tune.diagnose.ladder import PARALLELISM, WORKER_SLOTS, Rung, binds_after, ladder
from airflow_tune.findings import POOL_PREFIX, Advice, Finding, Recommendation
from airflow_tune.installation.model import DEFAULT_POOL, Installation
from airflow_tune.measured import Measured
from airflow_tune.origins import computed
from airflow_tune.recommend import (
    api_server,
    binding,
    celery,
    celery_child,
    dag_limit,
    database,
    heartbeat,
    kubernetes,
    parallelism,
    parsing,
    pool,
    retries,
    roomy_pool,
    scheduler,
    triggerer,
)
from airflow_tune.recommend.plan import Plan, make_plan

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.lessons import Lessons

ADVISERS = (
    parallelism,
    dag_limit,
    celery,
    celery_child,
    scheduler,
    parsing,
    triggerer,
    api_server,
    pool,
    binding,
    roomy_pool,
    retries,
)
# What heartbeat proposes comes before all: how long slots are held is part of the plan.
# These judge what the others propose: the pods of a loop by its batch, connections by the processes.
LATER_ADVISERS = (kubernetes, database)
# The limit of the ladder that each slot option sets.
LIMIT_OF = {
    "core.parallelism": PARALLELISM,
    "core.max_active_tasks_per_dag": "",
    "celery.worker_concurrency": WORKER_SLOTS,
    "celery.worker_autoscale": WORKER_SLOTS,
    f"{POOL_PREFIX}{DEFAULT_POOL}": f"{POOL_PREFIX}{DEFAULT_POOL}",
}

# The limit that a history charges for each setting.
WAITED_FOR = {
    "core.parallelism": PARALLELISM,
    "celery.worker_concurrency": WORKER_SLOTS,
    "celery.worker_autoscale": WORKER_SLOTS,
    "scheduler.scheduler_idle_sleep_time": "scheduler",
    "scheduler.max_tis_per_query": "scheduler",
}


@dataclass(frozen=True, slots=True)
class Advised:
    """Every option that was looked at, and what the installation looks like before and after.

    `unresolved` are findings of the consistency checks that the proposals bring about or leave,
    `untouched` those that they have nothing to do with.
    """

    plan: Plan
    advice: tuple[Advice, ...]
    limits_before: tuple[Rung, ...]
    limits_after: tuple[Rung, ...]
    unresolved: tuple[Finding, ...]
    untouched: tuple[Finding, ...]

    @property
    def recommendations(self) -> tuple[Recommendation, ...]:
        """Return the advice that changes something."""
        return tuple(one for one in self.advice if isinstance(one, Recommendation))


def recommend(installation: Installation, lessons: Lessons | None = None) -> Advised:
    """Return advice on every option the tool knows how to size, checked for consistency.

    `lessons` are what the installation's own past teaches, where a history was read.
    """
    draft = make_plan(installation, lessons)
    earlier = tuple(heartbeat.advise(draft))
    proposes = any(isinstance(one, Recommendation) for one in earlier)
    plan = make_plan(_applied(installation, earlier), lessons) if proposes else draft
    first = (*earlier, *(one for adviser in ADVISERS for one in adviser.advise(plan)))
    installation = draft.installation
    later = replace(plan, installation=_applied(installation, first))
    drafts = (*first, *(one for adviser in LATER_ADVISERS for one in adviser.advise(later)))
    after = _applied(installation, drafts)
    before, left = inconsistencies(installation), inconsistencies(after)
    return Advised(
        plan,
        tuple(_with_next(one, after) for one in _dearest_first(drafts, lessons)),
        ladder(installation),
        ladder(after),
        unresolved=tuple(one for one in left if one not in before),
        untouched=tuple(one for one in left if one in before),
    )


def _dearest_first(drafts: tuple[Advice, ...], lessons: Lessons | None) -> tuple[Advice, ...]:
    """Return the advice on what cost most waiting first, the rest in the order of its advisers."""
    if lessons is None:
        return drafts
    cost = {one.limit: one.seconds for one in lessons.verdict.waits.by_limit}
    return tuple(sorted(drafts, key=lambda one: -cost.get(WAITED_FOR.get(one.option, one.option), 0.0)))


def _applied(installation: Installation, drafts: tuple[Advice, ...]) -> Installation:
    """Return the installation as it would be with everything that was proposed."""
    changes: dict[tuple[str, str], str] = {}
    groups: dict[str, int] = {}
    default_pool = installation.default_pool
    for one in drafts:
        if not isinstance(one, Recommendation):
            continue
        if one.scope:
            groups[one.scope] = int(one.proposed)
        elif one.option == f"{POOL_PREFIX}{DEFAULT_POOL}":
            default_pool = Measured(int(one.proposed), computed("proposed"))
        elif one.is_setting:
            section, _, option = one.option.partition(".")
            changes[section, option] = one.proposed
    return installation.proposed(changes, default_pool, groups)


def _with_next(one: Advice, after: Installation) -> Advice:
    """Return a slot recommendation with the limit that binds once it does not."""
    if isinstance(one, Recommendation) and not one.binds_next and one.option in LIMIT_OF:
        return replace(one, binds_next=binds_after(after, LIMIT_OF[one.option]))
    return one
