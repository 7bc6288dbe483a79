"""What the fastest way of each workload takes on a machine that is good at it, in references.

A unit of the workload takes this many times as long as the reference (bench.measure.reference), so that a
faster CPU is expected to be faster at everything. Measured on 2 cores of a virtual machine with a local SSD,
CPython 3.12, Linux 6.x, at default length: `python scripts/bench_par.py RESULT...` prints the table anew.
"""

from __future__ import annotations

PARS = {
    "cache": 0.000254,
    "chunk-size": 0.00342,
    "cpu-affinity": 15,
    "cpu-native": 11,
    "cpu-python": 14.7,
    "file-read": 4.08,
    "file-sync": 0.000404,
    "file-write": 5.88,
    "http-connection": 0.269,
    "io-asyncio": 0.35,
    "io-threads": 0.566,
    "list-vs-generator": 0.00113,
    "memory-growth": 5.94,
    "partition": 0.0396,
    "pickle-payload": 0.00229,
    "process-batch": 0.000333,
    "sqlite-commit": 0.0205,
    "sqlite-connect": 0.0111,
    "sqlite-write": 0.014,
    "start-method": 20.5,
    "start-up": 5.13,
    "temp-files": 0.619,
    "write-lines": 0.00123,
}
