"""Ask a real Airflow, in its own Python, what DagBag makes of DAG files."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from airflow_tune.dags.oracle import dump
from airflow_tune.errors import SourceError


def ask(python: Path, root: Path, files: Iterable[Path]) -> dict[str, dict[str, object]]:
    """Return what DagBag finds in each file: `dags` and `errors`, by the file's name.

    `python` is the interpreter of an environment with Airflow; it imports and so runs the files, with
    `root` as DAG folder. Raises SourceError when it cannot be started or has no Airflow.
    """
    names = "\n".join(str(file) for file in files)
    command = [str(python), dump.__file__, str(root)]
    remedy = "give the Python of an environment in which `import airflow` works"
    try:
        done = subprocess.run(command, input=names, capture_output=True, text=True, check=False)
    except OSError as error:
        raise SourceError(
            f"Airflow could not be asked: {error.strerror}", where=str(python), remedy=remedy
        ) from None
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"file"')]
    if done.returncode or (names and not lines):
        last = done.stderr.strip().splitlines()[-1:]
        raise SourceError(f"Airflow could not be asked: {' '.join(last)}", where=str(python), remedy=remedy)
    found = [cast("dict[str, object]", json.loads(line)) for line in lines]
    return {str(one["file"]): one for one in found}
