"""Print the table of bench.verdict.par from results of `airflow-tune bench` on a machine to go by."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from statistics import median

from airflow_tune.bench.verdict.reference import reference_s
from airflow_tune.suite.document import read_suite


def main() -> None:
    """Print one line for each workload: the median over the results of its fastest variant, in references."""
    found: dict[str, list[float]] = defaultdict(list)
    for path in sys.argv[1:]:
        for one in read_suite(Path(path)).workloads:
            units = [median(each.kept_s) / each.scale for each in one.variants if each.kept_s]
            reference = reference_s(one)
            if units and reference:
                found[one.name].append(min(units) / reference)
    for name, values in sorted(found.items()):
        print(f'    "{name}": {median(values):.3g},')


if __name__ == "__main__":
    main()
