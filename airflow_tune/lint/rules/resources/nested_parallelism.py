"""AFT606: parallel work inside work that is parallel already."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.flow.file import Flow
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.rules.resources.process_pool import POOLS
from airflow_tune.lint.subject import Subject

THREADED = ("numpy.linalg.", "numpy.dot", "numpy.matmul", "scipy.linalg.", "torch.")
CALMED = (
    "omp_num_threads",
    "openblas_num_threads",
    "mkl_num_threads",
    "threadpool_limits",
    "set_num_threads",
)
SENDS = frozenset({"map", "imap", "imap_unordered", "starmap", "submit", "apply_async", "map_async"})


def check(subject: Subject) -> Iterator[Hit]:
    """Yield n_jobs=-1, pools in mapped tasks, and pools over functions that use threads of their own."""
    flow = subject.flow
    if flow.mentions("n_jobs"):
        for site in subject.index.sites:
            jobs = site.keyword("n_jobs")
            runs = not site.at_parse and site.node.lineno not in flow.dead
            if jobs is not None and runs and ast.unparse(jobs) == "-1":
                yield Hit.on(site.node, "n_jobs=-1 takes all cores of the host, beside all other tasks on it")
    for body in flow.bodies(("Pool", "ProcessPoolExecutor")):
        for call in body.calls:
            if call.name in POOLS:
                yield from nested(flow, body, call)


def nested(flow: Flow, body: Body, call: Call) -> Iterator[Hit]:
    """Yield a pool whose task is mapped, or whose workers start threads for each core."""
    mapped = next((task for _, task in flow.tasks_of(body) if task.mapped), None)
    if mapped is not None:
        yield Hit.on(call.node, f"each mapped instance of {mapped.key} starts a pool of its own")
    elif not flow.mentions(*CALMED):
        for name in workers(body):
            if any(one.name.startswith(THREADED) for inner in flow.named(name) for one in inner.calls):
                yield Hit.on(
                    call.node,
                    f"each process of the pool runs {name}(), whose BLAS starts a thread per core",
                )
                return


def workers(body: Body) -> Iterator[str]:
    """Yield the functions that are sent to a pool."""
    for call in body.calls:
        if call.last in SENDS and call.node.args and isinstance(call.node.args[0], ast.Name):
            yield call.node.args[0].id


RULE = Rule(
    "AFT606",
    "nested-parallelism",
    Severity.INFO,
    Explanation(
        what=(
            "n_jobs=-1 in task code, a process pool inside a mapped task, or a pool whose workers call BLAS "
            "without a limit on its threads."
        ),
        why=(
            "Tasks times processes times threads share the same cores: they mostly switch, and memory "
            "multiplies."
        ),
        example="RandomForestClassifier(n_jobs=-1).fit(x, y)",
        instead=(
            "Parallelise on one level: n_jobs=1 or OMP_NUM_THREADS=1 inside, mapping or the pool outside."
        ),
        fix="No edit: which level is the better one depends on the worker.",
        sources=("https://scikit-learn.org/stable/computing/parallelism.html",),
    ),
    check,
)
