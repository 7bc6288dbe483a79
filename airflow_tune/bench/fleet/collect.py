"""A run of the bench's DAG over the REST API: triggered, waited for, and its results brought home."""

from __future__ import annotations

import base64
import json
import time
import zlib
from collections.abc import Sequence
from typing import Any

from airflow_tune.api.paging import Row, all_rows
from airflow_tune.api.session import Session, body
from airflow_tune.bench.fleet.dag import DAG_ID
from airflow_tune.errors import BenchError, SourceError
from airflow_tune.suite.document import parse_suite
from airflow_tune.suite.fleet import SlotResult, Told
from airflow_tune.suite.model import Suite

ENDED = frozenset({"success", "failed"})
EVERY_S = 2.0
LARGEST_BYTES = 64 << 20
"""Of a result, unpacked: a suite of all workloads takes about a megabyte."""


def trigger(session: Session, options: Sequence[str]) -> str:
    """Trigger the DAG and return its run's id; raises SourceError where Airflow does not know the DAG."""
    dag = session.ask("DAGApi", "get_dag", DAG_ID)
    if dag is None:
        raise SourceError(
            f"Airflow knows no DAG {DAG_ID}",
            where=session.access.base,
            remedy="write it into the DAG folder, with `airflow-tune bench fleet write -o FILE`, and wait for"
            " the DAG processor",
        )
    if dag.get("is_paused"):
        raise SourceError(
            f"the DAG {DAG_ID} is paused", where=session.access.base, remedy=f"airflow dags unpause {DAG_ID}"
        )
    conf = {"options": list(options)}
    wanted = body("TriggerDAGRunPostBody", conf=conf, logical_date=None)
    run = session.ask("DagRunApi", "trigger_dag_run", DAG_ID, wanted)
    return str(run["dag_run_id"])


def wait(session: Session, run_id: str, timeout_s: float, told: Told) -> None:
    """Wait until a run has ended; raises BenchError after `timeout_s` seconds, the run goes on then."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        run = session.ask("DagRunApi", "get_dag_run", DAG_ID, run_id)
        if run is None:
            raise BenchError(
                "there is no such DAG run", where=f"--run {run_id}", remedy=f"look for one of {DAG_ID}"
            )
        told(_states(session, run_id))
        if run["state"] in ENDED:
            return
        time.sleep(EVERY_S)
    raise BenchError(
        f"the run has not ended after {timeout_s:.0f} s, and goes on",
        where=run_id,
        remedy=f"collect it later: airflow-tune bench fleet run --run {run_id}",
    )


def collect(session: Session, run_id: str) -> tuple[SlotResult, ...]:
    """Return what each task instance of a run found, by queue and slot."""
    found = [_slot(session, run_id, row) for row in instances(session, run_id)]
    return tuple(sorted(found, key=lambda one: (one.queue, one.slot)))


def instances(session: Session, run_id: str) -> list[Row]:
    """Return the task instances of a run."""

    def fetch(offset: int, limit: int) -> list[Row]:
        return session.rows(
            *("task_instances", "TaskInstanceApi", "get_task_instances", DAG_ID, run_id),
            limit=limit,
            offset=offset,
            order_by=["id"],
        )

    return list(all_rows(fetch, session.access.page_limit, lambda row: row["id"]))


def _states(session: Session, run_id: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in instances(session, run_id):
        state = str(row["state"] or "none")
        counts[state] = counts.get(state, 0) + 1
    return counts


def _slot(session: Session, run_id: str, row: Row) -> SlotResult:
    queue, slot, host = str(row.get("queue") or ""), int(row["map_index"]), str(row.get("hostname") or "")
    state = str(row["state"] or "none")
    if state != "success":
        return SlotResult(queue, slot, host, state, trouble=f"its task ended as {state}: see its log")
    told = session.ask(
        *("XComApi", "get_xcom_entry", DAG_ID, row["task_id"], run_id, "return_value"),
        map_index=slot,
        deserialize=False,
    )
    try:
        value = _plain(told["value"])
        return SlotResult(queue, slot, str(value["host"]) or host, state, unpacked(value["suite"]))
    except (KeyError, TypeError, ValueError, zlib.error, BenchError) as error:
        return SlotResult(queue, slot, host, state, trouble=f"what it returned is no result: {error}")


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return the value of an XCom: the API gives it as JSON, or as a text of JSON."""
    return json.loads(value) if isinstance(value, str) else value


def unpacked(text: str) -> Suite:
    """Return the suite that a task returned; raises ValueError, zlib.error or BenchError where it is none."""
    unzip = zlib.decompressobj()
    plain = unzip.decompress(base64.b85decode(text), LARGEST_BYTES)
    if unzip.unconsumed_tail:
        raise ValueError("it is larger than a result ever is")
    return parse_suite(plain.decode(), "XCom")
