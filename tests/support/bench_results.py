"""Made-up results of the bench."""

from __future__ import annotations

from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import Curve, Suite, VariantResult, WorkloadResult
from airflow_tune.suite.remark import Strain

MACHINE = Machine(
    hostname="worker-1",
    system="Linux 6.1",
    architecture="x86_64",
    cpu="A CPU",
    cores=2.0,
    cores_origin="affinity",
    memory_bytes=8 * 2**30,
    machine_cores=2,
    machine_memory_bytes=8 * 2**30,
    python="CPython 3.12.1",
)


def make_workload(values, curve=Curve.ALTERNATIVES, name="rows", **more):
    """Return a result from values by the name of an alternative, or by the place on the axis of a curve."""
    axis = "" if curve is Curve.ALTERNATIVES else "size"
    scale, peak = more.pop("scale", 1.0), more.pop("peak", 50 * 2**20)
    variants = tuple(
        VariantResult(
            str(key),
            {axis: key} if axis else {"way": key},
            tuple(seconds),
            scale=scale,
            peaks_bytes=(peak,) * len(seconds),
            base_bytes=30 * 2**20,
        )
        for key, seconds in values.items()
    )
    given = {"axis": axis, "reference": variants[0].name if variants else "", **more}
    return WorkloadResult(name, f"How fast are {name}?", "row", curve, variants, **given)


def make_suite(*workloads, **more):
    """Return a suite that measured `workloads` on a made-up machine."""
    given = {
        "tool_version": "0.1.0",
        "started_at": "2026-01-02T03:04:05Z",
        "elapsed_s": 12.5,
        "complete": True,
        "options": {"length": "default"},
        "machine": MACHINE,
        "strain": Strain(wall_s=12.5),
    }
    return Suite(**{**given, **more}, workloads=tuple(workloads))
