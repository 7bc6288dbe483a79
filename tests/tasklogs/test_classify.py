"""What logs say of failures: every pattern by an example, and the logs of real tasks that failed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from airflow_tune.history.cause import CAUSES
from airflow_tune.tasklogs.classify import classify
from airflow_tune.tasklogs.pattern import PATTERNS

LOGS = Path(__file__).parents[1] / "fixtures" / "tasklogs"

# (cause, what was seen, an error or a line as logs hold it)
EXAMPLES = [
    ("zombie", "no heartbeat", "Detected zombie job: {'full_filepath': 'dags/a.py'}"),
    ("zombie", "state set from outside", "State of this instance has been externally set to failed."),
    ("resource", "out of memory", "Container base failed: OOMKilled"),
    ("resource", "out of memory", "OSError: [Errno 12] Cannot allocate memory"),
    ("resource", "killed, as for want of memory", "Command exited with return code -9"),
    ("resource", "killed, as for want of memory", "Bash command failed with exit code 137."),
    ("resource", "disk full", "OSError: [Errno 28] No space left on device: '/tmp/a'"),
    ("resource", "too many open files", "OSError: [Errno 24] Too many open files"),
    ("resource", "evicted", "Pod was Evicted: The node was low on resource: memory."),
    ("resource", "MemoryError", "MemoryError: Unable to allocate 7.45 GiB for an array"),
    ("timeout", "execution_timeout", "airflow.exceptions.AirflowTaskTimeout: Timeout, PID: 41"),
    ("timeout", "sensor timeout", "AirflowSensorTimeout: Sensor has timed out; run duration of 61 s"),
    ("timeout", "trigger timeout", "airflow.exceptions.TaskDeferralTimeout: Trigger timeout"),
    ("timeout", "subprocess timeout", "subprocess.TimeoutExpired: Command 'dbt' timed out after 9 seconds"),
    ("zombie", "SIGTERM", "Received SIGTERM. Terminating subprocesses."),
    ("validation", "failed on purpose", "airflow.exceptions.AirflowFailException: nothing to load"),
    ("validation", "data refused by the database", "psycopg2.errors.UniqueViolation: duplicate key value"),
    ("code", "statement refused by the database", "psycopg.errors.UndefinedTable: relation does not exist"),
    ("code", "statement refused by the database", "sqlite3.OperationalError: no such table: orders"),
    ("database", "deadlock", "psycopg2.errors.DeadlockDetected: deadlock detected"),
    ("database", "database locked", "sqlite3.OperationalError: database is locked"),
    ("database", "no connection left", "OperationalError: FATAL: sorry, too many clients already"),
    ("database", "connection to the database lost", "(2006, 'MySQL server has gone away')"),
    ("database", "statement timeout", "QueryCanceled: canceling statement due to statement timeout"),
    ("database", "Oracle error", "oracledb.exceptions.DatabaseError: ORA-12541: TNS:no listener"),
    ("database", "database error", "snowflake.connector.errors.OperationalError: 250001: failed to connect"),
    ("network", "name not resolved", "socket.gaierror: [Errno -2] Name or service not known"),
    ("network", "connection refused", "ConnectionRefusedError: [Errno 111] Connection refused"),
    ("network", "connection lost", "ConnectionResetError: [Errno 104] Connection reset by peer"),
    ("network", "unreachable", "OSError: [Errno 113] No route to host"),
    ("network", "network timeout", "TimeoutError: [Errno 110] Connection timed out"),
    ("network", "rate limited", "requests.exceptions.HTTPError: 429 Client Error: Too Many Requests for url"),
    ("network", "server error", "requests.exceptions.HTTPError: 503 Server Error: Service Unavailable"),
    ("network", "TLS error", "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate"),
    ("network", "connection error", "aiohttp.client_exceptions.ServerDisconnectedError: Server disconnected"),
    ("timeout", "timeout", "asyncio.exceptions.TimeoutError"),
    ("validation", "request refused", "HTTPError: 403 Client Error: Forbidden for url: https://a.example"),
    ("validation", "data check failed", "AirflowException: Test failed. Query: SELECT 1"),
    ("validation", "input missing", "FileNotFoundError: [Errno 2] No such file or directory: 'in.csv'"),
    ("validation", "data not valid", "pydantic_core._pydantic_core.ValidationError: 1 validation error"),
    ("validation", "not permitted", "google.api_core.exceptions.Forbidden: caller lacks storage.get"),
    ("code", "command not found", "bash: line 1: dbt: command not found"),
    ("code", "connection not defined", "AirflowNotFoundException: The conn_id `pg` isn't defined"),
    ("code", "template error", "jinja2.exceptions.UndefinedError: 'ds_' is undefined"),
    ("code", "error in code", "AttributeError: 'NoneType' object has no attribute 'upper'"),
]  # fmt: skip


def old(error):
    """Return a log of 2.x that ends with `error`."""
    return (
        "[2026-01-01T00:00:00.000+0000] {a.py:1} INFO - begin\n"
        "[2026-01-01T00:00:01.000+0000] {a.py:9} ERROR - Task failed with exception\n"
        f'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\n{error}\n'
        "[2026-01-01T00:00:01.100+0000] {a.py:9} INFO - Marking task as FAILED.\n"
    )


def new(*errors):
    """Return a log of 3.x with one record that raised `errors`, the first one because of the others."""
    split = [error.partition(": ") for error in errors]
    detail = [{"exc_type": kind.split(".")[-1], "exc_value": text} for kind, _, text in split]
    failed = {"event": "Task failed with exception", "error_detail": detail}
    return "\n".join(map(json.dumps, [{"event": "begin"}, failed, {"event": "end"}]))


def line(error):
    """Return a log of 3.x in which `error` is what some command wrote."""
    return json.dumps({"event": error})


@pytest.mark.parametrize(("cause", "sign", "error"), EXAMPLES)
def test_each_pattern_finds_its_example(cause, sign, error):
    loose = next(one for one in PATTERNS if one.sign == sign).loose
    # What a command writes is believed for some patterns only, a class where it stands as an exception.
    for log in (line, str) if loose else (old, new):
        found = classify(log(error))
        assert (CAUSES[found.cause], found.sign) == (cause, sign)


def test_every_pattern_has_an_example():
    assert {sign for _, sign, _ in EXAMPLES} == {one.sign for one in PATTERNS}


WANTED = {
    "bash": "resource", "bash_missing": "code", "code": "code", "database": "code", "flaky": "network",
    "killed": "resource", "locked": "database", "name": "code", "network": "network", "oom": "resource",
    "plain": None, "refused": "network", "schema": "validation", "timeout": "timeout",
    "upstream_check": "network", "validation": "validation",
}  # fmt: skip


@pytest.mark.parametrize(
    "path", sorted(LOGS.rglob("*.log")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_real_logs_say_what_the_task_did(path):
    found = classify(path.read_text(encoding="utf-8"))
    assert (found and CAUSES[found.cause]) == WANTED[path.stem]


def test_an_exception_in_general_terms_is_told_by_what_caused_it():
    found = classify(new("AirflowException: the load failed", "OSError: [Errno 28] No space left on device"))
    assert found.sign == "disk full"
    assert classify(new("AirflowException: the load failed")) is None


def test_the_last_exception_counts_and_what_was_only_mentioned_does_not():
    earlier = old("ConnectionResetError: [Errno 104] Connection reset by peer")
    assert classify(earlier + old("KeyError: 'amount'")).sign == "error in code"
    assert classify("[2026-01-01] {a.py:1} INFO - retrying after ValueError: odd\n") is None


@pytest.mark.parametrize(
    "text", ["", "\n\n", "{", '{"event": 3}', '["a"]', '{"error_detail": "x"}', "\x00\ufffd" * 99]
)
def test_what_is_no_log_says_nothing(text):
    assert classify(text) is None
