"""Where a run works: one temporary folder, and the warden that leaves nothing of it behind."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import Any

from airflow_tune.bench.measure.launch import start
from airflow_tune.bench.workload import Wishes, Workload
from airflow_tune.errors import BenchError

_TIDY_S = 60
_ELSEWHERE = "set TMPDIR to a folder that has room and may be written to"


@dataclass(slots=True)
class Workshop:
    """The folder of a run. `troubles`, complete once it is closed, says what could not be put away."""

    folder: Path
    _warden: subprocess.Popen[bytes]
    troubles: list[str] = field(default_factory=list)

    @contextmanager
    def own_folder(self) -> Iterator[Path]:
        """Give an empty folder for one process; raises BenchError where there is no room for one."""
        try:
            own = Path(mkdtemp(dir=self.folder))
        except OSError as error:
            raise _unwritable(error) from None
        try:
            yield own
        finally:
            shutil.rmtree(own, ignore_errors=True)

    def cleans_up_after(self, workload: Workload, wishes: Wishes) -> None:
        """Let the warden run the workload's `clean` at the end, however that comes about."""
        self._tell({"name": workload.name, "module": workload.module, "wishes": asdict(wishes)})

    def _tell(self, order: Mapping[str, Any]) -> None:
        assert self._warden.stdin  # noqa: S101 - asked for by start
        with suppress(BrokenPipeError):
            self._warden.stdin.write(json.dumps(order).encode() + b"\n")
            self._warden.stdin.flush()

    def close(self) -> None:
        """Put everything away and wait until that is done."""
        with suppress(subprocess.TimeoutExpired):
            said, _ = self._warden.communicate(timeout=_TIDY_S)
            self.troubles += json.loads(said) if said else []
        self._warden.kill()
        self._warden.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def open_workshop() -> Iterator[Workshop]:
    """Give a Workshop in the folder for temporary files; raises BenchError where none can be made there."""
    try:
        folder = Path(mkdtemp(prefix="airflow-tune-bench-"))
    except OSError as error:
        raise _unwritable(error) from None
    workshop = Workshop(folder, start("warden", folder, folder, stdout=subprocess.PIPE))
    try:
        yield workshop
    finally:
        workshop.close()


def _unwritable(error: OSError) -> BenchError:
    return BenchError(
        f"no temporary folder can be made: {error.strerror or error}", where=_tmp(), remedy=_ELSEWHERE
    )


def _tmp() -> str:
    """Return the folder for temporary files, empty where Python finds none that it may write to."""
    try:
        return gettempdir()
    except FileNotFoundError:
        return ""
