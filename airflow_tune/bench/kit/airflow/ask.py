"""Talk with a real Airflow: start its Python, wait until Airflow is imported, give orders, get answers."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from airflow_tune.bench.measure.lifeline import die_with_parent
from airflow_tune.dags.oracle import dump
from airflow_tune.errors import SourceError

INSIDE = Path(__file__).with_name("inside.py")
_REMEDY = "give the Python of an environment in which `import airflow` works"


def _refusal(why: str, python: str) -> SourceError:
    return SourceError(f"Airflow could not be asked: {why}", where=python, remedy=_REMEDY)


class Airflow:
    """A process in the Python of an Airflow, which has imported what parsing and running need."""

    def __init__(self, process: subprocess.Popen[str], python: str, complaints: IO[str]) -> None:
        self._process, self._python, self._complaints = process, python, complaints

    def ask(self, **order: str) -> dict[str, Any]:
        """Return the answer to one order of kit.airflow.inside; SourceError where the process died.

        Ctrl-C reaches that process as well as this one: then it is a KeyboardInterrupt.
        """
        assert self._process.stdin  # noqa: S101 - a pipe was asked for
        try:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._refusal() from None
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """Return the next answer."""
        assert self._process.stdout  # noqa: S101 - likewise
        line = self._process.stdout.readline()
        if not line:
            raise self._refusal()
        found: dict[str, Any] = json.loads(line)
        return found

    def _refusal(self) -> SourceError:
        if self._process.wait() == -signal.SIGINT:
            raise KeyboardInterrupt
        self._complaints.seek(0)
        said = [line for line in self._complaints if not line.startswith("import time:")]
        return _refusal(said[-1].strip() if said else f"exit code {self._process.returncode}", self._python)


@contextmanager
def running(python: str, env: Mapping[str, str], *, imports: bool = False) -> Iterator[Airflow]:
    """Give a process with Airflow, ready for orders; with `imports` it tells what each file imports.

    Raises SourceError where `python` cannot be started or has no Airflow.
    """
    options = ["-X", "importtime"] if imports else []
    with TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints:
        try:
            process = subprocess.Popen(
                [python, *options, str(INSIDE), dump.__file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                env=dict(env),
                preexec_fn=die_with_parent,  # noqa: PLW1509 - a call to the kernel, which holds no lock
            )
        except OSError as error:
            raise _refusal(str(error.strerror), python) from None
        with process:
            try:
                airflow = Airflow(process, python, complaints)
                airflow.answer()
                yield airflow
            finally:
                process.kill()
