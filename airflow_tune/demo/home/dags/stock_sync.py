"""Stock levels from the shops to the web shop, every minute."""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, BaseHook, task

with DAG(
    dag_id="stock_sync",
    schedule="* * * * *",
    start_date=pendulum.datetime(2024, 6, 1, tz="Europe/Berlin"),
    catchup=True,
    max_active_tasks=128,
    default_args={"retries": 10, "retry_delay": timedelta(seconds=1)},
    tags=["stock"],
):

    @task
    def list_articles() -> list[int]:
        return [article for (article,) in BaseHook.get_hook("shop").get_records("select id from articles")]

    @task
    def push(article: int) -> None:
        shop = BaseHook.get_hook("shop")
        (level,) = shop.get_first("select level from stock where article_id = %s", parameters=(article,))
        shop.run("update web_stock set level = %s where article_id = %s", parameters=(level, article))

    settle = BashOperator(task_id="settle", bash_command="sleep 20")
    settle >> push.expand(article=list_articles())
