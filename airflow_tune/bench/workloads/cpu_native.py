"""Whether threads suffice where the work is done by C code that releases the GIL, as zlib and hashlib do."""

from __future__ import annotations

import hashlib
import zlib

from airflow_tune.bench.kit.scaling import Scaling

_BLOCK = b"".join(b"%d,customer-%d,%d\n" % (n, n * 7919 % 10_007, n * n % 997) for n in range(6_000))
"""Over 100 KiB: hashlib and zlib let go of the GIL for what is longer than some KiB (Modules/hashlib.h)."""


def piece() -> bytes:
    """Compress and hash a block: some milliseconds, nearly none of them by the interpreter."""
    return hashlib.sha256(zlib.compress(_BLOCK, 6)).digest()


_SCALING = Scaling("threads", beside="processes", piece=piece, work="C code that releases the GIL")
prepare = _SCALING.prepare
WORKLOAD = _SCALING.workload(
    "cpu-native",
    "How many threads at a time are best for C code that releases the GIL, and are processes better?",
)
