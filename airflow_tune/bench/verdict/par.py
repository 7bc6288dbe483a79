"""What the fastest way of each workload takes on a machine that is good at it, in references.

A unit of the workload takes this many times as long as the reference (bench.measure.reference), so that a
faster CPU is expected to be faster at everything. Measured on 2 cores of a virtual machine, CPython 3.12,
Linux 6.18, with `--quick`, which other lengths measure all of and more:
`python scripts/bench_par.py` measures and writes the table anew. Of what depends on a server as well, this is
what it takes beside the yardstick of that workload (bench.verdict.yardstick).
"""

from __future__ import annotations

PARS = {
    "cache": 0.000232,
    "chunk-size": 0.00297,
    "cpu-affinity": 14.7,
    "cpu-native": 8.66,
    "cpu-python": 13.8,
    "db-commit": 0.0562,
    "db-concurrency": 4.24,
    "db-connect": 0.212,
    "db-write": 0.0133,
    "file-read": 4.06,
    "file-sync": 0.00039,
    "file-write": 5.84,
    "http-connection": 0.268,
    "io-asyncio": 0.226,
    "io-threads": 0.562,
    "list-vs-generator": 0.000889,
    "memory-growth": 4.87,
    "partition": 0.0377,
    "pickle-payload": 0.00229,
    "process-batch": 0.000115,
    "redis-cache": 0.133,
    "sqlite-commit": 0.00453,
    "sqlite-connect": 0.011,
    "sqlite-write": 0.00347,
    "start-method": 14.3,
    "start-up": 4.77,
    "temp-files": 0.597,
    "write-lines": 0.000534,
}
