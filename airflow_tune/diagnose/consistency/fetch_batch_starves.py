"""AFC04: a scheduler batch too small for the fleet, or larger than it can ever be."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.diagnose.consistency.rule import Rule, setting_evidence
from airflow_tune.findings import Finding, Layer, Severity
from airflow_tune.installation.model import Installation

RULE = Rule("AFC04", "fetch-batch-starves", Layer.FRAMEWORK)

# A pass examines one batch; below a tenth of the slots a few blocked task instances with high
# priority hide everything behind them (apache/airflow issues 19622 and 45636). Judgement.
SMALL_SHARE = 0.1


def check(installation: Installation) -> Iterator[Finding]:
    """Compare scheduler.max_tis_per_query with core.parallelism."""
    batch = installation.settings.integer("scheduler", "max_tis_per_query")
    parallelism = installation.settings.integer("core", "parallelism") or 0
    if batch is None or batch <= 0 or parallelism <= 0:
        return
    evidence = (
        setting_evidence(installation, "scheduler", "max_tis_per_query"),
        setting_evidence(installation, "core", "parallelism"),
    )
    origin = installation.settings.get("scheduler", "max_tis_per_query").origin
    # The default is nobody's choice, and on a small host it is above the parallelism and does no harm.
    if batch > parallelism and not installation.settings.get("scheduler", "max_tis_per_query").is_default:
        yield RULE.finding(
            Severity.INFO,
            f"max_tis_per_query ({batch}) is above parallelism ({parallelism}):"
            " a pass never takes more than the free slots",
            advice="nothing is gained by more than core.parallelism; leave it or lower it",
            evidence=evidence,
            origin=origin,
        )
    if batch < parallelism * SMALL_SHARE:
        yield RULE.finding(
            Severity.WARN,
            f"each pass of the scheduler examines {batch} task instances for {parallelism} slots:"
            " a few blocked ones with high priority keep free slots empty",
            advice=f"raise scheduler.max_tis_per_query to about {parallelism // 4}",
            evidence=evidence,
            origin=origin,
        )
