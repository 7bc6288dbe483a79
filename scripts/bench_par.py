"""Print the table of bench.verdict.par from results of `airflow-tune bench --quick` on a machine to go by."""

from __future__ import annotations

import sys
from pathlib import Path

from airflow_tune.bench.verdict.reference import reference_s
from airflow_tune.suite.document import read_suite


def main() -> None:
    """Print one line for each workload: its fastest variant in references, in the best of all rounds.

    What disturbs a round only adds to it, so that the best one is the machine's own.
    """
    found: dict[str, float] = {}
    for path in sys.argv[1:]:
        for one in read_suite(Path(path)).workloads:
            units = [value / each.scale for each in one.variants for value in each.kept_s]
            reference = reference_s(one)
            if units and reference:
                found[one.name] = min(found.get(one.name, float("inf")), min(units) / reference)
    for name, value in sorted(found.items()):
        print(f'    "{name}": {value:.3g},')


if __name__ == "__main__":
    main()
