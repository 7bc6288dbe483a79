"""Sales of the day before: four systems into the warehouse, then one mart."""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.sdk import DAG, BaseHook, Variable, task

SHOP_URL = Variable.get("shop_url", default="https://shop.example/api")
REGIONS = Variable.get("sales_regions", default="north,south,east,west").split(",")
BATCH = int(Variable.get("sales_batch", default="500"))

with DAG(
    dag_id="sales_daily",
    schedule="0 0 * * *",
    start_date=pendulum.datetime(2024, 1, 1, tz="Europe/Berlin"),
    catchup=False,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=5)},
    tags=["sales"],
):

    @task
    def extract_orders() -> int:
        return copy_table("orders")

    @task
    def extract_customers() -> int:
        return copy_table("customers")

    @task
    def extract_products() -> int:
        return copy_table("products")

    @task
    def extract_stock() -> int:
        return copy_table("stock")

    @task
    def build_mart(regions: list[str]) -> None:
        warehouse = BaseHook.get_hook("warehouse")
        for region in regions:
            warehouse.run("call build_sales_mart(%s)", parameters=(region,))

    @task
    def tell_everyone() -> None:
        print(f"sales mart of {', '.join(REGIONS)} is ready")

    def copy_table(name: str) -> int:
        shop = BaseHook.get_hook("shop")
        warehouse = BaseHook.get_hook("warehouse")
        rows = shop.get_records(f"select * from {name} where changed_at >= current_date - 1")
        for row in rows:
            marks = ", ".join(["%s"] * len(row))
            warehouse.run(f"insert into staging.{name} values ({marks})", parameters=row)
        return len(rows)

    (
        extract_orders()
        >> extract_customers()
        >> extract_products()
        >> extract_stock()
        >> build_mart(REGIONS)
        >> tell_everyone()
    )
