"""What imports cost, out of what a real Python says of them."""

from __future__ import annotations

import subprocess
import sys

from airflow_tune.bench.kit.airflow.imports import import_costs

SAID = """\
import time: self [us] | cumulative | imported package
import time:       100 |        100 |     numpy.core
import time:      4000 |       4100 |   numpy
import time:      5000 |       9100 | pandas
import time:       200 |        200 | pandas.plotting
import time:        50 |         50 | json
a line of the DAG's own
import time:      cut o
"""


def test_only_what_the_file_itself_imports_counts():
    costs = import_costs(SAID.splitlines())
    assert list(costs) == ["pandas", "json"]
    assert [round(cost * 1e6) for cost in costs.values()] == [9300, 50]


def test_nothing_imported_costs_nothing():
    assert import_costs([]) == {}


def test_a_real_python_is_understood():
    code = "import email.message"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True
    )
    costs = import_costs(done.stderr.splitlines())
    assert costs["email"] > 0
    assert "urllib" not in costs
