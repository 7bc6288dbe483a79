"""Month-end closing of the ledger: one long statement per company, then the archive."""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import BaseHook, dag, task

COMPANIES = ("de01", "at01", "ch01", "fr01")


@dag(
    schedule="0 0 1 * *",
    start_date=pendulum.datetime(2023, 1, 1, tz="Europe/Berlin"),
    catchup=False,
    default_args={"pool": "ledger"},
    tags=["finance"],
)
def ledger_close():
    @task(execution_timeout=timedelta(hours=4), priority_weight=100)
    def close(company: str) -> None:
        BaseHook.get_hook("ledger").run("call close_month(%s)", parameters=(company,))

    @task
    def archive() -> None:
        ledger = BaseHook.get_hook("ledger")
        for (entry,) in ledger.get_records("select id from entries where closed"):
            ledger.run("insert into archive select * from entries where id = %s", parameters=(entry,))
            ledger.run("delete from entries where id = %s", parameters=(entry,))

    previous = EmptyOperator(task_id="start")
    for company in COMPANIES:
        closed = close.override(task_id=f"close_{company}")(company)
        previous >> closed
        previous = closed
    previous >> archive()


ledger_close()
