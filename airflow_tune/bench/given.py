"""Whether what the user gave can be measured at all: asked first, for a run takes minutes."""

from __future__ import annotations

import subprocess
from dataclasses import asdict

from airflow_tune.bench.measure.launch import ask
from airflow_tune.bench.measure.workshop import open_workshop
from airflow_tune.bench.workload import Wishes
from airflow_tune.errors import BenchError, SourceError
from airflow_tune.secrets import redact

_PYTHON_S = 60
_CONNECT_S = 10
_TRIAL_S = 30.0
_HAS_AIRFLOW = "import importlib.util, sys; sys.exit(importlib.util.find_spec('airflow') is None)"


def check(wishes: Wishes, timeout_s: float | None) -> None:
    """Raise SourceError for a URL that cannot be reached, BenchError for what is no Python or callable."""
    if wishes.db_url:
        from airflow_tune.bench.kit.database.server import round_trip_s  # noqa: PLC0415 - for a DB only

        round_trip_s(wishes.db_url)
    if wishes.redis_url:
        _check_redis(wishes.redis_url)
    if wishes.airflow_python:
        _check_python(wishes.airflow_python)
    if wishes.callable:
        _check_callable(wishes, timeout_s or _TRIAL_S)


def _check_redis(url: str) -> None:
    try:
        import redis  # noqa: PLC0415 - an extra; without it the workload says so
    except ImportError:
        return
    try:
        with redis.Redis.from_url(
            url, socket_connect_timeout=_CONNECT_S, socket_timeout=_CONNECT_S
        ) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise SourceError(
            f"Redis could not be reached: {redact(str(error))}",
            where=f"--redis-url {redact(url)}",
            remedy="give one such as redis://host:6379/1",
        ) from None


def _check_python(path: str) -> None:
    try:
        # Isolated: a folder called airflow beside the user is not Airflow.
        done = subprocess.run(
            [path, "-I", "-c", _HAS_AIRFLOW], check=False, capture_output=True, timeout=_PYTHON_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        said = error.strerror if isinstance(error, OSError) else "it does not answer"
        raise _no_airflow(path, f"this Python could not be run: {said}") from None
    if done.returncode:
        raise _no_airflow(path, "this Python has no Airflow")


def _no_airflow(path: str, why: str) -> BenchError:
    return BenchError(
        why,
        where=f"--airflow-python {path}",
        remedy="name the Python that runs Airflow, e.g. ~/airflow/bin/python",
    )


def _check_callable(wishes: Wishes, timeout_s: float) -> None:
    """Call the function once with one item, in a process of its own."""
    order = {
        "module": "airflow_tune.bench.workloads.callable_batch",
        "parameters": {"items": 1},
        "scale": 1.0,
        "wishes": asdict(wishes),
        "effort": {"sample_s": 0.0, "slice_s": 0.0, "most_samples": 1, "calls": 1, "warm": False},
    }
    with open_workshop() as workshop, workshop.own_folder() as own:
        order["folder"] = str(own)
        answer = ask(order, workshop.folder, own, timeout_s, lambda: False)
    if "error" in answer:
        raise BenchError(
            f"the function cannot be measured: {answer['error']}",
            where=f"--callable {wishes.callable}",
            remedy=answer.get("remedy") or "it is called with a list of items; see that it can take one item",
        )
