"""AFT605: a process pool takes all the host's cores, in each task at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.edit import Edit, Fix
from airflow_tune.lint.editing import named, replace, set_keywords
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

POOLS = frozenset(
    {
        *("multiprocessing.Pool", "multiprocessing.pool.Pool", "multiprocess.Pool", "billiard.Pool"),
        *("concurrent.futures.ProcessPoolExecutor", "concurrent.futures.process.ProcessPoolExecutor"),
        "multiprocessing.get_context().Pool",
    }
)

SHARE = (
    'max(1, len(os.sched_getaffinity(0)) // int(os.environ.get("AIRFLOW__CELERY__WORKER_CONCURRENCY", "16")))'
)
"""16 is the default of celery.worker_concurrency in 2.11.2 and 3.3.2."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield process pools without a size, or as large as the host."""
    for body in subject.flow.bodies(("Pool", "ProcessPoolExecutor")):
        for call in body.calls:
            if call.name in POOLS and not any(one.arg is None for one in call.node.keywords):
                size = call.argument(0, "processes", "max_workers")
                if size is None or none(size) or of_host(body, size):
                    message = f"{call.last} starts as many processes as the host has cores"
                    yield Hit.on(call.node, message, sized(subject, call, size))


def sized(subject: Subject, call: Call, size: ast.expr | None) -> Fix | None:
    """Return the fix that gives a pool one task's share of the cores that the process may use."""
    share, imports = SHARE, tuple[Edit, ...]()
    for whole in ("os.sched_getaffinity", "os.environ"):
        known = named(subject, whole)
        if known is None:
            return None
        share, imports = share.replace(whole, known[0]), (*imports, *known[1])
    if size is not None:
        return Fix((replace(size, share), *imports))
    name = "max_workers" if call.last == "ProcessPoolExecutor" else "processes"
    edits = set_keywords(subject, call.node, {name: share})
    return Fix((*edits, *imports)) if edits else None


def none(node: ast.expr) -> bool:
    """Return whether an expression is None."""
    return isinstance(node, ast.Constant) and node.value is None


def of_host(body: Body, node: ast.expr) -> bool:
    """Return whether a number is that of the host's cores, give or take; min(...) bounds it."""
    value = body.value(node)
    if isinstance(value, ast.BinOp):
        return of_host(body, value.left)
    if isinstance(value, ast.Call):
        name = body.dotted(value.func)
        if name in ("max", "int", "round") and value.args:
            return any(of_host(body, one) for one in value.args)
        return name.rpartition(".")[2] == "cpu_count"
    return isinstance(value, ast.BoolOp) and any(of_host(body, one) for one in value.values)


RULE = Rule(
    "AFT605",
    "unbounded-process-pool",
    Severity.WARN,
    Explanation(
        what="A process pool in task code without a size, or sized by cpu_count().",
        why=(
            "The count is the host's, whatever the container may use, and each of the worker's "
            "concurrent tasks "
            "starts as many: cores x worker_concurrency processes on the same cores and memory."
        ),
        example="with ProcessPoolExecutor() as pool:\n    pool.map(work, parts)",
        instead=(
            "Give it a size: usable cores (len(os.sched_getaffinity(0)) and the cgroup's quota) "
            "divided by the "
            "tasks that run beside it; or map the task and let Airflow run the parts."
        ),
        fix=(
            "Unsafe: a task's share of the cores that the process may use; the right size depends on "
            "the worker."
        ),
        sources=(
            "https://docs.python.org/3/library/os.html#os.sched_getaffinity",
            "https://docs.python.org/3/library/concurrent.futures.html#processpoolexecutor",
        ),
    ),
    check,
)
