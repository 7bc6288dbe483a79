"""The time zone of a DAG is that of its start_date, by name, wherever the source says it."""

from __future__ import annotations

import copy
from datetime import date, datetime, timezone

import pytest

from airflow_tune.dags.model import Unknown
from airflow_tune.dags.schedule import moment
from airflow_tune.dags.timezone import timezone_of
from airflow_tune.dags.values.zone import HOME, UTC, in_zone, zone_name
from airflow_tune.linter.kept import dumped, loaded
from airflow_tune.report.graph import dag_arguments

HEAD = """
import os, datetime as dt, zoneinfo
import airflow.utils.timezone
import company
import dateutil.tz
import pendulum
import pytz
from airflow import DAG
from airflow.settings import TIMEZONE
from airflow.utils import dates
from airflow.utils.dates import days_ago
from airflow.utils.timezone import datetime as airflows, parse_timezone
from datetime import date, datetime, timedelta, timezone
from pendulum.tz.timezone import Timezone
from zoneinfo import ZoneInfo
"""
SYDNEY = "Australia/Sydney"
ZONES = {
    "datetime(2024, 1, 1)": HOME,
    "datetime(2024, 1, 1, tzinfo=timezone.utc)": UTC,
    "datetime(2024, 1, 1, 0, 0, 0, 0, ZoneInfo('Australia/Sydney'))": SYDNEY,
    "datetime(2024, 1, 1, tzinfo=zoneinfo.ZoneInfo(key='Australia/Sydney'))": SYDNEY,
    "datetime(2024, 1, 1, tzinfo=pytz.timezone('Australia/Sydney'))": SYDNEY,
    "datetime(2024, 1, 1, tzinfo=Timezone('Australia/Sydney'))": SYDNEY,
    "datetime(2024, 1, 1, tzinfo=pendulum.timezone(name='Australia/Sydney'))": SYDNEY,
    "datetime(2024, 1, 1, tzinfo=pendulum.tz.timezone('Australia/Sydney'))": SYDNEY,
    "datetime(2024, 1, 1, tzinfo=parse_timezone('Australia/Sydney'))": SYDNEY,
    "datetime(2024, 1, 1, tzinfo=pytz.timezone('Etc/Greenwich'))": UTC,
    "datetime(2024, 1, 1, tzinfo=pytz.UTC)": UTC,
    "datetime(2024, 1, 1, tzinfo=dateutil.tz.tzutc())": UTC,
    "datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=9, minutes=30)))": "UTC+09:30",
    "datetime(2024, 1, 1, tzinfo=timezone(timedelta(0)))": UTC,
    "datetime(2024, 1, 1, tzinfo=timezone(timedelta(days=2)))": None,
    "datetime(2024, 1, 1, tzinfo=pytz.timezone(os.environ['TZ']))": None,
    "datetime(2024, 1, 1, tzinfo=company.UTC)": None,
    "datetime(2024, 1, 1, tzinfo=company.zone())": None,
    "datetime(2024, 1, 1, tzinfo=TIMEZONE)": HOME,
    "datetime(2024, 1, 1, tzinfo=timezone.utc) + timedelta(days=1)": UTC,
    "datetime(2024, 1, 1).replace(tzinfo=ZoneInfo('Australia/Sydney'))": SYDNEY,
    "datetime(2024, 1, 1).replace(tzinfo=company.zone())": None,
    "datetime(2024, 1, 1, tzinfo=timezone.utc).replace(tzinfo=None)": HOME,
    "datetime(2024, 1, 1, tzinfo=timezone.utc).replace(hour=4)": UTC,
    "datetime(2024, 1, 1).replace(year=company.year, tzinfo=timezone.utc)": None,
    "datetime(2024, 1, 2, tzinfo=pendulum.datetime(2024, 1, 1, tz='Australia/Sydney').tzinfo)": SYDNEY,
    "datetime(2024, 1, 2, tzinfo=datetime(2024, 1, 1, tzinfo=company.zone()).tzinfo)": None,
    "datetime(2024, 1, 2, tzinfo=datetime.fromisoformat('2024-01-01T00:00:00+10:00').tzinfo)": "UTC+10:00",
    "pytz.timezone('Australia/Sydney').localize(datetime(2024, 1, 1))": SYDNEY,
    "pytz.timezone('Australia/Sydney').localize(company.date())": None,
    "pytz.timezone('Australia/Sydney').zone": None,
    "dates.datetime(2024, 1, 1)": HOME,
    "airflows(2024, 1, 1)": HOME,
    "airflow.utils.timezone.datetime(2024, 1, 1, tzinfo=airflow.utils.timezone.utc)": UTC,
    "pendulum.datetime(2024, 1, 1)": UTC,
    "pendulum.datetime(2024, 1, 1, tz='utc')": UTC,
    "pendulum.datetime(2024, 1, 1, tz='Australia/Sydney')": SYDNEY,
    "pendulum.datetime(2024, 1, 1, tz='local')": None,
    "pendulum.datetime(2024, 1, 1, tz=os.getenv('TZ', 'UTC'))": None,
    "datetime.combine(date(2024, 1, 1), dt.time(4))": HOME,
    "datetime.combine(date(2024, 1, 1), dt.time(4), tzinfo=timezone.utc)": UTC,
    "datetime.combine(date(2024, 1, 1), dt.time(4, tzinfo=ZoneInfo('Australia/Sydney')))": SYDNEY,
    "pendulum.instance(datetime(2024, 1, 1))": UTC,
    "pendulum.instance(datetime(2024, 1, 1), tz='Australia/Sydney')": SYDNEY,
    "pendulum.instance(datetime(2024, 1, 1, tzinfo=ZoneInfo('Australia/Sydney')), 'UTC')": SYDNEY,
    "pendulum.parse('2024-01-01')": UTC,
    "pendulum.parse('2024-01-01', tz='Australia/Sydney')": SYDNEY,
    "pendulum.parse('2024-01-01T00:00:00+10:00')": "UTC+10:00",
    "pendulum.parse('now')": None,
    "pendulum.today('Australia/Sydney')": SYDNEY,
    "pendulum.today(tz=pendulum.timezone('Australia/Sydney')).add(days=-2).start_of('day')": SYDNEY,
    "pendulum.today('UTC') - timedelta(days=1)": UTC,
    "pendulum.today('UTC') - company.days()": None,
    "pendulum.today('UTC').in_timezone('Australia/Sydney')": None,
    "pendulum.today('UTC')()": None,
    "pendulum.yesterday(TIMEZONE)": HOME,
    "pendulum.now()": None,
    "datetime.now() - timedelta(days=1)": HOME,
    "datetime.now(tz=timezone.utc)": UTC,
    "datetime.utcnow()": HOME,
    "days_ago(2)": UTC,
    "'2024-01-01'": HOME,
    "'2024-01-01T00:00:00+10:00'": "UTC+10:00",
    "'some day'": None,
    "date(2024, 1, 1)": HOME,
    "company.date()": None,
    "None": HOME,
}


