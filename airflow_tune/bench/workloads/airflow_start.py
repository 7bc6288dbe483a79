"""What a process pays before a task of Airflow runs: importing Airflow, and the machinery around one task.

It runs in the environment of --airflow-python, in a temporary home with a metadata DB of its own.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from airflow_tune.bench.kit.airflow.ask import running
from airflow_tune.bench.kit.airflow.code import code_load_s
from airflow_tune.bench.kit.airflow.home import environment, fill, shared_home
from airflow_tune.bench.kit.answer import Found, kept_figures
from airflow_tune.bench.workload import Call, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_bytes, format_duration

_BARE, _IMPORT, _TASK = "python", "import airflow", "task in a warm process"
_STATEMENTS = {_BARE: "pass", _IMPORT: "import airflow"}
FIRST = "first_task_s"


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what starts a Python with or without Airflow, or what runs one more task where one has run."""
    way, python = str(order.parameters["what"]), order.wishes.airflow_python
    home = shared_home()
    if way in _STATEMENTS:
        env, command = environment(home), [python, "-c", _STATEMENTS[way]]
        if way == _IMPORT:
            order.figures["code_load_s"] = code_load_s(python, home)
        yield lambda: subprocess.run(command, env=env, check=True, capture_output=True)
        return
    fill(home, python)
    file = str(home / "dags" / "airflow_tune_bench.py")
    begun = time.perf_counter()
    with running(python, environment(home)) as airflow:
        _run(airflow.ask(do="task", file=file))
        order.figures[FIRST] = time.perf_counter() - begun
        yield lambda: _run(airflow.ask(do="task", file=file))


def _run(answer: dict[str, object]) -> None:
    if answer["state"] not in {"success", "DagRunState.SUCCESS"}:
        raise RuntimeError(f"the task of the sample DAG ended as {answer['state']}")


def _variants(wishes: Wishes) -> Sequence[Variant]:  # noqa: ARG001 - the same everywhere
    return [Variant(name, {"what": name}) for name in (_BARE, _IMPORT, _TASK)]


def _lacks(wishes: Wishes) -> str:
    return "" if wishes.airflow_python else "no --airflow-python was given"


def _answer(result: WorkloadResult) -> str:
    found = Found(result)
    if not found.have((_BARE, _IMPORT)):
        return ""
    answer = f"`import airflow` takes {format_duration(found.more(_IMPORT, _BARE))}{_memory(result)}"
    first = sorted(kept_figures(result.variant(_TASK), FIRST))
    if not found.have([_TASK]) or not first:
        return f"{answer} in each new process."
    fresh = first[len(first) // 2]
    return (
        f"{answer}; a new process has run its first task after {format_duration(fresh)}, one that is warm"
        f" runs the next in {format_duration(found[_TASK])}: let tasks that are shorter than"
        f" {format_duration(fresh)} share processes, or join them into fewer."
    )


def _memory(result: WorkloadResult) -> str:
    variant = result.variant(_IMPORT)
    peaks = sorted(peak for peak in (variant.peaks_bytes if variant else ()) if peak)
    return f" and {format_bytes(peaks[len(peaks) // 2])} of memory" if peaks else ""


WORKLOAD = Workload(
    name="airflow-start",
    question="What does a process pay before a task of Airflow runs?",
    unit="start",
    curve=Curve.ALTERNATIVES,
    variants=_variants,
    answer=_answer,
    reference=_BARE,
    lacks=_lacks,
    warm=False,
    timeout_s=180,
)
