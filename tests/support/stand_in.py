"""An API server as Airflow 3.3 answers, over the rows of a metadata DB, with faults on demand.

A real process of Airflow's answers in tests/real; this one can be told to fail in the middle of an answer,
which that cannot. Field names and caps are those of `api_fastapi/core_api/routes/public`.
"""

# ruff: noqa: E501, S608 - a table stands in few lines; queries are made of names in this file

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import sqlite3
import threading
from urllib.parse import parse_qs, unquote, urlsplit

USER, PASSWORD = "ada", "s3cret/Wort"
GET_CAP = 100
TRY = {
    "dag_id": "dag_id", "dag_run_id": "run_id", "task_id": "task_id", "map_index": "map_index", "state": "state",
    "try_number": "try_number", "pool": "pool", "pool_slots": "pool_slots", "queue": "queue",
    "priority_weight": "priority_weight", "operator": "operator", "executor": "executor", "hostname": "hostname",
    "scheduled_when": "scheduled_dttm", "queued_when": "queued_dttm", "start_date": "start_date",
    "end_date": "end_date",
}  # fmt: skip
RUN = {
    "dag_run_id": "run_id", "dag_id": "dag_id", "state": "state", "run_type": "run_type", "run_after": "run_after",
    "queued_at": "queued_at", "start_date": "start_date", "end_date": "end_date",
}  # fmt: skip
DAG = (
    "dag_id", "is_paused", "is_stale", "max_active_tasks", "max_active_runs", "last_parse_duration", "fileloc",
    "has_task_concurrency_limits",
)  # fmt: skip
TIMES = {"scheduled_when", "queued_when", "start_date", "end_date", "run_after", "queued_at"}


def spelled(name, value):
    """Return a value as JSON has it: a time in ISO 8601 with Z, without microseconds where they are 0."""
    if name in TIMES and value is not None:
        return value.replace(" ", "T").removesuffix(".000000") + "Z"
    return bool(value) if name.startswith(("is_", "has_", "include_")) else value


