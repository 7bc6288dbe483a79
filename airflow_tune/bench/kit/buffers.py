"""The sizes of buffer that reading and writing files are measured with, and what the curve comes to."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_tune.bench.kit.answer import Found, along
from airflow_tune.bench.workload import Length, Variant, Wishes
from airflow_tune.suite.model import WorkloadResult
from airflow_tune.units import format_bytes

_KIB, _MIB = 2**10, 2**20
DEFAULT = 8 * _KIB
"""What io.DEFAULT_BUFFER_SIZE was up to Python 3.13; since 3.14 it is 128 KiB."""
_QUICK = (DEFAULT, 128 * _KIB, 8 * _MIB)
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
    names, found = along(result), Found(result)
    if DEFAULT not in names or len(names) == 1:
        return ""
    usual = names[DEFAULT]
    costly = f"; without a buffer it is {found.faster(usual, _NONE)}" if found.have([_NONE]) else ""
    fastest = min(names.values(), key=found.__getitem__)
    best = next(name for name in names.values() if name == fastest or found.same(name, fastest))
    if found[best] >= found[usual] or found.same(best, usual):
        return f"For {doing} no buffer is better than the usual {usual}{costly}."
    return (
        f"For {doing} a buffer of {best} is {found.than(usual, best)} the usual {usual}, and larger"
        f" ones gain nothing{costly}."
    )
