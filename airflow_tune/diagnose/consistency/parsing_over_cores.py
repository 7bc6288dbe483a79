"""AFC07: more parsing processes than cores, or files that cannot be parsed within their interval."""

from __future__ import annotations

import math
from collections.abc import Iterator

from airflow_tune.diagnose.consistency.rule import Rule, setting_evidence
from airflow_tune.findings import Evidence, Finding, Layer, Severity
from airflow_tune.installation.model import Installation
from airflow_tune.units import format_duration

RULE = Rule("AFC07", "parsing-over-cores", Layer.SYSTEM)


def check(installation: Installation) -> Iterator[Finding]:
    """Compare parsing_processes with the DAG processor's cores, and parse time with the interval."""
    yield from _over_cores(installation)
    yield from _over_interval(installation)


def _over_cores(installation: Installation) -> Iterator[Finding]:
    section = installation.version.parsing_section
    processes = installation.settings.integer(section, "parsing_processes") or 0
    cores = installation.parses_on.cores
    if processes <= max(1, math.ceil(cores.value)):
        return
    setting = installation.settings.get(section, "parsing_processes")
    yield RULE.finding(
        Severity.WARN,
        f"{processes} parsing processes share {cores.value:g} cores:"
        " parsing is CPU-bound, so each file only takes longer",
        advice=f"set {setting.name} to at most {max(1, math.ceil(cores.value))}",
        evidence=(
            setting_evidence(installation, section, "parsing_processes"),
            Evidence("cores of the DAG processor", f"{cores.value:g}", cores.origin),
        ),
        origin=setting.origin,
    )


def _over_interval(installation: Installation) -> Iterator[Finding]:
    """Cycle time is about files × seconds a file / processes (`dag_processing/manager.py`)."""
    section = installation.version.parsing_section
    processes = installation.settings.integer(section, "parsing_processes")
    interval = installation.settings.integer(section, "min_file_process_interval")
    if installation.dag_files is None or not processes or not interval:
        return
    each = installation.parse_s_per_file
    cycle = installation.dag_files.value * each.value / processes
    if cycle <= interval:
        return
    yield RULE.finding(
        Severity.WARN,
        f"parsing {installation.dag_files.value} DAG files takes about {format_duration(cycle)} a round,"
        f" longer than min_file_process_interval ({interval} s): the DAG processor never rests",
        advice=f"raise {section}.min_file_process_interval, add parsing processes, or make files cheaper",
        evidence=(
            Evidence("DAG files", str(installation.dag_files.value), installation.dag_files.origin),
            Evidence("seconds a file", f"{each.value:g}", each.origin),
            setting_evidence(installation, section, "parsing_processes"),
            setting_evidence(installation, section, "min_file_process_interval"),
        ),
        origin=installation.settings.get(section, "min_file_process_interval").origin,
    )
