"""DAG runs and their task instances: created, started, examined, finished."""

from __future__ import annotations

import math
from collections import deque

from airflow_tune.history import trigger_rule
from airflow_tune.simulate.plan import Plan
from airflow_tune.simulate.state import UNLIMITED, State

NAN = math.nan


class Life:
    """Where each DAG run is on its way, and what of it waits for the next examination.

    `started` and `ended` hold a time per DAG run, the columns `ready`, `scheduled`, `queued`, `start` and
    `end` one per stint; NaN until it is known. `instant` are the times of task instances without stints.
    `dirty` are the DAG runs that an examination would change, backfills apart.
    """

    def __init__(self, plan: Plan, state: State) -> None:
        self.plan, self.state = plan, state
        self.due = plan.runs.due_s.tolist()
        self.before = plan.runs.before.tolist()
        self.after = [-1] * len(plan.runs)
        for run, before in enumerate(self.before):
            if before >= 0:
                self.after[before] = run
        self.first_cell = plan.runs.first_cell.tolist()
        self.first_task = plan.dags.first_task.tolist()
        self.first_instance = plan.cells.first.tolist()
        self.first_stint = plan.first_stint.tolist()
        self.stint = plan.first_stint[:-1].tolist()
        self._graph()
        stints, runs = len(plan.stints), len(plan.runs)
        self.ready, self.scheduled = [NAN] * stints, [NAN] * stints
        self.queued, self.start, self.end = [NAN] * stints, [NAN] * stints, [NAN] * stints
        self.instant = [NAN] * len(plan)
        self.created, self.started, self.ended = [NAN] * runs, [NAN] * runs, [NAN] * runs
        self.waits_for = [0] * len(plan.cells)
        self.left_in_cell = [0] * len(plan.cells)
        self.left_in_run = [0] * runs
        self.pending: list[list[int]] = [[] for _ in range(runs)]
        self.due_of: dict[int, float] = {}
        self.late = plan.runs.backfill.tolist()
        self.dirty: tuple[set[int], set[int]] = (set(), set())

    def _graph(self) -> None:
        tasks = self.plan.tasks
        self.rule, self.on_past = tasks.trigger_rule.tolist(), tasks.depends_on_past.tolist()
        first, upstream = tasks.first.tolist(), tasks.upstream.tolist()
        self.upstream = [upstream[first[t] : first[t + 1]] for t in range(len(tasks))]
        self.downstream: list[list[int]] = [[] for _ in range(len(tasks))]
        for task, above in enumerate(self.upstream):
            for one in above:
                self.downstream[one].append(task)

    def size(self, cell: int) -> int:
        """Return how many task instances `cell` has."""
        count: int = self.first_instance[cell + 1] - self.first_instance[cell]
        return count

    def begin(self, run: int, now: float) -> None:
        """Start `run`: what waits for nothing may be scheduled at its first examination."""
        self.started[run] = now
        offset = self.first_cell[run] - self.first_task[self.state.dag_of[run]]
        for cell in range(self.first_cell[run], self.first_cell[run + 1]):
            self.left_in_cell[cell] = self.size(cell)
            self.left_in_run[run] += self.size(cell)
            self.waits_for[cell] = self._waits_for(run, cell, offset)
        self.dirty[self.late[run]].add(run)
        for cell in range(self.first_cell[run], self.first_cell[run + 1]):
            if not self.waits_for[cell]:
                self._make_ready(cell, run, now)

    def _waits_for(self, run: int, cell: int, offset: int) -> int:
        task = self.state.task_of[cell]
        above = sum(1 for one in self.upstream[task] if self.size(offset + one))
        if self.rule[task] == trigger_rule.NO_UPSTREAM:
            above = 0
        elif self.rule[task] == trigger_rule.FIRST:
            above = min(above, 1)
        return above + self._past(run, cell)

    def _past(self, run: int, cell: int) -> int:
        """Return whether `cell` waits for the same task of the DAG run before, which has not finished."""
        before = self.before[run]
        if before < 0 or not self.on_past[self.state.task_of[cell]]:
            return 0
        other = self.first_cell[before] + cell - self.first_cell[run]
        finished = not math.isnan(self.started[before]) and not self.left_in_cell[other]
        return 0 if finished or not self.size(other) else 1

    def _make_ready(self, cell: int, run: int, now: float) -> None:
        for instance in range(self.first_instance[cell], self.first_instance[cell + 1]):
            self.pend(instance, run, now)

    def pend(self, instance: int, run: int, now: float) -> None:
        """Let the next examination of `run` schedule `instance`, ready since `now`."""
        if self.stint[instance] < self.first_stint[instance + 1]:
            self.ready[self.stint[instance]] = now
        self.pending[run].append(instance)
        self.dirty[self.late[run]].add(run)

    def finish(self, instance: int, now: float) -> None:
        """End `instance` for good, and let what waited for it go on."""
        cell = self.state.cell_of[instance]
        run, task = self.state.run_of[cell], self.state.task_of[cell]
        offset = self.first_cell[run] - self.first_task[self.state.dag_of[run]]
        self.left_in_cell[cell] -= 1
        self.left_in_run[run] -= 1
        done = not self.left_in_cell[cell]
        for below in self.downstream[task]:
            first = self.rule[below] == trigger_rule.FIRST
            if (done and self.rule[below] == trigger_rule.ALL) or (first and self._first_end(cell)):
                self._one_less(offset + below, run, now)
        if done and self.on_past[task] and self.after[run] >= 0:
            later = self.after[run]
            if not math.isnan(self.started[later]):
                self._one_less(self.first_cell[later] + cell - self.first_cell[run], later, now)
        if not self.left_in_run[run]:
            self.dirty[self.late[run]].add(run)

    def _first_end(self, cell: int) -> bool:
        """Return whether exactly one task instance of `cell` has ended."""
        return self.left_in_cell[cell] == self.size(cell) - 1

    def _one_less(self, cell: int, run: int, now: float) -> None:
        self.waits_for[cell] -= 1
        if not self.waits_for[cell]:
            self._make_ready(cell, run, now)


