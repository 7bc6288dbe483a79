"""A run of the bench: the machine before, the rounds, the machine after, and one Suite of it all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone

from airflow_tune import __version__
from airflow_tune.bench.measure.check import remarks_before, remarks_during, remarks_on_run
from airflow_tune.bench.measure.counters import read_counters, read_governors, read_load
from airflow_tune.bench.measure.facts import machine_of
from airflow_tune.bench.measure.interrupt import Stop
from airflow_tune.bench.measure.plan import Plan
from airflow_tune.bench.measure.record import Record
from airflow_tune.bench.measure.rounds import Rounds, Told
from airflow_tune.bench.measure.workshop import open_workshop
from airflow_tune.host import Host
from airflow_tune.suite.model import Suite, WorkloadResult
from airflow_tune.suite.remark import Remark


def run(plan: Plan, host: Host, stop: Stop, told: Told) -> Suite:
    """Return what measuring gave; `stop` ends it early, with what was found so far.

    Raises BenchError where there is no folder for temporary files.
    """
    started, machine, before = datetime.now(timezone.utc), machine_of(host), read_counters()
    load, governors = read_load(), read_governors(machine.machine_cores)
    records = [Record.of(one, plan.wishes, plan.budget.most_rounds) for one in plan.workloads]
    with open_workshop() as workshop:
        for record in records:
            if record.workload.clean and not record.skipped:
                workshop.cleans_up_after(record.workload, plan.wishes)
        whole = Rounds(plan, records, workshop, stop, told, machine.machine_cores).go()
    strain = read_counters().since(before, machine.machine_cores)
    strain = replace(strain, load_before=load, governors=governors)
    found = [*remarks_before(strain, machine), *remarks_during(strain, machine)]
    results = tuple(record.result(machine) for record in records)
    return Suite(
        tool_version=__version__,
        started_at=started.isoformat(timespec="seconds").replace("+00:00", "Z"),
        elapsed_s=strain.wall_s,
        complete=whole,
        options=plan.options(),
        machine=machine,
        strain=strain,
        workloads=tuple(_without(one, found) for one in results),
        remarks=(*found, *remarks_on_run(results, workshop.troubles, stopped=stop.asked())),
    )


def _without(result: WorkloadResult, found: Sequence[Remark]) -> WorkloadResult:
    """Leave out of one workload's remarks what is said of the whole run anyway."""
    said = {one.name for one in found if one.void}
    return replace(result, remarks=tuple(one for one in result.remarks if one.name not in said))