class StandIn:
    """Serves the DB at `path`; `faults` are met by the requests to come, one each (None for no fault).

    `between` is called with the DB's connection before each listing of task instances.
    """

    def __init__(self, path):
        self.path, self.faults, self.seen, self.tokens = path, [], [], {"t-0"}
        self.between, self.forbidden, self.version, self.everybody = None, False, "3.3.2", False
        self.lock = threading.Lock()
        self.port, self.open = 0, []
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        handler = type("Handler", (_Handler,), {"stand_in": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        for one in self.open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.open.clear()

    def rows(self, table, columns, where="1", args=(), tail=""):
        columns = columns if isinstance(columns, dict) else {name: name for name in columns}
        chosen = ", ".join(f'"{column}"' for column in columns.values())
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            found = connection.execute(f"SELECT {chosen} FROM {table} WHERE {where} {tail}", args).fetchall()
        return [
            {name: spelled(name, value) for name, value in zip(columns, row, strict=True)} for row in found
        ]

    def runs_of(self, body):
        where, args = ["1"], []
        for name, sign in (("gte", ">="), ("lte", "<=")):
            bound = body.get(f"run_after_{name}")
            if bound:
                where.append(f"run_after {sign} ?")
                args.append(bound.replace("T", " ")[:26])
        if body.get("dag_ids"):
            where.append(f"dag_id IN ({','.join('?' * len(body['dag_ids']))})")
            args += body["dag_ids"]
        return " AND ".join(where), args

    def dag_runs(self, body):
        where, args = self.runs_of(body)
        page = f"ORDER BY id LIMIT {body['page_limit']} OFFSET {body['page_offset']}"
        return {"dag_runs": self.rows("dag_run", RUN, where, args, page)}

    def task_instances(self, body):
        if self.between:
            with self.lock, contextlib.closing(sqlite3.connect(self.path)) as connection:
                self.between(connection)
                connection.commit()
        where, args = self.runs_of(body)
        chosen = f"(dag_id, run_id) IN (SELECT dag_id, run_id FROM dag_run WHERE {where})"
        page = f"ORDER BY id LIMIT {body['page_limit']} OFFSET {body['page_offset']}"
        return {"task_instances": self.rows("task_instance", {"id": "id", **TRY}, chosen, args, page)}

    def tries(self, dag, run, task, map_index):
        where, args = (
            "dag_id = ? AND run_id = ? AND task_id = ? AND map_index = ?",
            (dag, run, task, map_index),
        )
        past = self.rows("task_instance_history", TRY, where, args, "ORDER BY try_number")
        unless = f"{where} AND (state IS NULL OR state != 'up_for_retry')"
        return {"task_instances": past + self.rows("task_instance", TRY, unless, args)}

    def tasks(self, dag):
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            found = connection.execute("SELECT data FROM serialized_dag WHERE dag_id = ?", (dag,)).fetchone()
        return (
            None if found is None else {"tasks": [_task(one) for one in json.loads(found[0])["dag"]["tasks"]]}
        )

    def dags(self, query):
        limit, offset = min(int(query["limit"][0]), GET_CAP), int(query["offset"][0])
        return {"dags": self.rows("dag", DAG, tail=f"ORDER BY dag_id LIMIT {limit} OFFSET {offset}")}

    def pools(self, query):
        limit, offset = min(int(query["limit"][0]), GET_CAP), int(query["offset"][0])
        names = {"name": "pool", "slots": "slots", "include_deferred": "include_deferred"}
        return {"pools": self.rows("slot_pool", names, tail=f"ORDER BY id LIMIT {limit} OFFSET {offset}")}

    def event_logs(self, query):
        limit, offset = min(int(query["limit"][0]), GET_CAP), int(query["offset"][0])
        names = {
            name: name
            for name in ("dag_id", "run_id", "task_id", "map_index", "try_number", "event", "extra")
        }
        after = query.get("after", ["1970-01-01"])[0].replace("T", " ")[:26]
        page = f"ORDER BY id LIMIT {limit} OFFSET {offset}"
        where, args = "event = ? AND dttm >= ?", (query["event"][0], after)
        return {"event_logs": self.rows("log", {"event_log_id": "id", **names}, where, args, page)}

    def health(self):
        (row,) = self.rows(
            "job", {"start_date": "latest_heartbeat"}, "job_type = 'SchedulerJob'", (), "LIMIT 1"
        )
        return {"scheduler": {"status": "unhealthy", "latest_scheduler_heartbeat": row["start_date"]}}


def _task(serialized):
    """Return a task of a serialized DAG as the API lists it."""
    fields = {**serialized["__var"].get("partial_kwargs", {}), **serialized["__var"]}
    delay = fields.get("retry_delay", 300.0)
    delay = delay["__var"] if isinstance(delay, dict) else delay
    return {
        "task_id": fields["task_id"],
        "downstream_task_ids": fields.get("downstream_task_ids", []),
        "trigger_rule": fields.get("trigger_rule", "all_success"),
        "depends_on_past": fields.get("depends_on_past", False),
        "retries": float(fields.get("retries", 0)),
        "retry_delay": {"__type": "TimeDelta", "days": 0, "seconds": int(delay), "microseconds": 0},
        "retry_exponential_backoff": 0.0,
    }


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.stand_in.open.append(self.connection)

    def log_message(self, *_):
        """Be silent."""

    def do_GET(self):
        self.served({})

    def do_POST(self):
        self.served(json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def served(self, body):
        with self.stand_in.lock:
            self.stand_in.seen.append(f"{self.command} {self.path}")
            fault = self.stand_in.faults.pop(0) if self.stand_in.faults else None
        if fault == "reset":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        status, answer = (
            self.answered(body) if fault in {None, "cut"} else (fault, {"detail": "made to fail"})
        )
        self.sent(status, answer, cut=fault == "cut")

    def sent(self, status, answer, *, cut):
        data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status == 429:
            self.send_header("Retry-After", "0")
        if 300 <= status < 400:
            self.send_header("Location", f"https://elsewhere.example{self.path}")
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if cut else data)
        if cut:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    def answered(self, body):
        it, path = self.stand_in, urlsplit(self.path)
        parts = [unquote(part) for part in path.path.strip("/").split("/")]
        if path.path == "/auth/token":
            return self.token(body)
        if parts[:2] != ["api", "v2"] and parts != ["api", "v1", "version"]:
            return 200, "<!doctype html>"
        if parts[2:] == ["version"]:
            major = f"v{it.version[0]}" if it.version[0] == "2" else "v3"
            known = parts[1] == ("v1" if major == "v2" else "v2")
            return (200, {"version": it.version}) if known else (404, "<html>")
        token = (self.headers["authorization"] or "").removeprefix("Bearer ")
        if token not in it.tokens:
            return 403, {"detail": "Invalid JWT token"}
        if it.forbidden:
            return 403, {"detail": "Forbidden"}
        found = self.routed(parts[2:], body, parse_qs(path.query))
        return (404, {"detail": "Not Found"}) if found is None else (200, found)

    def token(self, body):
        it = self.stand_in
        known = (
            it.everybody
            if self.command == "GET"
            else (body["username"], body["password"]) == (USER, PASSWORD)
        )
        if not known:
            return 401, {"detail": "Invalid credentials"}
        return 201, {"access_token": min(it.tokens)}

    def routed(self, parts, body, query):
        it = self.stand_in
        if parts == ["dags", "~", "dagRuns", "list"]:
            return it.dag_runs(body)
        if parts == ["dags", "~", "dagRuns", "~", "taskInstances", "list"]:
            return it.task_instances(body)
        if parts[-1] == "tries":
            return it.tries(parts[1], parts[3], parts[5], int(parts[6]) if len(parts) == 8 else -1)
        if len(parts) == 3 and parts[2] == "tasks":
            return it.tasks(parts[1])
        if parts == ["monitor", "health"]:
            return it.health()
        return {"eventLogs": it.event_logs, "dags": it.dags, "pools": it.pools}[parts[0]](query)