@pytest.mark.parametrize(("begin", "zone"), ZONES.items(), ids=ZONES)
def test_the_zone_of_a_start_date_is_read(read, begin, zone):
    own = f"own = DAG('own', start_date={begin})"
    found = read(f"{own}\ncommon = DAG('common', default_args={{'start_date': {begin}}})", head=HEAD)
    assert found.error is None, found.error
    assert [timezone_of(dag.arguments) for dag in found.dags] == [zone, zone]


@pytest.mark.parametrize(
    ("arguments", "zone"),
    [
        ("", HOME),
        ("default_args={}", HOME),
        ("default_args=company.args", None),
        ("start_date=days_ago(1), default_args=company.args", UTC),
        ("start_date=days_ago(1), default_args={'start_date': datetime(2024, 1, 1)}", UTC),
        ("start_date=datetime(2024, 1, 1), default_args={'start_date': datetime(2024, 1, 1)}", HOME),
        ("start_date=datetime(2024, 1, 1), default_args={'start_date': days_ago(1)}", None),
    ],
)
def test_the_dag_goes_before_its_default_args_where_all_versions_agree(read, arguments, zone):
    (dag,) = read(f"dag = DAG('d', {arguments})", head=HEAD).dags
    assert timezone_of(dag.arguments) == zone


def test_dates_of_which_one_has_a_zone_are_compared_and_shown_as_they_are_written(read):
    found = read(
        """
        begin = max(pendulum.datetime(2024, 1, 1, tz="Australia/Sydney"), datetime(2023, 1, 1))
        days = (begin - airflows(2024, 1, 1)).days
        dag = DAG(f"{begin} {begin:%Z} {begin.isoformat()} {days}", start_date=begin)
        """,
        head=HEAD,
    )
    (dag,) = found.dags
    assert dag.dag_id == "2024-01-01 00:00:00  2024-01-01T00:00:00 0"
    assert dag_arguments(dag)["start_date"] == "2024-01-01T00:00:00"
    assert moment(dag.arguments["start_date"]) == datetime(2024, 1, 1, tzinfo=timezone.utc)


def test_what_asks_the_clock_stays_unknown(read):
    source = "begin = pendulum.today('UTC').add(days=-1)\ndag = DAG('d', start_date=begin)\n"
    (dag,) = read(f"{source}if begin.hour > 3 or begin > datetime(2024, 1, 1): dag.x", head=HEAD).dags
    begin = dag.arguments["start_date"]
    assert isinstance(begin, Unknown)
    assert str(begin).startswith("the clock (line ")


def test_a_clock_that_is_chosen_in_doubt_is_in_doubt(read):
    source = "begin = datetime(2024, 1, 1)\nif os.getenv('X'): begin = pendulum.today('UTC')\n"
    (dag,) = read(f"{source}dag = DAG('d', start_date=begin)", head=HEAD).dags
    assert timezone_of(dag.arguments) is None


def test_a_date_keeps_its_zone_when_it_is_copied_and_kept():
    found = in_zone(datetime(2024, 1, 1), SYDNEY)  # noqa: DTZ001 - as DAGs write it
    for again in (copy.deepcopy(found), loaded(dumped(found))):
        assert (again, zone_name(again)) == (found, SYDNEY)
    assert repr(found) == "datetime.datetime(2024, 1, 1, 0, 0, tzinfo=Zone('Australia/Sydney'))"
    assert moment(found) == moment(date(2024, 1, 1))
