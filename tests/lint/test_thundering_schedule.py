"""AFT306 counts DAGs that are surely due at one moment, each once, and says when that is."""

from __future__ import annotations

import pytest

from airflow_tune.lint.rules.scheduling.thundering_schedule import RULE

HEAD = "import pendulum\nfrom datetime import datetime\nfrom airflow import DAG\n"
CROWD = """
for number in range(6):
    globals()[f"{name}{number}"] = DAG(f"{name}{number}", schedule="@daily", start_date=begin)
"""
NAIVE = f"begin, name = datetime(2024, 1, 1), 'naive'{CROWD}"
UTC = f"begin, name = pendulum.datetime(2024, 1, 1, tz='Etc/UTC'), 'utc'{CROWD}"
SYDNEY = f"begin, name = pendulum.datetime(2024, 1, 1, tz='Australia/Sydney'), 'sydney'{CROWD}"
ALSO = SYDNEY.replace("'sydney'", "'also'")


def zone(value):
    """Return the comment that says what core.default_timezone is."""
    return f'# settings: {{"AIRFLOW__CORE__DEFAULT_TIMEZONE": "{value}"}}\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (NAIVE + UTC, "12 DAGs are due at 00:00 UTC: naive0, "),
        (SYDNEY + ALSO, "12 DAGs are due at 00:00 Australia/Sydney: sydney0, "),
        (zone("utc") + NAIVE + UTC, "12 DAGs are due at 00:00 UTC: naive0, "),
        (zone("Australia/Sydney") + NAIVE + SYDNEY, "12 DAGs are due at 00:00 Australia/Sydney: naive0, "),
        (
            zone("system") + NAIVE + NAIVE.replace("'naive'", "'more'"),
            "12 DAGs are due at 00:00 of the system: naive0, ",
        ),
        (NAIVE + SYDNEY, ""),
        (UTC + SYDNEY, ""),
        (zone("Australia/Sydney") + NAIVE + UTC, ""),
        (zone("system") + NAIVE + UTC, ""),
    ],
)
def test_dags_of_one_time_zone_are_counted_together(found_by, text, told):
    first, _, rest = text.partition("\n") if text.startswith("#") else ("", "", text)
    messages = [one.message for one in found_by(RULE, {"a.py": f"{first}\n{HEAD}{rest}"})]
    assert [message[: len(told)] for message in messages] == ([told] if told else [])


def test_an_id_that_two_files_have_is_counted_and_named_once(found_by):
    crowd = HEAD + NAIVE
    ten = crowd.replace("range(6)", "range(10)")
    assert not found_by(RULE, {"a.py": ten, "b.py": crowd})
    (found,) = found_by(RULE, {"a.py": ten, "b.py": crowd.replace("range(6)", "range(9, 12)")})
    assert found.message.startswith("12 DAGs are due at 00:00 UTC: naive0, ")


WAITS = """
from airflow.sensors.external_task import ExternalTaskSensor
with utc0:
    ExternalTaskSensor(task_id="wait", external_dag_id="utc1")
"""


def test_dags_that_wait_for_each_other_are_no_example_of_other_minutes(found_by):
    text = HEAD + UTC + UTC.replace("'utc'", "'more'")
    (free,) = found_by(RULE, {"a.py": text})
    (tied,) = found_by(RULE, {"a.py": text + WAITS})
    assert "utc0 at minute" in free.advice
    assert "utc0 at minute" not in tied.advice
    assert "utc1 at minute" not in tied.advice
    assert "utc2 at minute" in tied.advice
