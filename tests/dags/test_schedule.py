from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from airflow_tune.dags.schedule import Every, cron, moment, schedule_of

BEGIN = datetime(2025, 1, 1, tzinfo=timezone.utc)
END = datetime(2026, 1, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "runs_of_2025"),
    [
        ("0 0 * * *", 365),
        ("*/15 * * * *", 365 * 96),
        ("0 6-8 * * 1-5", 261 * 3),
        ("0 0 * * MON-FRI", 261),
        ("0 0 1 jan,jul *", 2),
        ("5/20 * * * *", 365 * 72),
        ("0 0 13 * 5", 12 + 52 - 1),
        ("0 0 * * 7", 52),
        ("30 2 31 2 *", 0),
    ],
)
def test_cron_is_counted_by_days(text, runs_of_2025):
    assert cron(text).count(BEGIN, END) == runs_of_2025


@pytest.mark.parametrize(
    "text",
    [
        "0 0 L * *",
        "0 0 * * 5#3",
        "* * * *",
        "@daily",
        "61 * * * *",
        "0 0 0 * *",
        "a b c d e",
        "*/0 * * * *",
        "5-2 * * * *",
        f"{'9' * 5000} * * * *",
    ],
)
def test_what_is_no_plain_cron_is_not_known(text):
    assert cron(text) is None


@pytest.mark.parametrize(
    ("arguments", "interval_s"),
    [
        ({"schedule": "@daily"}, 86400),
        ({"schedule_interval": "@hourly"}, 3600),
        ({"schedule": timedelta(minutes=5)}, 300),
    ],
)
def test_schedules_have_an_interval(arguments, interval_s):
    assert schedule_of(arguments).interval_s == pytest.approx(interval_s)


@pytest.mark.parametrize("schedule", [None, "@once", "@continuous", ["asset"], timedelta(0)])
def test_what_is_not_by_the_clock_has_none(schedule):
    assert schedule_of({"schedule": schedule}) is None
    assert schedule_of({}) is None


def test_durations_are_counted_and_never_below_nothing():
    assert Every(3600).count(BEGIN, BEGIN + timedelta(days=1)) == 24
    assert Every(3600).count(END, BEGIN) == 0


def test_dates_are_moments_of_utc():
    assert moment(date(2025, 1, 1)) == moment(datetime(2025, 1, 1)) == BEGIN  # noqa: DTZ001 - as DAGs write it
    assert moment("2025-01-01") is None


def test_moments_are_when_runs_are_due():
    noon = datetime(2026, 1, 5, 12, tzinfo=timezone.utc)
    monday = list(cron("30 6,18 * * 1").moments(noon, noon + timedelta(days=8)))
    assert [str(one)[5:16] for one in monday] == ["01-05 18:30", "01-12 06:30", "01-12 18:30"]
    every = list(Every(3600.0).moments(noon, noon + timedelta(hours=2, minutes=59)))
    assert [moment.hour for moment in every] == [12, 13, 14]
    assert len(list(cron("*/15 * * * *").moments(noon, noon + timedelta(days=2)))) == 2 * 96
