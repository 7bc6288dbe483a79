"""A chain with a mapped task and one that fails once, for Airflow 2."""

# ruff: noqa: AIR311 - written for Airflow 2

from __future__ import annotations

import pendulum
from airflow.decorators import dag, task


@dag(schedule=None, start_date=pendulum.datetime(2026, 1, 1), catchup=False)
def chain():
    @task
    def numbers():
        return [1, 2]

    @task(retries=1, retry_delay=pendulum.duration(seconds=1))
    def double(number, ti=None):
        if number == 1 and ti.try_number == 1:
            raise ValueError("fails once")
        return 2 * number

    @task
    def total(found):
        return sum(found)

    total(double.expand(number=numbers()))


chain()
