"""The sizes of buffer that reading and writing files are measured with, and what the curve comes to."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_tune.bench.kit.answer import along, cost_s, faster, same
from airflow_tune.bench.workload import Length, Variant, Wishes
from airflow_tune.suite.model import WorkloadResult
from airflow_tune.units import format_bytes

_KIB, _MIB = 2**10, 2**20
DEFAULT = 8 * _KIB
"""What io.DEFAULT_BUFFER_SIZE was up to Python 3.13; since 3.14 it is 128 KiB."""
_QUICK = (512, DEFAULT, 128 * _KIB, 8 * _MIB)
_ALL = (512, 4 * _KIB, DEFAULT, 32 * _KIB, 128 * _KIB, _MIB, 8 * _MIB)
_NONE = "unbuffered"
_UNBUFFERED_SHARE = 1 / 32
"""Without a buffer each line, in reading each byte, is a call to the system: less has to do."""


def mebibytes(count: float) -> int:
    """Return `count` MiB in bytes."""
    return int(count * _MIB)


def buffers(wishes: Wishes) -> Sequence[Variant]:
    """Return a variant for each size of buffer, and one for none, which works on less."""
    quick = wishes.length is Length.QUICK
    size = 1 if quick else 4
    sized = [
        Variant(format_bytes(each), {"buffer_bytes": each}, size) for each in (_QUICK if quick else _ALL)
    ]
    return [Variant(_NONE, {"buffering": "none"}, size * _UNBUFFERED_SHARE / (1 if quick else 4)), *sized]


def buffer_answer(result: WorkloadResult, doing: str) -> str:
    """Return what a larger buffer gains over the usual one for `doing`, and what none costs."""
    curve = along(result)
    if DEFAULT not in curve or len(curve) <= 1:
        return ""
    none = cost_s(result.variant(_NONE))
    costly = (
        f"; without a buffer it is {faster(none, curve[DEFAULT]).replace('faster', 'slower')}" if none else ""
    )
    sized = {size: cost for size, cost in curve.items() if size}
    best = next(
        size for size, cost in sized.items() if same(cost, min(sized.values())) or cost <= min(sized.values())
    )
    if best <= DEFAULT or same(sized[best], sized[DEFAULT]):
        return f"For {doing} no buffer is better than the usual {format_bytes(DEFAULT)}{costly}."
    return (
        f"For {doing} a buffer of {format_bytes(best)} is {faster(sized[DEFAULT], sized[best])}"
        f" than the usual {format_bytes(DEFAULT)}, and larger ones gain nothing{costly}."
    )
