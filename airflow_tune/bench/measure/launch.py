"""Starting the process that measures, and ending it with all that it started, whatever happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import psutil

from airflow_tune.units import format_duration

_ENTRY = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    " from airflow_tune.bench.measure.child import main; main()"
)
_LONGEST_MESSAGE = 500


def ask(order: Mapping[str, Any], folder: Path, timeout_s: float) -> dict[str, Any]:
    """Return what a fresh process answers to `order`; `error` in it says why there is no value.

    The process gets a session of its own, so that Ctrl-C reaches this process only. It is ended with all
    its children when it has answered, after `timeout_s`, and on any exception here. What it answers and
    what it complains of goes through files below `folder`, which takes any amount.
    """
    with TemporaryFile(dir=folder) as said, TemporaryFile(dir=folder) as complaints:
        process = _start(order, said, complaints, folder)
        try:
            process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            return {"error": f"ended after {format_duration(timeout_s)} (--timeout)", "timeout": True}
        finally:
            end_all(process)
        return _answer(said) or {"error": _last_words(process, complaints)}


def _start(
    order: Mapping[str, Any], said: IO[bytes], complaints: IO[bytes], folder: Path
) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", _ENTRY, json.dumps(sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=complaints,
        pass_fds=[said.fileno()],
        start_new_session=True,
        env=os.environ | {"TMPDIR": str(folder)},
    )
    with suppress(BrokenPipeError):
        assert process.stdin  # noqa: S101 - asked for above
        process.stdin.write(json.dumps({**order, "answer_fd": said.fileno()}).encode())
        process.stdin.flush()
    return process


def end_all(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and all that descends from it, and wait until it is gone."""
    below: list[psutil.Process] = []
    with suppress(psutil.Error):
        below = psutil.Process(process.pid).children(recursive=True)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for one in below:
        with suppress(psutil.Error):
            one.kill()
    process.wait()


def _answer(said: IO[bytes]) -> dict[str, Any]:
    said.seek(0)
    text = said.read()
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def _last_words(process: subprocess.Popen[bytes], complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read().decode(errors="replace").strip().splitlines()
    code = process.returncode
    ended = f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
    return f"{ended}: {lines[-1]}"[:_LONGEST_MESSAGE] if lines else ended
