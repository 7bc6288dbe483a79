from __future__ import annotations

import pytest

from airflow_tune.deployment.reading import load_deployment
from airflow_tune.errors import DocumentError

ALONE = "schedulers: {cores: 1, memory: 2GiB}"
SHARED = "host: {cores: 2, memory: 4GiB}\nschedulers: {}"
SHARING = "name: a, count: 1, shared_host: true, memory: 2GiB"
POOLER = "pooler: {kind: pgbouncer, mode: session, max_client_connections: 500, server_connections: %d}"


def refused(folder, text: str) -> list[str]:
    path = folder / "d.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError) as error:
        load_deployment(path)
    return str(error.value).replace(f"{folder}/", "").splitlines()


def group(**values: object) -> str:
    written = {"name": "a", "count": 1, "cores": 4, "memory": "8GiB", **values}
    return ", ".join(f"{key}: {value}" for key, value in written.items())


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (f"workers: [{{{group()}}}]", 1, '"schedulers" is missing'),
        (f"{ALONE}\nworkers: []", 2, "workers: expected at least one entry, found an empty list"),
        (f"{ALONE}\nworkers: [{{{group(count=0)}}}]", 2, "workers[0].count: expected at least 1, found 0"),
        (
            f"{ALONE}\nworkers: [{{{group(memory=-1)}}}]",
            2,
            "workers[0].memory: -1 is less than nothing: write a number of zero or more",
        ),
        (
            f"{ALONE}\nworkers: [{{{group(memory='0')}}}]",
            2,
            "workers[0].memory: expected at least 1 MiB, with a unit such as 2GiB, found 0",
        ),
        (
            f"{ALONE}\nworkers: [{{{group(memory=16)}}}]",
            2,
            "workers[0].memory: expected at least 1 MiB, with a unit such as 2GiB, found 16",
        ),
        (f"{ALONE}\nworkers: [{{{group(cores=0)}}}]", 2, "workers[0].cores: expected more than 0 cores"),
        (
            f"{ALONE}\ntriggerers: {{cores: 0m, memory: 1GiB}}",
            2,
            "triggerers.cores: expected more than 0 cores",
        ),
        (
            f"{ALONE}\nworkers:\n- {{{group()}}}\n- {{{group()}}}",
            4,
            'workers[1].name: a group named "a" stands in line 3 already',
        ),
        (
            f"{ALONE}\nworkers: [{{{group(queues='[x, y, x]')}}}]",
            2,
            'workers[0].queues[2]: "x" is in the list twice',
        ),
        (
            f"{ALONE}\nworkers:\n- {{{group()},\n   pod: {{cores: 5, memory: 1GiB}}}}",
            4,
            "workers[0].pod.cores: 5 cores do not fit on a node of its group, which has 4 cores (d.yaml:3)",
        ),
        (
            f"{ALONE}\nworkers:\n- {{{group()},\n   pod: {{cores: 1, memory: 9GiB}}}}",
            4,
            "workers[0].pod.memory: 9 GiB do not fit on a node of its group, which has 8 GiB (d.yaml:3)",
        ),
        (
            f"{SHARED}\nworkers: [{{name: a, count: 1, pod: {{cores: 3, memory: 1GiB}}}}]",
            3,
            "workers[0].pod.cores: 3 cores do not fit on a node of its group, which has 2 cores (d.yaml:1)",
        ),
        (
            "host: {cores: 2, memory: 4GiB}\nschedulers: {shared_host: true, memory: 5GiB}",
            2,
            "schedulers.memory: 5 GiB do not fit on the shared host, which has 4 GiB (d.yaml:1)",
        ),
        (
            f"{SHARED}\nworkers: [{{{SHARING}, pod: {{cores: 1, memory: 3GiB}}}}]",
            3,
            "workers[0].pod.memory: 3 GiB do not fit on a node of its group, which has 2 GiB (d.yaml:3)",
        ),
        (
            "schedulers: {count: 1}",
            1,
            "schedulers: give its cores and memory, or a `host` that it runs on",
        ),
        ("schedulers: {cores: 1}", 1, 'schedulers: "memory" is missing'),
        (
            f"host: {{cores: 2, memory: 4GiB}}\n{ALONE}",
            1,
            "host: nothing runs on it, all have cores and memory of their own",
        ),
        (
            f"{ALONE}\ndatabase: {{max_connections: 100, reserved_connections: 100}}",
            2,
            "database.reserved_connections: 100 of 100 connections are reserved: none is left",
        ),
        (
            f"{ALONE}\ndatabase:\n  max_connections: 3",
            2,
            "database.reserved_connections: 3 of 3 connections are reserved: none is left",
        ),
        (
            f"{ALONE}\ndatabase:\n  max_connections: 100\n  {POOLER % 98}",
            4,
            "database.pooler.server_connections: the pooler may open 98, the server has 100 - 3 reserved",
        ),
        (f"{ALONE}\ndatabse: {{}}", 2, 'databse: this key is not known, did you mean "database"?'),
        (f"{ALONE}\nworkers: [{{{group(memory='2XB')}}}]", 2, None),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path, text, line, message):
    first, remedy = refused(tmp_path, text)
    start = f"d.yaml:{line}: the deployment file cannot be used: "
    assert first.startswith(start)
    if message is None:
        assert '"2XB" has no unit of bytes that is known' in first
    else:
        assert first.removeprefix(start) == message
    assert remedy == "  → correct it and run again"


def test_a_pooler_may_use_all_that_is_not_reserved(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text(f"{ALONE}\ndatabase: {{max_connections: 100, {POOLER % 97}}}", encoding="utf-8")
    assert load_deployment(path).database.usable_connections == 97


def test_a_pooler_before_a_server_of_unknown_size_is_believed(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text(f"{ALONE}\ndatabase: {{{POOLER % 5000}}}", encoding="utf-8")
    assert load_deployment(path).database.pooler.server_connections.value == 5000


def test_all_contradictions_stand_in_one_error(tmp_path):
    lines = refused(
        tmp_path,
        "schedulers: {count: 1}\nworkers:\n"
        f"- {{{group()}}}\n- {{{group()}}}\ndatabase: {{max_connections: 2}}\n",
    )
    assert [line.split(": ", 1)[0] for line in lines[1:-1]] == ["  d.yaml:1", "  d.yaml:4", "  d.yaml:5"]
