"""What is read from made-up programs and called complete is what Python builds, whatever the unknown is."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from airflow_tune.dags.project import Project
from airflow_tune.dags.reader import read_source

SPEC = importlib.util.spec_from_file_location("programs", Path(__file__).with_name("programs.py"))
programs = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(programs)
HEAD = """\
import os
import elsewhere as e
from airflow import DAG
from airflow.operators.empty import EmptyOperator
x = os.environ['X']
dag = DAG('d')
def t(name): return EmptyOperator(task_id=name, dag=dag)
t0 = last = t('0')
"""
PROJECT = Project(Path("/nowhere/dags"))
EXAMPLES = 20_000 if os.environ.get("AIRFLOW_TUNE_THOROUGH") else 300


def wrong(program):
    """Return what a reading called complete has other than Python in a world in which the program runs."""
    found = read_source((HEAD + program).encode(), "/nowhere/dags/x.py", PROJECT)
    (dag,) = found.dags
    if not dag.complete:
        return None
    ours = ({task.key for task in dag.tasks}, {(edge.upstream, edge.downstream) for edge in dag.edges})
    for world in programs.WORLDS:
        theirs = programs.built(program, world)
        if theirs is not None and theirs != ours:
            return world, theirs, ours
    return None


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_a_complete_graph_is_what_python_builds(random):
    program = programs.Programs(random).program()
    note(program)
    assert wrong(program) is None
