"""AFC01: worker slots that parallelism can never fill, or a parallelism that workers never reach."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.diagnose.consistency.rule import Rule, setting_evidence
from airflow_tune.diagnose.ladder import PARALLELISM, WORKER_SLOTS, ladder
from airflow_tune.findings import Evidence, Finding, Layer, Severity
from airflow_tune.installation.model import Installation
from airflow_tune.origins import computed

RULE = Rule("AFC01", "parallelism-below-fleet", Layer.FRAMEWORK)

# Above this ratio the surplus is no margin for dispatch any more; judgement, twice the largest
# margin that `recommend` ever adds to the worker slots.
NEVER_REACHED = 1.5


def check(installation: Installation) -> Iterator[Finding]:
    """Compare Σ workers × concurrency with parallelism × schedulers (Celery only)."""
    rungs = {rung.limit: rung.slots for rung in ladder(installation)}
    fleet, parallelism = rungs.get(WORKER_SLOTS), rungs.get(PARALLELISM)
    if fleet is None or parallelism is None:
        return
    evidence = (
        setting_evidence(installation, "core", "parallelism"),
        Evidence(
            "schedulers",
            str(installation.deployment.schedulers.count.value),
            installation.deployment.schedulers.count.origin,
        ),
        Evidence("worker slots", str(fleet), computed("Σ workers × worker_concurrency")),
    )
    origin = installation.settings.get("core", "parallelism").origin
    if fleet > parallelism:
        yield RULE.finding(
            Severity.WARN,
            f"{fleet - parallelism} of {fleet} worker slots can never be used:"
            f" parallelism × schedulers is {parallelism}",
            advice=f"raise core.parallelism so that parallelism × schedulers is at least {fleet},"
            " or run fewer workers",
            evidence=evidence,
            origin=origin,
        )
    elif parallelism > fleet * NEVER_REACHED:
        yield RULE.finding(
            Severity.INFO,
            f"parallelism × schedulers ({parallelism}) can never be reached by {fleet} worker slots:"
            " the surplus waits in the broker, where priorities no longer count",
            advice="lower core.parallelism to little more than the worker slots",
            evidence=evidence,
            origin=origin,
        )
