"""Starting the process that measures, hearing its answer, and ending it with all that it started."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from airflow_tune.secrets import redact
from airflow_tune.units import format_duration

MARK = "AIRFLOW_TUNE_BENCH"
"""The variable with the run's folder that all its processes carry: what still has it at the end is killed."""
_ENTRY = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    " from airflow_tune.bench.measure.{module} import main; main()"
)
_LONGEST_MESSAGE = 500
_HEARD_BYTES = 4096
_POLL_S = 0.05
_FAREWELL_S = 2.0
_GROUP_S = 0.5


@dataclass(slots=True)
class _Heard:
    """What a process has said so far: its answer, and the end of its complaints."""

    answer: bytes = b""
    complaints: bytes = b""


class InterruptedRunError(Exception):
    """The user wants no more rounds."""


def ask(
    order: Mapping[str, Any],
    run_folder: Path,
    own_folder: Path,
    timeout_s: float,
    stopped: Callable[[], bool],
) -> dict[str, Any]:
    """Return what a fresh process answers to `order`; `error` in it says why there is no value.

    The process gets a session of its own, so that Ctrl-C reaches this process only. It is ended with all
    its children when it has answered, after `timeout_s`, and once `stopped` says so, which raises
    InterruptedRunError.
    """
    reading, writing = os.pipe()
    with open(reading, "rb", buffering=0) as answers:  # noqa: PTH123 - a descriptor
        try:
            process = start("child", own_folder, run_folder, keep=writing, stderr=subprocess.PIPE)
        finally:
            os.close(writing)
        with process:
            answered = False
            try:
                _send(process, {**order, "answer_fd": writing})
                heard, late = _listen(process, answers, timeout_s, stopped)
                answered = not late
            finally:
                end(process, answered=answered)
    if late:
        return {"error": f"ended after {format_duration(timeout_s)} (--timeout)", "timeout": True}
    return _parsed(heard.answer) or {"error": _last_words(process.returncode, heard.complaints)}


def start(
    module: str,
    tmp: Path,
    run_folder: Path,
    *,
    keep: int | None = None,
    stdout: int = subprocess.DEVNULL,
    stderr: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start `main` of a module of bench.measure in a session of its own, with the marks of the run."""
    return subprocess.Popen(
        [sys.executable, "-c", _ENTRY.format(module=module), json.dumps(sys.path)],
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        pass_fds=[] if keep is None else [keep],
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(tmp), MARK: str(run_folder)},
    )


def _send(process: subprocess.Popen[bytes], order: Mapping[str, Any]) -> None:
    """Hand over the order; one who is gone already is heard of by its exit."""
    with suppress(BrokenPipeError):
        assert process.stdin  # noqa: S101 - asked for by start
        process.stdin.write(json.dumps(order).encode())
        process.stdin.close()


def _listen(
    process: subprocess.Popen[bytes],
    answers: IO[bytes],
    timeout_s: float,
    stopped: Callable[[], bool],
) -> tuple[_Heard, bool]:
    """Return what was heard until the answer was whole or the process gone, and whether time ran out."""
    heard, ends = _Heard(), time.monotonic() + timeout_s
    with selectors.DefaultSelector() as selector:
        selector.register(answers, selectors.EVENT_READ, "answer")
        selector.register(process.stderr, selectors.EVENT_READ, "complaints")  # type: ignore[arg-type]
        while not heard.answer.endswith(b"\n"):
            if stopped():
                raise InterruptedRunError
            if time.monotonic() > ends:
                return heard, True
            ready = selector.select(_POLL_S)
            for key, _ in ready:
                _hear(key, heard, selector)
            if not ready and process.poll() is not None:
                break
    return heard, False


def _hear(key: selectors.SelectorKey, heard: _Heard, selector: selectors.BaseSelector) -> None:
    said = os.read(key.fd, 65536)
    if not said:
        selector.unregister(key.fileobj)
    elif key.data == "answer":
        heard.answer += said
    else:
        heard.complaints = (heard.complaints + said)[-_HEARD_BYTES:]


def end(process: subprocess.Popen[bytes], *, answered: bool = False) -> None:
    """End the process and its group; one that has `answered` gets the time to leave by itself.

    SIGTERM goes first, for the resource tracker of multiprocessing ignores it, outlives the others, and
    takes away the semaphores that they left.
    """
    if answered:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_FAREWELL_S)
    if _signal_group(process, signal.SIGTERM):
        _wait_for_group(process)
    _signal_group(process, signal.SIGKILL)
    process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> bool:
    """Signal the group; return whether there was still anyone in it."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        # macOS refuses where only zombies are left.
        return False
    return True


def _wait_for_group(process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _GROUP_S
    while time.monotonic() < ends:
        process.poll()
        if not _signal_group(process, 0):
            return
        time.sleep(0.005)


def _parsed(answer: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer) if answer.endswith(b"\n") else {}
    return found


def _last_words(code: int, complaints: bytes) -> str:
    """Return how a process ended that did not answer, with the last line that it complained in."""
    lines = complaints.decode(errors="replace").strip().splitlines()
    ended = f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
    return redact(f"{ended}: {lines[-1]}")[:_LONGEST_MESSAGE] if lines else ended
