"""Modelled DAG runs come by the clock, after what they follow, or once."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from airflow_tune.simulate.modelled.arrival import How, Window, arrivals

MONDAY = datetime(2026, 1, 5, tzinfo=timezone.utc)
DAY = Window(MONDAY, MONDAY + timedelta(days=1))


def came(found, window=DAY):
    """Every task takes a minute."""
    return arrivals(found, window, lambda dag_id, task: 60.0)  # noqa: ARG005


@pytest.mark.parametrize(
    ("schedule", "how", "seconds"),
    [
        ("'@daily'", How.CLOCK, [0]),
        ("'0 */6 * * *'", How.CLOCK, [0, 21600, 43200, 64800]),
        ("'0 0 * * 2'", How.CLOCK, []),
        ("timedelta(hours=8)", How.CLOCK, [3600, 32400, 61200]),
        ("None", How.BY_HAND, [0]),
        ("'@once'", How.BY_HAND, [0]),
        ("'@continuous'", How.UNREAD, [0]),
        ("Asset('s3://nobody/writes')", How.UNREAD, [0]),
    ],
)
def test_a_schedule_says_when_runs_come(dags, schedule, how, seconds):
    found, _ = dags(
        f"with DAG('one', schedule={schedule}, start_date=datetime(2026, 1, 1, 1)):\n"
        "    BashOperator(task_id='t', bash_command='')\n"
    )
    assert came(found)["one"] == (how, tuple(seconds))


@pytest.mark.parametrize(
    ("schedule", "zone", "seconds"),
    [
        ("'0 0 * * *'", "Asia/Tokyo", [54000]),
        ("'30 6,20 * * *'", "Australia/Sydney", [34200, 70200]),
        ("'0 0 * * 1'", "Pacific/Auckland", []),
        ("'0 0 * * 2'", "Pacific/Auckland", [39600]),
        ("'0 0 * * *'", "Mars/Base", [0]),
        ("timedelta(hours=24)", "Asia/Tokyo", [57600]),
    ],
)
def test_a_cron_schedule_goes_by_the_clock_of_the_dags_zone(dags, schedule, zone, seconds):
    found, _ = dags(
        f"import pendulum\nwith DAG('one', schedule={schedule}, start_date=pendulum.datetime(2026, 1, 1, 1,"
        f" tz={zone!r})):\n    BashOperator(task_id='t', bash_command='')\n"
    )
    assert came(found)["one"] == (How.CLOCK, tuple(seconds))


FOLLOWING = """
A, B = Asset("a"), Asset("b")
with DAG("first", schedule="0 */12 * * *"):
    begin = BashOperator(task_id="begin", bash_command="")
    begin >> BashOperator(task_id="write", bash_command="", outlets=[A])
with DAG("second", schedule="0 6 * * *"):
    BashOperator(task_id="write", bash_command="", outlets=B) >> TriggerDagRunOperator(
        task_id="go", trigger_dag_id="by_hand")
with DAG("after_a", schedule=[A]):
    BashOperator(task_id="t", bash_command="")
with DAG("after_both", schedule=[A, B]):
    BashOperator(task_id="t", bash_command="")
with DAG("by_hand", schedule=None):
    BashOperator(task_id="t", bash_command="")
"""


def test_runs_follow_assets_and_triggers_when_the_tasks_before_end(dags):
    found = came(dags(FOLLOWING)[0])
    assert found["after_a"] == (How.FOLLOWS, (120.0, 43320.0))
    # The second update of A has no second update of B to go with.
    assert found["after_both"] == (How.FOLLOWS, (21660.0,))
    assert found["by_hand"] == (How.FOLLOWS, (21720.0,))


def test_dags_that_follow_each_other_in_a_circle_do_not_hang(dags):
    found, _ = dags("""
with DAG("a", schedule=None):
    TriggerDagRunOperator(task_id="go", trigger_dag_id="b")
with DAG("b", schedule=None):
    TriggerDagRunOperator(task_id="go", trigger_dag_id="a")
""")
    assert set(came(found)) == {"a", "b"}
