"""What the fastest way of each workload takes on a machine that is good at it, in references.

A unit of the workload takes this many times as long as the reference (bench.measure.reference), so that a
faster CPU is expected to be faster at everything. Measured on 2 cores of a virtual machine, CPython 3.12,
Linux 6.18, with `--quick`, which other lengths measure all of and more:
`python scripts/bench_par.py` measures and writes the table anew. Of what depends on a server as well, this is
what it takes beside the yardstick of that workload (bench.verdict.yardstick).
"""

from __future__ import annotations

PARS = {
    "cache": 0.000219,
    "chunk-size": 0.00286,
    "cpu-affinity": 13.2,
    "cpu-native": 8.66,
    "cpu-python": 7.9,
    "db-commit": 0.0555,
    "db-concurrency": 2.35,
    "db-connect": 0.212,
    "db-write": 0.00743,
    "file-read": 3.06,
    "file-sync": 0.000361,
    "file-write": 5.84,
    "http-connection": 0.202,
    "io-asyncio": 0.2,
    "io-threads": 0.562,
    "list-vs-generator": 0.000884,
    "memory-growth": 4.45,
    "partition": 0.0372,
    "pickle-payload": 0.00217,
    "process-batch": 0.000106,
    "redis-cache": 0.128,
    "sqlite-commit": 0.0251,
    "sqlite-connect": 0.0107,
    "sqlite-write": 0.00347,
    "start-method": 12.5,
    "start-up": 4.44,
    "temp-files": 0.592,
    "write-lines": 0.000497,
}