class Entry:
    """DAG runs on their way in: due, queued, and started within the limits of their DAG."""

    def __init__(self, plan: Plan, life: Life) -> None:
        self.life, self.system = life, life.state.system
        self.dag_of = life.state.dag_of
        self.backfill = plan.runs.backfill.tolist()
        self.limit = [UNLIMITED if n < 0 else int(n) for n in plan.dags.max_active_runs.tolist()]
        dags = len(plan.dags.names)
        self.due: list[deque[int]] = [deque() for _ in range(dags)]
        self.queued: list[deque[int]] = [deque() for _ in range(dags)]
        self.queued_backfill: list[deque[int]] = [deque() for _ in range(dags)]
        self.running = [0] * dags
        self.running_backfill = [0] * dags
        self.waiting_dags: set[int] = set()
        self.changed = False
        self.ring: deque[int] = deque()
        self.last_ring: deque[int] = deque()

    def arrive(self, run: int, now: float, *, created_by_scheduler: bool) -> None:
        """Take `run` in: from now on it is due, or it is there already."""
        dag = self.dag_of[run]
        if created_by_scheduler:
            self.due[dag].append(run)
        else:
            self._enqueue(run, now)
        self.waiting_dags.add(dag)
        self.changed = True

    def _enqueue(self, run: int, now: float) -> None:
        self.life.created[run] = now
        (self.queued_backfill if self.backfill[run] else self.queued)[self.dag_of[run]].append(run)

    def step(self, now: float) -> None:
        """Create and start DAG runs as one loop does; what its caps leave is for the next loop."""
        if self.changed:
            self.changed = self._create(now) | self._start(now)

    def _create(self, now: float) -> bool:
        able = [
            dag
            for dag in self.waiting_dags
            if self.due[dag] and self.running[dag] + len(self.queued[dag]) < self.limit[dag]
        ]
        able.sort(key=lambda dag: self.due[dag][0])
        for dag in able[: self.system.runs_created]:
            self._enqueue(self.due[dag].popleft(), now)
        return bool(able)

    def _start(self, now: float) -> bool:
        found: list[tuple[int, int, int, deque[int], list[int]]] = []
        for dag in self.waiting_dags:
            ways = ((self.queued, self.running, 0), (self.queued_backfill, self.running_backfill, 1))
            for queued, running, late in ways:
                if running[dag] < self.limit[dag]:
                    few = running[dag] if self.system.fewest_runs_first else 0
                    each = list(queued[dag])[: self.system.runs_examined]
                    found.extend((late, few, run, queued[dag], running) for run in each)
        found.sort(key=lambda one: one[:3])
        capped = len(found) > self.system.runs_examined
        begun = []
        for late, _, run, line, running in found[: self.system.runs_examined]:
            dag = self.dag_of[run]
            if running[dag] < self.limit[dag]:
                line.remove(run)
                running[dag] += 1
                self.life.begin(run, now)
                begun.append((late, run))
        self._ring(begun)
        self.waiting_dags = {
            dag for dag in self.waiting_dags if self.due[dag] or self.queued[dag] or self.queued_backfill[dag]
        }
        return capped and bool(begun)

    def _ring(self, begun: list[tuple[int, int]]) -> None:
        """Put the DAG runs `begun` before all others, as they have never been examined; backfills last."""
        self.ring.extendleft(run for late, run in reversed(begun) if not late)
        self.last_ring.extend(run for late, run in begun if late)

    def leave(self, run: int) -> None:
        """Take the finished `run` out of what is running; its place is free from the next loop on."""
        dag = self.dag_of[run]
        (self.running_backfill if self.backfill[run] else self.running)[dag] -= 1
        if dag in self.waiting_dags:
            self.changed = True

    def examined(self) -> list[int]:
        """Return the DAG runs that one loop examines, and put them behind the others."""
        most = self.system.runs_examined
        found = [self.ring.popleft() for _ in range(min(most, len(self.ring)))]
        late = [self.last_ring.popleft() for _ in range(min(most - len(found), len(self.last_ring)))]
        self.ring.extend(found)
        self.last_ring.extend(late)
        return found + late

    def reaches(self) -> bool:
        """Return whether an examination could change a DAG run.

        Backfills come last: they wait as long as the others fill every examination.
        """
        now, late = self.life.dirty
        return bool(now) or (bool(late) and len(self.ring) < self.system.runs_examined)

    def rotate(self, loops: int) -> None:
        """Examine in `loops` loops what has not changed."""
        self.ring.rotate(-(loops * self.system.runs_examined) % max(len(self.ring), 1))

    def remove(self, runs: list[int]) -> None:
        """Take `runs`, which have just been put last, out of the rotation."""
        for run in runs:
            (self.last_ring if self.backfill[run] else self.ring).remove(run)
