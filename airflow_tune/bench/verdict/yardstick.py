"""What work is measured against where the CPU alone does not decide: another time of the same process.

Such a workload times something plain right before its own work, in the same process and round, and puts it
into a figure: an empty round trip with that very server, an echo over loopback, the loading of as much code.
Its par is so many of these for a call, and beside them its references (bench.verdict.par) for a unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from airflow_tune.bench.kit.answer import kept_figures
from airflow_tune.suite.model import VariantResult


@dataclass(frozen=True, slots=True)
class Yardstick:
    """One call may take `times` the seconds of `figure`, which is called `what` where one reads of it.

    `graded` names the variant that is judged. Where it names none it is the fastest one, with `slowest` the
    slowest.
    """

    figure: str
    times: int
    what: str
    graded: str = ""
    slowest: bool = False

    @property
    def words(self) -> str:
        """Return what one call may take, as people read it."""
        return self.what if self.times == 1 else f"{self.times} × {self.what}"

    def call_s(self, variant: VariantResult) -> float | None:
        """Return the seconds of the yardstick in one call of `variant`; None where it was not measured."""
        found = kept_figures(variant, self.figure)
        return median(found) * self.times if found else None


_TRIP = ("round_trip_s", "an empty round trip with the server")
YARDSTICKS = {
    # The last statement and the commit; what goes before them keeps the server busy, not waiting.
    "db-commit": Yardstick(_TRIP[0], 2, _TRIP[1]),
    "db-concurrency": Yardstick(_TRIP[0], 2, _TRIP[1]),
    # A transaction is begun, asked in, and rolled back when the pool gets its connection back.
    "db-connect": Yardstick(_TRIP[0], 3, _TRIP[1], "pool"),
    "db-write": Yardstick(_TRIP[0], 2, _TRIP[1]),
    "redis-cache": Yardstick("echo_s", 1, "an echo of as many bytes over loopback", "hit"),
    # What was loaded also runs: both took 3.4 (Airflow 3.3.2) and 1.1 to 1.6 (2.11.2) times the loading.
    "airflow-start": Yardstick(
        "code_load_s", 2, "a new Python that loads as much code of the standard library", "import airflow"
    ),
    "dag-parse": Yardstick("sample_s", 1, "parsing a file with a DAG of one task", slowest=True),
}
