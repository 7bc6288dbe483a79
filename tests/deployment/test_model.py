from __future__ import annotations

from pathlib import Path

import pytest

from airflow_tune.deployment import Deployment
from airflow_tune.deployment.reading import load_deployment
from airflow_tune.errors import UsageError
from airflow_tune.origins import Origin, OriginKind

GIB = 1024**3
ALONE = "schedulers: {count: 2, cores: 1, memory: 2GiB}\n"
GROUP = "  - {name: %s, count: 3, cores: 4, memory: 8GiB}\n"


def load(folder: Path, text: str) -> Deployment:
    path = folder / "d.yaml"
    path.write_text(text, encoding="utf-8")
    return load_deployment(path)


def refused(deployment: Deployment, count: int) -> str:
    with pytest.raises(UsageError) as error:
        deployment.with_workers(count)
    return str(error.value)


def test_totals_count_every_instance(tmp_path):
    deployment = load(tmp_path, f"{ALONE}workers:\n{GROUP % 'a'}{GROUP % 'b'}")
    assert deployment.worker_total == 6
    assert deployment.cores_total == 2 + 24
    assert deployment.memory_total_bytes == (4 + 48) * GIB


def test_the_flag_counts_the_workers_of_the_only_group(tmp_path):
    deployment = load(tmp_path, f"{ALONE}workers:\n{GROUP % 'a'}").with_workers(7)
    assert deployment.worker_total == 7
    assert deployment.workers[0].count.origin == Origin(OriginKind.FLAG, "--workers")
    assert deployment.workers[0].name == "a"


@pytest.mark.parametrize("count", [0, -1])
def test_the_flag_takes_no_count_below_one(tmp_path, count):
    deployment = load(tmp_path, f"{ALONE}workers:\n{GROUP % 'a'}")
    assert refused(deployment, count) == f"--workers: {count} is no number of workers\n  → give 1 or more"


def test_the_flag_names_the_groups_it_cannot_choose_from(tmp_path):
    deployment = load(tmp_path, f"{ALONE}workers:\n{GROUP % 'a'}{GROUP % 'b'}")
    assert refused(deployment, 4) == (
        "--workers: the deployment has 2 groups of workers: a, b\n"
        f"  → set `count` of each group in {tmp_path}/d.yaml and leave the flag out"
    )


def test_the_flag_needs_a_group(tmp_path):
    assert refused(load(tmp_path, ALONE), 4).startswith("--workers: the deployment has 0 groups of workers\n")
