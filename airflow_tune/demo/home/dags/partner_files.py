"""Files that partners put on the share some time during the night, each loaded when it is there."""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.sdk import DAG, task

PARTNERS = [
    "acme", "borealis", "cyberdyne", "duff", "ecorp", "fabrikam", "globex", "hooli",
    "initech", "jovian", "krusty", "lumon", "massive", "northwind", "oscorp", "prestige",
]

with DAG(
    dag_id="partner_files",
    schedule="0 0 * * *",
    start_date=pendulum.datetime(2024, 1, 1, tz="Europe/Berlin"),
    catchup=False,
    max_active_runs=64,
    tags=["partners"],
):

    @task(retries=3)
    def load(partner: str) -> None:
        import csv

        with open(f"/mnt/share/{partner}/latest.csv", newline="") as file:
            rows = list(csv.reader(file))
        print(f"{partner}: {len(rows)} rows")

    for partner in PARTNERS:
        wait = FileSensor(
            task_id=f"wait_for_{partner}",
            filepath=f"/mnt/share/{partner}/latest.csv",
            mode="poke",
            poke_interval=15,
            timeout=timedelta(hours=10).total_seconds(),
        )
        wait >> load.override(task_id=f"load_{partner}")(partner)
