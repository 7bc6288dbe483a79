"""How long as much code as `import airflow` loads takes this host, if it is code of the standard library.

The Python of Airflow is started with modules of its standard library: that gives the time of a start, and the
seconds for each byte of compiled code. How many bytes `import airflow` brings in is asked once for a run.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from airflow_tune.bench.kit.airflow.home import environment
from airflow_tune.errors import SourceError

_TIMES = 3
_KEPT = "code.json"
# Pure Python that every build of CPython 3.9 and later has, a megabyte of compiled code.
_MODULES = (
    "argparse, asyncio, concurrent.futures, configparser, dataclasses, difflib, doctest,"
    " email.mime.multipart, fractions, ftplib, http.server, imaplib, logging.config, mailbox,"
    " multiprocessing.pool, optparse, pdb,"
    " pickletools, plistlib, pydoc, smtplib, statistics, tarfile, typing, unittest.mock, urllib.request,"
    " xml.dom.minidom, xmlrpc.client, zipfile"
)
_COUNT = """
def size(known):
    import os, sys
    # A copy: to look at a module may import another one.
    new = [module for name, module in list(sys.modules.items()) if name not in known]
    files = [getattr(module, "__cached__", None) for module in new]
    return sum(os.path.getsize(file) for file in files if file and os.path.exists(file))
"""
_LIBRARY = f"""
import json, sys, time
known, begun = set(sys.modules), time.perf_counter()
import {_MODULES}
taken = time.perf_counter() - begun
{_COUNT}
print(json.dumps([taken, size(known)]))
"""
_AIRFLOW = f"""
import json, sys
known = set(sys.modules)
import airflow
{_COUNT}
print(json.dumps([0.0, size(known)]))
"""


def code_load_s(python: str, home: Path) -> float:
    """Return the seconds of a Python that starts, and loads as much compiled code as `import airflow` does.

    Raises SourceError where that Python cannot say.
    """
    starts, speeds = [], []
    for _ in range(_TIMES):
        begun = time.perf_counter()
        taken, count = _asked(python, home, ["-I", "-c", _LIBRARY])
        starts.append(time.perf_counter() - begun - taken)
        speeds.append(taken / count if count else 0.0)
    return statistics.median(starts) + statistics.median(speeds) * _airflow_bytes(python, home)


def _airflow_bytes(python: str, home: Path) -> int:
    """Return the bytes of compiled code that `import airflow` brings in; asked once for a run."""
    kept = home / _KEPT
    if kept.exists():
        return int(json.loads(kept.read_text(encoding="utf-8")))
    _, count = _asked(python, home, ["-c", _AIRFLOW])
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(count), encoding="utf-8")
    return count


def _asked(python: str, home: Path, arguments: Sequence[str]) -> tuple[float, int]:
    done = subprocess.run(
        [python, *arguments], env=environment(home), check=False, capture_output=True, text=True
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise SourceError(
            f"this Python cannot load its code: {said[0]}",
            where=python,
            remedy="give the Python of an environment in which `import airflow` works",
        )
    taken, count = json.loads(done.stdout.splitlines()[-1])
    return float(taken), int(count)
