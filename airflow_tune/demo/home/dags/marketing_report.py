"""The weekly report of the marketing department, with a forecast."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pendulum
from airflow.sdk import BaseHook, dag, task

CHANNELS = json.loads(Path(__file__).with_name("channels.json").read_text())


@dag(
    schedule="0 6 * * 1",
    start_date=pendulum.datetime(2024, 1, 1, tz="Europe/Berlin"),
    catchup=False,
    tags=["marketing"],
)
def marketing_report():
    @task
    def read_clicks(channel: str) -> list[dict]:
        warehouse = BaseHook.get_hook("warehouse")
        rows = warehouse.get_records("select day, clicks, cost from clicks where channel = %s", parameters=(channel,))
        return [{"channel": channel, "day": str(day), "clicks": clicks, "cost": cost} for day, clicks, cost in rows]

    @task
    def forecast(clicks: list[list[dict]]) -> list[dict]:
        frame = pd.concat(pd.DataFrame(each) for each in clicks)
        frame["expected"] = np.nan
        for index, row in frame.iterrows():
            past = frame[(frame.channel == row.channel) & (frame.day < row.day)]
            frame.loc[index, "expected"] = past.clicks.tail(28).mean()
        return frame.to_dict("records")

    @task
    def write(report: list[dict]) -> None:
        warehouse = BaseHook.get_hook("warehouse")
        for row in report:
            warehouse.insert_rows("marketing.report", [tuple(row.values())], commit_every=1)

    write(forecast([read_clicks.override(task_id=f"read_{name}")(name) for name in CHANNELS]))


marketing_report()
