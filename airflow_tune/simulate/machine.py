"""The simulation: events in the order of time, between the passes of the schedulers' loops.

One pass follows `jobs/scheduler_job_runner.py:_run_scheduler_loop`: create and start DAG runs, examine
running ones, queue task instances, hand them to their executors, read what has ended, and sleep where
nothing was queued. Passes that could change nothing are skipped, whatever time they would take.
"""

from __future__ import annotations

import math
from heapq import heappop, heappush

import numpy as np

from airflow_tune.simulate.choice import choose
from airflow_tune.simulate.crew import Crew
from airflow_tune.simulate.draw import BODY, SLOW, START, TAIL, quantile, uniform
from airflow_tune.simulate.life import Entry, Life
from airflow_tune.simulate.plan import (
    DEFER,
    DEFER_UNTIL,
    DONE,
    RESCHEDULE_UNTIL,
    Plan,
)
from airflow_tune.simulate.played import Played
from airflow_tune.simulate.sharing import Host
from airflow_tune.simulate.state import UNLIMITED, State
from airflow_tune.simulate.system import System

_END, _FREE, _DUE, _FIRE, _BEGIN, _OVER = range(6)
_EXAMINE, _CHOOSE, _READ = range(3)
_LOOPS_APART = 1 << 32


class Loop:
    """Where one scheduler is in its loop: what comes next and when, and how long this pass takes."""

    def __init__(self, number: int) -> None:
        self.number, self.count = number, 0
        self.phase, self.at = _EXAMINE, 0.0
        self.begun = self.body = 0.0
        self.idle = self.asked = False
        self.sending: list[int] = []
        self.queued_some = self.blocked = False


