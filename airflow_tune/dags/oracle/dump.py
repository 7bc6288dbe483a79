"""Run inside the Python of a real Airflow: print what DagBag finds in each file, one JSON line per file.

`python dump.py ROOT < list-of-files`. This is the only code of the project that imports airflow and
runs DAG code; it is never imported by the rest and is started in another interpreter by `oracle.run`.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import multiprocessing
import re
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType

TIMEOUT_S = 60
IMPORT = re.compile(rb"^\s*(?:from|import) (airflow[\w.]*)", re.MULTILINE)


def graph(dag: object) -> dict[str, object]:
    """Return the tasks and edges of one real DAG; `dag` is an `airflow.sdk.DAG`."""
    tasks = dag.task_dict  # type: ignore[attr-defined]
    edges = [[up, down] for up, task in tasks.items() for down in sorted(task.downstream_task_ids)]
    return {"tasks": {task_id: attributes(task) for task_id, task in tasks.items()}, "edges": sorted(edges)}


def attributes(task: object) -> dict[str, object]:
    """Return the plain attributes of a real task that the static reader resolves too."""
    names = ("task_type", "pool", "pool_slots", "queue", "priority_weight", "retries", "trigger_rule")
    found = {name: getattr(task, name, None) for name in names}
    found["mapped"] = bool(getattr(task, "is_mapped", False))
    return {name: value if isinstance(value, (int, str)) else str(value) for name, value in found.items()}


def dagbag() -> ModuleType:
    """Return the module of DagBag: 3.x moved it."""
    try:
        return importlib.import_module("airflow.dag_processing.dagbag")
    except ModuleNotFoundError:
        return importlib.import_module("airflow.models.dagbag")


def bag(path: str) -> dict[str, object]:
    """Import one file as the DAG processor does and return its DAGs and import errors."""
    found = dagbag().DagBag(dag_folder=path, safe_mode=True)
    errors = [str(text)[-400:] for text in found.import_errors.values()]
    return {"dags": {dag_id: graph(dag) for dag_id, dag in found.dags.items()}, "errors": errors}


def child(path: str, pipe: Connection) -> None:
    """Answer for one file through `pipe`; DAG code may print, so its output is swallowed."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            answer = bag(path)
    except BaseException as error:  # noqa: BLE001 - whatever DAG code raises is the answer
        answer = {"dags": {}, "errors": [repr(error)[-400:]]}
    pipe.send(json.dumps(answer))


def ask(path: str) -> dict[str, object]:
    """Return the answer of a forked child for one file, or a time-out as import error."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=child, args=(path, theirs))
    process.start()
    theirs.close()
    try:
        answer: dict[str, object] = json.loads(ours.recv()) if ours.poll(TIMEOUT_S) else {}
    except EOFError:
        answer = {}
    process.kill()
    process.join()
    return answer or {"dags": {}, "errors": ["no answer"]}


def warm_up(paths: list[str]) -> None:
    """Import the parts of Airflow that the files name, once, before a child is forked for each file."""
    named = {name for path in filter(None, paths) for name in IMPORT.findall(Path(path).read_bytes())}
    for name in sorted(named):
        with contextlib.suppress(Exception):
            importlib.import_module(name.decode())


def main() -> None:
    """Read file names from stdin and print one JSON line for each."""
    dagbag()
    paths = sys.stdin.read().split("\n")
    root = Path(sys.argv[1])
    sys.path[:0] = [str(root), str(root.parent), str(root.parent / "plugins")]
    warm_up(paths)
    for path in filter(None, paths):
        sys.stdout.write(json.dumps({"file": path, **ask(path)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
