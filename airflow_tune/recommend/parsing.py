"""parsing_processes and min_file_process_interval: what re-parsing DAG files costs."""

from __future__ import annotations

import math
from collections.abc import Iterator

from airflow_tune.findings import Advice, Evidence, Risk
from airflow_tune.origins import computed
from airflow_tune.recommend.plan import Plan
from airflow_tune.recommend.proposal import leave, propose
from airflow_tune.units import format_share


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose processes that fit the cores, and an interval that leaves the cores to others."""
    yield _processes(plan)
    yield _interval(plan)


def _work(plan: Plan) -> tuple[float, tuple[Evidence, ...]] | None:
    """Return the CPU seconds of one round over all files, None where files were not counted."""
    files, each = plan.installation.dag_files, plan.installation.parse_s_per_file
    if files is None:
        return None
    seconds = files.value * each.value
    return seconds, (
        Evidence("DAG files", str(files.value), files.origin),
        Evidence("seconds a file", f"{each.value:g}", each.origin),
        Evidence(
            "one round", f"{seconds:g} s", computed("files × seconds"), f"{files.value} × {each.value:g}"
        ),
    )


def _processes(plan: Plan) -> Advice:
    installation = plan.installation
    name = (installation.version.parsing_section, "parsing_processes")
    if installation.uses_sqlite and not installation.version.dag_processor_is_separate:
        return leave(installation, name, "with SQLite, 2.x parses in one process whatever is set")
    cores = installation.parses_on.cores
    most = max(1, math.ceil(cores.value * (1 - installation.profile.headroom.cpu.value)))
    current = installation.settings.integer(*name) or 1
    found = _work(plan)
    interval = installation.settings.integer(name[0], "min_file_process_interval") or 1
    needed = math.ceil(found[0] / interval) if found else current
    value = max(1, min(most, max(needed, min(current, most))))
    evidence = (
        Evidence("cores of the DAG processor", f"{cores.value:g}", cores.origin),
        *(found[1] if found else ()),
        Evidence(
            "processes",
            str(value),
            computed("as many as a round needs, at most the cores"),
            f"min({most}, max({needed}, {min(current, most)}))",
        ),
    )
    reason = (
        f"{current} processes share {cores.value:g} cores, and parsing is CPU-bound"
        if value < current
        else f"a round of {found[0] if found else 0:g} s has to fit in {interval} s"
    )
    return propose(
        installation,
        name,
        value,
        reason=reason,
        fits=f"{cores.value:g} cores bear them" + ("" if found else "; DAG files were not counted"),
        risk=Risk(
            "new and changed DAG files appear later"
            if value < current
            else "parsing takes cores and memory from whatever shares the host"
        ),
        confidence=plan.confidence,
        evidence=evidence,
        binds_next="cores of the DAG processor",
    )


def _interval(plan: Plan) -> Advice:
    installation = plan.installation
    name = (installation.version.parsing_section, "min_file_process_interval")
    found = _work(plan)
    if found is None:
        return leave(installation, name, "DAG files were not counted: name their folder with --dags")
    cores = installation.parses_on.cores
    share = installation.profile.parsing.cpu_share_max
    current = installation.settings.integer(*name) or 0
    least = math.ceil(found[0] / (cores.value * share.value))
    evidence = (
        *found[1],
        Evidence("cores of the DAG processor", f"{cores.value:g}", cores.origin),
        Evidence("share for re-parsing", format_share(share.value), share.origin),
        Evidence(
            "interval",
            f"{least} s",
            computed("one round / (cores × share)"),
            f"⌈{found[0]:g} / ({cores.value:g} × {share.value:g})⌉",
        ),
    )
    if current >= least:
        now = found[0] / (cores.value * current)
        return leave(installation, name, f"re-parsing takes {now:.1%} of the DAG processor's cores", evidence)
    return propose(
        installation,
        name,
        least,
        reason=f"re-parsing unchanged files may take {format_share(share.value)} of {cores.value:g} cores",
        risk=Risk("a DAG that changes without its file changing (a Variable, a YAML file) is seen later"),
        confidence=plan.confidence,
        evidence=evidence,
        binds_next="seconds a file takes to parse",
    )
