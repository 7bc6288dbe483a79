"""The process that tidies up after a run: it outlives whoever started it, even one that is killed.

On stdin it hears, one JSON line each, which workloads want to take something away. Once stdin ends, it
kills what still carries the mark of the run, lets those workloads clean up, removes the run's folder, and
says on stdout, as one JSON list, what it could not do.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from airflow_tune.bench.measure.launch import MARK

_CLEAN_S = 20


def main() -> None:
    """Wait until the run is over, then tidy up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    orders = [json.loads(line) for line in sys.stdin if line.endswith("\n")]
    folder = Path(os.environ[MARK])
    kill_marked(str(folder))
    troubles = [trouble for order in orders if (trouble := _clean(order))]
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        troubles.append(f"the folder {folder} could not be removed")
    # Whoever asked may be gone.
    with suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(troubles))
        sys.stdout.flush()


def kill_marked(mark: str) -> None:
    """Kill every process but this one whose environment carries `mark`, until there is none."""
    import psutil  # noqa: PLC0415 - while others are measured, this process stays small

    # One that is just being started is found when looking again.
    for _ in range(10):
        found = [one for one in psutil.process_iter() if one.pid != os.getpid() and _carries(one, mark)]
        if not found:
            return
        for one in found:
            with suppress(psutil.Error):
                one.kill()
        psutil.wait_procs(found, timeout=1)


def _carries(process: Any, mark: str) -> bool:  # noqa: ANN401 - psutil.Process, imported late
    import psutil  # noqa: PLC0415

    try:
        return bool(process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE)
    except (psutil.Error, OSError, ValueError):
        return False


def _clean(order: Mapping[str, Any]) -> str:
    """Let one workload clean up; return what went wrong, empty if nothing did."""
    from airflow_tune.bench.measure.child import clean  # noqa: PLC0415 - likewise
    from airflow_tune.secrets import redact  # noqa: PLC0415

    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(_CLEAN_S)
    try:
        clean(order)
    except Exception as error:  # noqa: BLE001 - whatever the workload raises is told
        return redact(f"{order['name']} could not clean up: {error}")
    finally:
        signal.alarm(0)
    return ""


def _too_long(*_: object) -> None:
    raise TimeoutError(f"no answer for {_CLEAN_S} s")
