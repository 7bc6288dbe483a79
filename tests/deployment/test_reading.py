from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.deployment import Component, Deployment, WorkerGroup
from airflow_tune.deployment.reading import load_deployment
from airflow_tune.errors import DocumentError
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind

GIB = 1024**3

FLEET = """\
schedulers: {count: 2, cores: 2, memory: 4GiB}
dag_processors: {cores: 1, memory: 2GiB}
api_servers:
  count: 2
  cores: 500m
  memory: 1GiB
  workers: 4
workers:
  - name: general
    count: 3
    cores: 4
    memory: 16GiB
    queues: [default, reports]
    executor: CeleryExecutor
  - name: pods
    count: 2
    cores: 0.3
    memory: 8GiB
    pod: {cores: 100m, memory: 1GiB}
database:
  max_connections: 200
  reserved_connections: 5
  pooler:
    kind: pgbouncer
    mode: transaction
    max_client_connections: 1000
    server_connections: 195
"""


def load(folder: Path, text: str) -> Deployment:
    path = folder / "deploy.yaml"
    path.write_text(text, encoding="utf-8")
    return load_deployment(path)


def test_every_number_says_its_line(tmp_path):
    deployment = load(tmp_path, FLEET)
    path = str(tmp_path / "deploy.yaml")

    def at(line: int) -> Origin:
        return Origin(OriginKind.DEPLOYMENT, path, line)

    assert deployment.schedulers == Component(
        Measured(2, at(1)), Measured(2.0, at(1)), Measured(4 * GIB, at(1))
    )
    assert deployment.api_servers == Component(
        Measured(2, at(4)), Measured(0.5, at(5)), Measured(GIB, at(6)), workers=Measured(4, at(7))
    )
    assert deployment.workers[0] == WorkerGroup(
        "general",
        Measured(3, at(10)),
        Measured(4.0, at(11)),
        Measured(16 * GIB, at(12)),
        ("default", "reports"),
        "CeleryExecutor",
    )
    assert deployment.workers[1].pod is not None
    assert deployment.workers[1].pod.cores == Measured(0.1, at(19))
    assert deployment.database.max_connections == Measured(200, at(21))
    assert deployment.database.reserved_connections == Measured(5, at(22))
    assert deployment.database.pooler is not None
    assert deployment.database.pooler.kind == "pgbouncer"
    assert deployment.database.pooler.mode == "transaction"
    assert deployment.database.pooler.max_client_connections == Measured(1000, at(26))
    assert deployment.database.pooler.server_connections == Measured(195, at(27))
    assert deployment.origin == Origin(OriginKind.DEPLOYMENT, path)
    assert not deployment.assumed


def test_what_is_left_out_is_none_or_says_that_it_was(tmp_path):
    deployment = load(tmp_path, "schedulers: {cores: 1, memory: 2GiB}\n")
    assert deployment.schedulers.count.value == 1
    assert deployment.schedulers.count.origin.kind is OriginKind.ASSUMED
    assert str(deployment.schedulers.count.origin) == f"one, for {tmp_path}/deploy.yaml:1 gives no count"
    assert deployment.dag_processors is None
    assert deployment.triggerers is None
    assert deployment.api_servers is None
    assert deployment.workers == ()
    assert deployment.host is None
    assert deployment.database.max_connections is None
    assert deployment.database.usable_connections is None
    assert deployment.database.reserved_connections.value == 3
    assert deployment.database.pooler is None


def test_what_has_no_size_runs_on_the_shared_host(tmp_path):
    deployment = load(
        tmp_path,
        "host: {cores: 8, memory: 32GiB}\n"
        "schedulers: {}\n"
        "triggerers: {shared_host: true, memory: 4GiB}\n"
        "api_servers: {cores: 2, memory: 4GiB}\n"
        "workers: [{name: a, count: 2}]\n",
    )
    assert deployment.schedulers.shares_host
    assert deployment.schedulers.cores.value == 8
    assert deployment.schedulers.cores.origin.line == 1
    assert deployment.triggerers is not None
    assert deployment.triggerers.shares_host
    assert deployment.triggerers.cores.value == 8
    assert deployment.triggerers.memory_bytes.value == 4 * GIB
    assert deployment.api_servers is not None
    assert not deployment.api_servers.shares_host
    assert deployment.workers[0].shares_host
    assert deployment.cores_total == 8 + 2
    assert deployment.memory_total_bytes == (32 + 4) * GIB


COUNTS = st.integers(1, 50)
CORES = st.integers(1, 640).map(lambda tenths: tenths / 10)
SIZES = st.integers(1, 4096).map(lambda count: f"{count}MiB")
COMPONENTS = st.fixed_dictionaries({"count": COUNTS, "cores": CORES, "memory": SIZES})
NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=12)


@st.composite
def deployments(draw: st.DrawFn) -> dict[str, object]:
    names = draw(st.lists(NAMES, unique=True, min_size=1, max_size=4))
    queues = st.lists(NAMES, unique=True, min_size=1, max_size=3)
    groups = [
        {"name": name, **draw(COMPONENTS), **draw(st.fixed_dictionaries({}, optional={"queues": queues}))}
        for name in names
    ]
    optional = {"dag_processors": COMPONENTS, "triggerers": COMPONENTS, "api_servers": COMPONENTS}
    others = draw(st.fixed_dictionaries({}, optional=optional))
    return {"schedulers": draw(COMPONENTS), **others, "workers": groups}


def plain(each: Component | WorkerGroup) -> dict[str, object]:
    size = f"{each.memory_bytes.value // 1024**2}MiB"
    return {"count": each.count.value, "cores": each.cores.value, "memory": size}


def plain_group(group: WorkerGroup) -> dict[str, object]:
    queues = {"queues": list(group.queues)} if group.queues else {}
    return {"name": group.name, **plain(group), **queues}


@given(described=deployments())
def test_what_is_described_is_read_back(described, tmp_path_factory):
    text = yaml.safe_dump(described, allow_unicode=True)
    deployment = load(tmp_path_factory.mktemp("deployment"), text)
    names = ("schedulers", "dag_processors", "triggerers", "api_servers")
    parts = {name: getattr(deployment, name) for name in names}
    read = {name: plain(part) for name, part in parts.items() if part is not None}
    assert {**read, "workers": [plain_group(group) for group in deployment.workers]} == described


KEYS = [
    *("host", "schedulers", "dag_processors", "triggerers", "api_servers", "workers", "database", "pooler"),
    *("count", "cores", "memory", "shared_host", "name", "queues", "executor", "pod", "max_connections"),
    *("reserved_connections", "kind", "mode", "max_client_connections", "server_connections"),
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "1GiB", "2", "x"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(junk=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6))
def test_junk_gives_a_deployment_or_one_document_error(junk, tmp_path_factory):
    with contextlib.suppress(DocumentError):
        deployment = load(tmp_path_factory.mktemp("junk"), yaml.safe_dump(junk))
        assert deployment.cores_total > 0


def test_a_missing_file_says_what_it_should_have_been(tmp_path):
    with pytest.raises(DocumentError, match="the deployment file does not exist"):
        load_deployment(tmp_path / "none.yaml")
