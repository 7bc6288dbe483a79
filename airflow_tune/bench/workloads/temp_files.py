"""What temporary files between two steps cost, over keeping the rows in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, SpooledTemporaryFile, TemporaryDirectory

from airflow_tune.bench.kit.answer import Found, times
from airflow_tune.bench.kit.records import Row, rows
from airflow_tune.bench.workload import Call, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_duration

_ROWS = 200
_SPOOLED_BYTES = 2**20
_MEMORY, _SPOOLED, _ONE, _OWN = "memory", "spooled file", "file in one folder", "folder for each"


def _in_memory(batch: Sequence[Row], folder: Path) -> object:  # noqa: ARG001 - the others need one
    return json.loads(json.dumps(batch))


def _spooled(batch: Sequence[Row], folder: Path) -> object:
    with SpooledTemporaryFile(_SPOOLED_BYTES, "w+", encoding="utf-8", dir=str(folder)) as file:
        json.dump(batch, file)
        file.seek(0)
        return json.load(file)


def _in_one_folder(batch: Sequence[Row], folder: Path) -> object:
    with NamedTemporaryFile("w+", encoding="utf-8", dir=folder) as file:
        json.dump(batch, file)
        file.seek(0)
        return json.load(file)


def _in_own_folder(batch: Sequence[Row], folder: Path) -> object:
    with TemporaryDirectory(dir=folder) as own:
        path = Path(own) / "batch.json"
        path.write_text(json.dumps(batch), encoding="utf-8")
        return json.loads(path.read_text(encoding="utf-8"))


_WAYS: dict[str, Callable[[Sequence[Row], Path], object]] = {
    _MEMORY: _in_memory,
    _SPOOLED: _spooled,
    _ONE: _in_one_folder,
    _OWN: _in_own_folder,
}


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what hands one batch on to the next step, which reads it."""
    hand_on, batch = _WAYS[str(order.parameters["through"])], rows(_ROWS)
    yield lambda: hand_on(batch, order.folder)


def _variants(wishes: Wishes) -> Sequence[Variant]:  # noqa: ARG001 - the same everywhere
    return [Variant(name, {"through": name}) for name in _WAYS]


def _answer(result: WorkloadResult) -> str:
    found = Found(result)
    if not found.have(_WAYS):
        return ""
    most = max((_SPOOLED, _ONE, _OWN), key=found.__getitem__)
    more = found.more(most, _MEMORY)
    return (
        f"A batch of {_ROWS} rows through a temporary file takes {times(found[_ONE] / found[_MEMORY])} as"
        f" long as in memory, with a folder of its own {times(found[_OWN] / found[_MEMORY])}: at most"
        f" {format_duration(more)} a batch, so use files wherever memory is short, and one folder for all."
    )


WORKLOAD = Workload(
    name="temp-files",
    question="What do temporary files between two steps cost, over keeping the rows in memory?",
    unit="batch",
    curve=Curve.ALTERNATIVES,
    variants=_variants,
    answer=_answer,
    reference=_MEMORY,
)
