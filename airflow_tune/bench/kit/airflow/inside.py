"""Run inside the Python of a real Airflow: parse DAG files or run one task when told to, and say how it went.

    python [-X importtime] inside.py dump.py < orders

Each line of stdin is one order as JSON, each answer one line of JSON on stdout. `{"do": "parse", "file": …,
"root": …}` imports a DAG file in a forked child, as the DAG processor does, with `root` to import from;
`{"do": "task", "file": …}` runs the DAG of a file once; `{"do": "folder"}` answers where the DAG folder is.
What DAG code prints goes nowhere. This file is never imported by the rest; it is started in another
interpreter by `kit.airflow.ask`.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import logging
import multiprocessing
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

TIMEOUT_S = 120
TASKS: dict[str, Any] = {}
"""DAGs by the file they stand in: a worker that runs a second task has parsed it already."""


def tools() -> ModuleType:
    """Return the module that looks into DAG files for the tool: it knows where an Airflow has its DagBag."""
    spec = importlib.util.spec_from_file_location("airflow_tune_dump", sys.argv[1])
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    return module


def bag(path: str) -> Any:  # noqa: ANN401 - a DagBag of whatever Airflow this is
    """Return the DagBag of one file."""
    return TOOLS.dagbag().DagBag(dag_folder=path, safe_mode=False)


def child(order: dict[str, str], imports: str, pipe: Any) -> None:  # noqa: ANN401 - an end of a pipe
    """Parse a file and answer through `pipe`; what `-X importtime` tells goes to the file `imports`."""
    # Neither the DAG folder nor anything else of the user's is written to.
    sys.dont_write_bytecode = True
    sys.path.insert(0, order["root"])
    told = os.open(imports, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(told, 2)
    begun = time.perf_counter()
    try:
        found = bag(order["file"])
        taken = time.perf_counter() - begun
        errors = [str(text).strip().splitlines()[-1][-200:] for text in found.import_errors.values()]
        answer = {"taken_s": taken, "dags": len(found.dags), "errors": errors}
    except BaseException as error:  # noqa: BLE001 - whatever DAG code raises is the answer
        answer = {"taken_s": time.perf_counter() - begun, "dags": 0, "errors": [repr(error)[-200:]]}
    pipe.send(answer)


def parse(order: dict[str, str]) -> dict[str, Any]:
    """Return the answer of a forked child for one file, and the lines of its imports.

    What it imports of Airflow itself is imported before the fork, as the DAG processor does unless
    parsing_pre_import_modules says otherwise.
    """
    TOOLS.warm_up([order["file"]])
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", errors="replace") as imports:
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(
            target=child, args=(order, imports.name, theirs)
        )
        process.start()
        theirs.close()
        try:
            answer = ours.recv() if ours.poll(TIMEOUT_S) else {"errors": [f"no end after {TIMEOUT_S} s"]}
        except EOFError:
            answer = {"errors": ["the process that parsed it died"]}
        process.kill()
        process.join()
        return {**answer, "imports": [line for line in imports if line.startswith("import time:")]}


def task(order: dict[str, str]) -> dict[str, Any]:
    """Run the DAG of a file once, in this process, as `dag.test()` does."""
    known = TASKS.get(order["file"])
    if known is None:
        found = bag(order["file"])
        known = TASKS[order["file"]] = next(iter(found.dags.values()))
    begun = time.perf_counter()
    run = known.test()
    return {"taken_s": time.perf_counter() - begun, "state": str(getattr(run, "state", ""))}


def folder(order: dict[str, str]) -> dict[str, Any]:  # noqa: ARG001 - as every order
    """Return where the DAG folder is."""
    configuration = importlib.import_module("airflow.configuration")
    return {"folder": configuration.conf.get("core", "dags_folder")}


ORDERS: dict[str, Callable[[dict[str, str]], dict[str, Any]]] = {
    "parse": parse,
    "task": task,
    "folder": folder,
}


def main() -> None:
    """Answer each order; nothing else gets to stdout, whatever DAG code prints."""
    answers, orders = os.fdopen(os.dup(1), "w"), os.fdopen(os.dup(0))
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nothing, number)
    warnings.simplefilter("ignore")
    # The modules beside this file are the tool's; DAG code may have some of the same names.
    del sys.path[0]
    TOOLS.dagbag()
    logging.disable(logging.CRITICAL)
    answers.write(json.dumps({"ready": True}) + "\n")
    answers.flush()
    for line in orders:
        order = json.loads(line)
        answers.write(json.dumps(ORDERS[order["do"]](order)) + "\n")
        answers.flush()


if __name__ == "__main__":
    TOOLS = tools()
    main()
