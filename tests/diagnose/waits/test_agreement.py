"""The attribution against what real schedulers logged when they refused task instances.

Which wait seconds the log decides: each critical section (entries of decisions.jsonl that follow one
another within 50 ms) decides the time from its first entry to the first entry of the next one, whatever
kind that is. It decides it

- for every task instance it names in a refusal (`max_active_tis_per_dag`, `max_active_tasks`,
  `pool_slots`), for `pool_full` those it examined and did not queue that ask for the named pool, and for
  `all_executors_full` every task instance that was scheduled at that moment, since Airflow then examines
  none of them;
- in favour of the limit that the entry names, the first one where there are several;
- clipped to the task instance's own scheduled → queued.

Not decided, and so not compared: what Airflow's SQL leaves out without a word (full pools, DAG runs at
max_active_tasks, LIMIT), and everything before scheduled and after queued.
"""

from __future__ import annotations

import collections

import numpy as np
import pytest

from airflow_tune.diagnose.waits import stretches as parting
from airflow_tune.diagnose.waits.asked import Asked
from airflow_tune.diagnose.waits.charge import charged_in_parts
from airflow_tune.diagnose.waits.result import attribute_waits, summed
from airflow_tune.diagnose.waits.run_wait import charge_runs
from airflow_tune.diagnose.waits.stretches import stretches
from airflow_tune.diagnose.waits.timeline import timeline

SAME_LOOP_S = 0.05
BY_TASK = ("max_active_tis_per_dag", "max_active_tasks", "pool_slots")


def loops(decisions):
    found = []
    for entry in decisions:
        if entry["kind"] == "max_active_runs":  # the DAG runs' own phase of the loop
            continue
        if found and entry["t"] - found[-1][-1]["t"] < SAME_LOOP_S:
            found[-1].append(entry)
        else:
            found.append([entry])
    return found


class Waiting:
    """Task instances as the log names them, and when each was scheduled and queued."""

    def __init__(self, experiment):
        history, tries = experiment.history, experiment.history.tries
        zero = experiment.t0 * 1e6
        self.rows = collections.defaultdict(list)
        self.scheduled = (tries.scheduled.view(np.int64) - zero) / 1e6
        self.queued = (tries.queued.view(np.int64) - zero) / 1e6
        self.pool = [history.pools.names[code] for code in tries.pool]
        self.task = [history.task_name(task) for task in tries.task]
        run = [history.runs.run_ids[code] for code in tries.run]
        self.key = [
            (task, run, "" if index < 0 else str(index))
            for task, run, index in zip(self.task, run, tries.map_index, strict=True)
        ]

    def at(self, moment):
        here = (self.scheduled <= moment + 0.001) & (self.queued > moment - 0.02)
        return [int(row) for row in np.flatnonzero(here)]

    def refused(self, loop):
        """Yield (row, limit) of every refusal in `loop`, in the order of the log."""
        queued = {tuple(key) for entry in loop if entry["kind"] == "queued" for key in entry["tis"]}
        waiting, examined = self.at(loop[0]["t"]), set()
        for entry in loop:
            kind = entry["kind"]
            if kind == "examined":
                examined = {tuple(key) for key in entry["tis"]} - queued
            for row in waiting:
                if kind == "all_executors_full":
                    yield row, "parallelism"
                elif self.key[row] not in examined:
                    continue
                elif kind == "pool_full" and entry["what"][1] == self.pool[row]:
                    yield row, f"pool:{self.pool[row]}"
                elif kind in BY_TASK and tuple(entry["what"][:2]) == self.key[row][:2]:
                    yield row, self.named(kind, row)

    def named(self, kind, row):
        if kind == "pool_slots":
            return f"pool:{self.pool[row]}"
        return f"{kind}:{self.task[row] if kind.endswith('per_dag') else self.task[row].split('.')[0]}"


def decided(experiment):
    """Yield (row, begin, end, limit), in seconds from the log's zero."""
    waiting, passes = Waiting(experiment), loops(experiment.decisions)
    for loop, after in zip(passes, [*passes[1:], None], strict=True):
        ends = after[0]["t"] if after else float("inf")
        first = {}
        for row, limit in waiting.refused(loop):
            first.setdefault(row, limit)
        for row, limit in first.items():
            begin = max(loop[0]["t"], waiting.scheduled[row])
            end = min(ends, waiting.queued[row])
            if end > begin:
                yield row, begin, end, limit


@pytest.fixture(scope="session")
def told(experiment):
    asked, waits = Asked.of(experiment.history, experiment.machinery), stretches(experiment.history)
    return [timeline(asked, waits, row) for row in range(len(experiment.history.tries))]


@pytest.mark.parametrize("silent", [(), ("parallelism",)], ids=["all refusals", "refusals by name"])
def test_agrees_with_at_least_95_percent_of_the_seconds_that_the_log_decides(experiment, told, silent):
    total = agreed = 0.0
    for row, begin, end, limit in decided(experiment):
        if limit in silent:  # no free executor slot: the log then names no task instance
            continue
        total += end - begin
        for piece in told[row]:
            low, high = piece.begin / 1e6 - experiment.t0, piece.end / 1e6 - experiment.t0
            if piece.limit == limit:
                agreed += max(0.0, min(end, high) - max(begin, low))
    assert total > 5, "the log decides too little to say anything"
    assert agreed / total >= 0.97


def test_the_limit_that_was_squeezed_comes_first(experiment):
    assert attribute_waits(experiment.history, experiment.machinery).by_limit[0].limit == experiment.first


def test_charges_sum_to_all_waiting(experiment):
    waits = attribute_waits(experiment.history, experiment.machinery)
    assert sum(wait.seconds for wait in waits.by_limit) == pytest.approx(waits.total_s, rel=1e-9)
    assert sum(wait.share for wait in waits.by_limit) == pytest.approx(1.0)


def test_charging_in_small_parts_changes_nothing(experiment, monkeypatch):
    whole = attribute_waits(experiment.history, experiment.machinery)
    monkeypatch.setattr(parting, "PART_ROWS", 7)
    parts = list(charged_in_parts(experiment.history, experiment.machinery))
    assert len(parts) > 5
    assert summed(experiment.history, parts, charge_runs(experiment.history)) == whole


def test_a_timeline_tells_the_same_as_the_columns(experiment, told):
    by_columns = collections.Counter()
    for charges in charged_in_parts(experiment.history, experiment.machinery):
        for row, limit, micros in zip(charges.row, charges.limit, charges.micros, strict=True):
            by_columns[int(row), charges.names[limit]] += int(micros)
    by_timeline = collections.Counter()
    for row, pieces in enumerate(told):
        for piece in pieces:
            by_timeline[row, piece.limit] += piece.end - piece.begin
    assert by_timeline == by_columns
