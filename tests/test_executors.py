from __future__ import annotations

import pytest

from airflow_tune.errors import SettingsError
from airflow_tune.executors import ExecutorKind, parse_executors
from airflow_tune.versions import AirflowVersion

V2, V3 = AirflowVersion("2.11.2"), AirflowVersion("3.3.2")
SEQUENTIAL, LOCAL, CELERY, KUBERNETES, OTHER = ExecutorKind

NAMED = {
    "one": ("LocalExecutor", V3, [(LOCAL, "", "")]),
    "several": ("LocalExecutor, CeleryExecutor", V3, [(LOCAL, "", ""), (CELERY, "", "")]),
    "alias of a module": ("fast:my.executors.CeleryExecutor", V3, [(CELERY, "fast", "")]),
    "foreign": ("my.executors.MyExecutor", V3, [(OTHER, "", "")]),
    "teams": ("LocalExecutor;red=CeleryExecutor", V3, [(LOCAL, "", ""), (CELERY, "", "red")]),
    "hybrid of 2.x": ("CeleryKubernetesExecutor", V2, [(CELERY, "", ""), (KUBERNETES, "", "")]),
    "sequential in 2.x": ("SequentialExecutor", V2, [(SEQUENTIAL, "", "")]),
    "sequential in 3.x is local": ("SequentialExecutor", V3, [(LOCAL, "", "")]),
}


@pytest.mark.parametrize(("text", "version", "expected"), NAMED.values(), ids=NAMED)
def test_names_become_kinds(text, version, expected):
    assert [(one.kind, one.alias, one.team) for one in parse_executors(text, version)] == expected


@pytest.mark.parametrize("text", ["", " , ", ";"])
def test_no_executor_is_refused(text):
    with pytest.raises(SettingsError, match=r"airflow.cfg:3: core.executor names no executor"):
        parse_executors(text, V3, where="airflow.cfg:3")