class Simulation:
    """One workload under one system, with one seed. `play` runs it to its end."""

    def __init__(self, plan: Plan, system: System, seed: int = 0) -> None:
        self.plan, self.system, self.seed = plan, system, seed
        self.state = State(plan, system)
        self.life = Life(plan, self.state)
        self.entry = Entry(plan, self.life)
        self.crew = Crew(plan, system, self._run)
        self.events: list[tuple[float, int, int, int]] = []
        self.count = 0
        self.arrivals = list(
            zip(self.life.due, range(len(plan.runs)), plan.runs.scheduled.tolist(), strict=True)
        )
        self.arrived = 0
        self.loops = [Loop(number) for number in range(system.schedulers)]
        self.work, self.then = plan.stints.work_s.tolist(), plan.stints.then.tolist()
        self.gap = plan.stints.gap_s.tolist()
        self.sent_by = [0] * len(plan)
        self.demand = plan.stints.demand.tolist() or [0] * len(plan.stints)
        cores = [one.cores for one in system.demands]
        sizes = [one.bytes for one in system.demands]
        self.hosts = [Host(each, cores, sizes) for each in system.hosts()] if cores else []
        self.on_host = [-1] * len(plan) if cores else []
        first = self.life.due[0] if self.life.due else 0.0
        for loop in self.loops:
            self._begin_pass(loop, first + loop.number * system.idle_sleep_s / system.schedulers)

    def played(self) -> Played:
        """Return what becomes of the workload, once nothing can happen any more."""
        life = self.play()
        of_hosts = {name: [getattr(host, name) for host in self.hosts] for name in ("peak_bytes", "short_s")}
        columns = (of_hosts[name] if name in of_hosts else getattr(life, name) for name in Played.__slots__)
        return Played(*(np.array(column, float) for column in columns))

    def play(self) -> Life:
        """Return the life of all DAG runs once nothing can happen any more."""
        while True:
            loop = min(self.loops, key=lambda one: one.at)
            soonest = self.events[0][0] if self.events else math.inf
            arrival = self.arrivals[self.arrived][0] if self.arrived < len(self.arrivals) else math.inf
            if arrival < math.inf and arrival <= min(soonest, loop.at):
                _, run, created = self.arrivals[self.arrived]
                self.arrived += 1
                self.entry.arrive(run, arrival, created_by_scheduler=created)
                self._wake(arrival)
            elif soonest < math.inf and soonest <= loop.at:
                self._event(heappop(self.events))
            elif loop.at < math.inf:
                self._pass(loop)
            else:
                return self.life

    # Events

    def _push(self, at: float, kind: int, what: int) -> None:
        self.count += 1
        heappush(self.events, (at, self.count, kind, what))

    def _event(self, event: tuple[float, int, int, int]) -> None:
        now, count, kind, what = event
        if kind == _BEGIN:
            self._begin(what, now)
            return
        if kind == _OVER:
            if self.hosts[what].awaited != count:
                return
            self._over(what, now)
        elif kind == _END:
            self._end(what, now)
        elif kind == _FREE:
            self._free(what, now)
        elif kind == _DUE:
            self.life.pend(what, self.state.run_of[self.state.cell_of[what]], now)
        else:
            self.state.park(what, -1)
            self.life.ready[self.life.stint[what]] = now
            self._schedule(what, now)
        self._wake(now)

    def _schedule(self, instance: int, now: float) -> None:
        life = self.life
        stint = life.stint[instance]
        if stint == life.first_stint[instance + 1]:
            life.instant[instance] = now
            life.finish(instance, now)
            return
        life.scheduled[stint] = now
        self.state.offer(instance)
        self._ask()

    def _ask(self) -> None:
        """Let every scheduler's next pass through the critical section look: something has changed."""
        for loop in self.loops:
            loop.asked = True

    def _run(self, instance: int, worker: int, now: float) -> None:
        stint = self.life.stint[instance]
        start = now + quantile(self.system.latencies.start, uniform(self.seed, START, stint))
        if self.hosts and worker >= 0:
            self.life.start[stint], self.on_host[instance] = start, worker
            self._push(start, _BEGIN, instance)
            return
        end = start + self.work[stint]
        self.life.start[stint], self.life.end[stint] = start, end
        self._push(end, _END, instance)
        self._push_free(end, instance, worker)

    def _push_free(self, end: float, instance: int, worker: int) -> None:
        at = end + self._tail(self.life.stint[instance])
        self._push(at, _FREE, worker * len(self.plan) + instance if worker >= 0 else -1 - instance)

    def _begin(self, instance: int, now: float) -> None:
        """Let `instance` share its host's cores from its start on."""
        stint, number = self.life.stint[instance], self.on_host[instance]
        self.hosts[number].advance(now)
        self.hosts[number].join(instance, self.demand[stint], self.work[stint])
        self._await(number)

    def _over(self, number: int, now: float) -> None:
        """End the stint that has done its work on the host `number`."""
        self.hosts[number].advance(now)
        instance = self.hosts[number].leave()
        self.life.end[self.life.stint[instance]] = now
        self._push_free(now, instance, number)
        self._end(instance, now)
        self._await(number)

    def _await(self, number: int) -> None:
        """Let the next end on the host `number` happen; one that was awaited before no longer counts."""
        host = self.hosts[number]
        at, host.awaited = host.settle(), 0
        if at < math.inf:
            self._push(at, _OVER, number)
            host.awaited = self.count

    def _tail(self, stint: int) -> float:
        late = self.system.latencies
        if uniform(self.seed, SLOW, stint) < late.tail_slow_share:
            return late.tail_slow_s
        return quantile(late.tail_fast, uniform(self.seed, TAIL, stint))

    def _free(self, what: int, now: float) -> None:
        worker, instance = divmod(what, len(self.plan)) if what >= 0 else (-1, -1 - what)
        executor = self.state.executor_of[self.state.cell_of[instance]]
        scheduler = self.sent_by[instance]
        if self.crew.bounded(executor):
            self.crew.done[scheduler][executor] += 1
        if worker >= 0:
            self.crew.release(worker, now)
            self._unblock(self.loops[scheduler], now)

    def _end(self, instance: int, now: float) -> None:
        """End one stint: the DB shows it at once, pool and limits are free."""
        life, stint = self.life, self.life.stint[instance]
        cell = self.state.cell_of[instance]
        run, then = self.state.run_of[cell], self.then[stint]
        self.state.hold(instance, -1)
        self._ask()
        life.stint[instance] += 1
        if then == DONE:
            before = len(life.pending[run])
            life.finish(instance, now)
            if self.system.mini_scheduler:
                self._schedule_at_exit(run, before, now)
            return
        until = then in (RESCHEDULE_UNTIL, DEFER_UNTIL)
        at = max(now, (life.due[run] if until else now) + self.gap[stint])
        if then in (DEFER, DEFER_UNTIL):
            self.state.park(instance, 1)
            self._push(at, _FIRE, instance)
        else:
            self._push(at, _DUE, instance)

    def _schedule_at_exit(self, run: int, before: int, now: float) -> None:
        """Schedule what follows the task right away, as a worker of 2.x does."""
        follow = self.life.pending[run][before:]
        del self.life.pending[run][before:]
        for instance in follow:
            self._schedule(instance, now)

    # The loop

    def _begin_pass(self, loop: Loop, now: float) -> None:
        late = self.system.latencies
        loop.count += 1
        loop.body = quantile(late.body, uniform(self.seed, BODY, loop.number * _LOOPS_APART + loop.count))
        loop.begun, loop.phase, loop.idle = now, _EXAMINE, False
        loop.at = now + late.examine_share * loop.body

    def _pass(self, loop: Loop) -> None:
        now = loop.at
        if loop.phase == _EXAMINE:
            self._examine(now)
            loop.phase, loop.at = _CHOOSE, loop.begun + self.system.latencies.choose_share * loop.body
        elif loop.phase == _CHOOSE:
            self._choose(loop, now)
            self._send(loop, now)
        else:
            self._end_pass(loop, now)

    def _examine(self, now: float) -> None:
        self.entry.step(now)
        finished = []
        for run in self.entry.examined():
            dirty = self.life.dirty[self.life.late[run]]
            if run in dirty:
                dirty.discard(run)
                pending, self.life.pending[run] = self.life.pending[run], []
                if not self.life.left_in_run[run]:
                    self.life.ended[run] = now
                    finished.append(run)
                for instance in pending:
                    self._schedule(instance, now)
        self.entry.remove(finished)
        for run in finished:
            self.entry.leave(run)

    def _choose(self, loop: Loop, now: float) -> None:
        loop.queued_some = False
        if not loop.asked:
            return
        loop.asked = False
        free = self.crew.free(loop.number)
        slots = self.system.parallelism or UNLIMITED
        room = slots - sum(self.crew.occupied[loop.number])
        most = min(self.system.max_tis_per_query or room, room)
        if most <= 0 or sum(free) <= 0:
            return
        chosen = choose(self.state, most, free)
        for instance in chosen:
            self.life.queued[self.life.stint[instance]] = now
            self.sent_by[instance] = loop.number
        loop.asked = loop.queued_some = bool(chosen)
        weight = self.state.weight_of
        # The executor sends what weighs most first; the list is taken from its end.
        loop.sending = sorted(chosen, key=lambda one: -weight[self.state.cell_of[one]])
        loop.sending.reverse()

    def _send(self, loop: Loop, now: float) -> None:
        """Hand what was queued to the executors; a full pipe stops the scheduler until a worker takes one."""
        while loop.sending:
            instance = loop.sending[-1]
            cell = self.state.cell_of[instance]
            executor, queue = self.state.executor_of[cell], self.state.queue_of[cell]
            if self.crew.full(loop.number, executor, queue):
                loop.blocked, loop.at = True, math.inf
                return
            loop.sending.pop()
            self.crew.send(instance, loop.number, executor, queue, now)
        self.crew.make_pods(loop.number, now)
        loop.blocked, loop.phase = False, _READ
        loop.at = now + (1.0 - self.system.latencies.choose_share) * loop.body

    def _unblock(self, loop: Loop, now: float) -> None:
        if loop.blocked:
            self._send(loop, now)

    def _end_pass(self, loop: Loop, now: float) -> None:
        if self.crew.read(loop.number):
            loop.asked = True
        sleep = 0.0 if loop.queued_some else self.system.idle_sleep_s
        self._begin_pass(loop, now + sleep)
        if not self._anything(loop):
            loop.idle, loop.begun, loop.at = True, now + sleep, math.inf

    def _anything(self, loop: Loop) -> bool:
        """Return whether the next pass of `loop` could change anything."""
        some = self.entry.changed or self.entry.reaches() or bool(self.crew.pods[loop.number])
        return some or (loop.asked and any(self.state.candidates))

    def _wake(self, now: float) -> None:
        """Let idle schedulers go on with the pass that comes after `now`."""
        for loop in self.loops:
            if loop.idle and (self._anything(loop) or self._freed(loop)):
                self._skip_to(loop, now)

    def _freed(self, loop: Loop) -> bool:
        return any(self.crew.done[loop.number]) and any(self.state.candidates)

    def _skip_to(self, loop: Loop, now: float) -> None:
        begin = loop.begun
        if begin < now:
            late = self.system.latencies
            period = self.system.idle_sleep_s + late.body[len(late.body) // 2]
            passes = math.ceil((now - begin) / period)
            begin += passes * period
            self.entry.rotate(passes)
        self._begin_pass(loop, begin)
