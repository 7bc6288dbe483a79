"""AFC08: a value that somebody wrote into airflow.cfg and that an environment variable hides."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.diagnose.consistency.rule import Rule
from airflow_tune.findings import Evidence, Finding, Layer, Severity
from airflow_tune.installation.model import Installation
from airflow_tune.origins import OriginKind

RULE = Rule("AFC08", "env-shadows-file", Layer.SYSTEM)


def check(installation: Installation) -> Iterator[Finding]:
    """Look for chosen values of the file that lost against the environment.

    A generated airflow.cfg lists every default, so a hidden default is nobody's choice.
    """
    for setting in installation.settings:
        if setting.origin.kind is not OriginKind.ENVIRONMENT:
            continue
        for hidden in setting.shadowed:
            chosen = hidden.value not in (setting.default, setting.value)
            if hidden.origin.kind is OriginKind.FILE and chosen:
                yield RULE.finding(
                    Severity.WARN,
                    f"{setting.name} in the file is without effect: {setting.origin} wins"
                    + ("" if setting.sensitive else f" with {setting.value}"),
                    advice=f"change {setting.origin}, or unset it, or delete the line",
                    evidence=(
                        Evidence("in effect", setting.shown, setting.origin),
                        Evidence("hidden", "***" if setting.sensitive else str(hidden.value), hidden.origin),
                    ),
                    origin=hidden.origin,
                )
