"""AFT406: a task that needs much memory or many cores counts like any other."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.dags.model import Reference, Task
from airflow_tune.findings import Severity
from airflow_tune.lint.mending import task_with
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

PACKAGES = (
    *(
        "torch",
        "tensorflow",
        "keras",
        "sklearn",
        "xgboost",
        "lightgbm",
        "catboost",
        "transformers",
        "prophet",
    ),
    *("pyspark", "pytorch_lightning", "statsmodels"),
)
TRAINS = frozenset(
    {"fit", "fit_transform", "train", "fit_predict", "cross_val_score", "from_pretrained", "getOrCreate"}
)


def check(subject: Subject) -> Iterator[Hit]:
    """Yield tasks that train models or start a Spark of their own, with one slot of whatever pool."""
    heavy = functions(subject)
    for dag in subject.graph.dags if heavy else ():
        for task in dag.tasks:
            called = task.arguments.get("python_callable")
            name = called.name if isinstance(called, Reference) and called.kind == "function" else ""
            if name in heavy and task.argument("pool_slots") == 1 and in_worker(task):
                message = (
                    f"{task.key} calls {heavy[name]}() and counts as one slot, like a task that does little"
                )
                fix = task_with(subject, task, pool_slots="2")
                yield Hit(task.place.line, message, task.place.file, fix)


def functions(subject: Subject) -> dict[str, str]:
    """Return the functions of a file that do heavy work, with what they call for it."""
    used = {name for name in subject.index.aliases.values() if name.partition(".")[0] in PACKAGES}
    if not used:
        return {}
    found: dict[str, str] = {}
    for site in subject.index.sites:
        if site.last in TRAINS and site.function and not site.at_parse:
            found.setdefault(site.function, site.name.removeprefix("?."))
    return found


def in_worker(task: Task) -> bool:
    """Return whether the function runs on the worker itself, not in a container of its own."""
    return not task.operator.startswith(("@task.docker", "@task.kubernetes")) and not any(
        name in task.arguments for name in ("executor_config", "queue")
    )


RULE = Rule(
    "AFT406",
    "heavy-task-single-slot",
    Severity.INFO,
    Explanation(
        what=(
            "A Python task that trains a model (fit, train, from_pretrained) or starts Spark in its process, "
            "with pool_slots=1 and no queue or executor_config of its own."
        ),
        why=(
            "Limits count slots, not memory or cores: as many such tasks run together on one host as if they "
            "did nothing, and the kernel ends one of them when memory runs out."
        ),
        example="@task\ndef train():\n    RandomForestClassifier(n_jobs=8).fit(x, y)",
        instead="Give it a pool of few slots, pool_slots of its share, or a queue of machines that bear it.",
        fix="Unsafe: writes 2, as a beginning; the share that it takes has to be measured.",
        sources=(
            "https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/pools.html",
        ),
    ),
    check,
)
