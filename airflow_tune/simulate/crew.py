"""Executors and their workers: from a queued task instance to a busy slot, and to the slot's release."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from airflow_tune.executors import ExecutorKind
from airflow_tune.simulate.plan import Plan
from airflow_tune.simulate.state import UNLIMITED
from airflow_tune.simulate.system import System


class Worker:
    """One worker: a LocalExecutor with its processes, or a Celery worker."""

    def __init__(self, concurrency: int, reserve: int, channels: list[int]) -> None:
        self.concurrency, self.reserve, self.channels = concurrency, reserve, channels
        self.busy = self.held = 0
        self.prefetched: deque[int] = deque()


class Crew:
    """All executors of all schedulers. `run(instance, worker, now)` is called where work begins.

    `occupied` counts per scheduler and executor what the executor holds; `done` what has ended of that
    and has not been read yet.
    """

    def __init__(self, plan: Plan, system: System, run: Callable[[int, int, float], None]) -> None:
        self.system, self.run = system, run
        self.workers: list[Worker] = []
        self.channels: list[deque[int]] = []
        self.listeners: list[list[int]] = []
        self.channel_at: list[list[list[int]]] = []
        size = range(len(system.executors))
        self.occupied = [[0 for _ in size] for _ in range(system.schedulers)]
        self.done = [[0 for _ in size] for _ in range(system.schedulers)]
        self.pods: list[deque[int]] = [deque() for _ in range(system.schedulers)]
        celery: dict[int, list[int]] = {}
        for _ in range(system.schedulers):
            self.channel_at.append([self._channels(plan, celery, e) for e in size])

    def _channels(self, plan: Plan, celery: dict[int, list[int]], executor: int) -> list[int]:
        """Return the channel of each queue; LocalExecutor has one of its own in every scheduler."""
        kind = self.system.executors[executor].kind
        queues = max(len(plan.queues), 1)
        if kind is ExecutorKind.CELERY:
            if executor not in celery:
                celery[executor] = [self._channel() for _ in range(queues)]
                self._hire(plan, executor, celery[executor])
            return celery[executor]
        if kind is ExecutorKind.KUBERNETES:
            return []
        channel = self._channel()
        slots = self.system.parallelism or UNLIMITED
        self._listen(Worker(slots, slots, [channel]))
        return [channel] * queues

    def _channel(self) -> int:
        self.channels.append(deque())
        self.listeners.append([])
        return len(self.channels) - 1

    def _hire(self, plan: Plan, executor: int, channels: list[int]) -> None:
        for group in self.system.executors[executor].workers:
            own = [
                channels[q] for q, name in enumerate(plan.queues) if not group.queues or name in group.queues
            ]
            for _ in range(group.count):
                self._listen(Worker(group.concurrency, max(group.reserve, group.concurrency), own))

    def _listen(self, worker: Worker) -> None:
        self.workers.append(worker)
        for channel in worker.channels:
            self.listeners[channel].append(len(self.workers) - 1)

    def bounded(self, executor: int) -> bool:
        """Return whether `executor` knows what it holds, and so takes no more than `parallelism`."""
        return not (self.system.fifo and self.system.executors[executor].kind is ExecutorKind.LOCAL)

    def free(self, scheduler: int) -> list[int]:
        """Return the free slots of each executor of `scheduler`."""
        slots = self.system.parallelism or UNLIMITED
        return [slots - held for held in self.occupied[scheduler]]

    def full(self, scheduler: int, executor: int, queue: int) -> bool:
        """Return whether the pipe to LocalExecutor's workers takes no further task instance."""
        if self.bounded(executor) or not self.system.pipe:
            return False
        return len(self.channels[self.channel_at[scheduler][executor][queue]]) >= self.system.pipe

    def send(self, instance: int, scheduler: int, executor: int, queue: int, now: float) -> None:
        """Hand a queued `instance` to its executor."""
        if self.bounded(executor):
            self.occupied[scheduler][executor] += 1
        if self.system.executors[executor].kind is ExecutorKind.KUBERNETES:
            self.pods[scheduler].append(instance)
            return
        channel = self.channel_at[scheduler][executor][queue]
        self.channels[channel].append(instance)
        self._deliver(channel, now)

    def make_pods(self, scheduler: int, now: float) -> None:
        """Create as many pods as one loop does."""
        for executor in self.system.executors:
            if executor.kind is ExecutorKind.KUBERNETES:
                for _ in range(min(executor.pods_per_loop, len(self.pods[scheduler]))):
                    self.run(self.pods[scheduler].popleft(), -1, now)

    def _deliver(self, channel: int, now: float) -> None:
        """Give what waits in `channel` to the workers with the most room."""
        while self.channels[channel]:
            able = [w for w in self.listeners[channel] if self.workers[w].held < self.workers[w].reserve]
            if not able:
                return
            chosen = max(able, key=lambda w: (self.workers[w].concurrency - self.workers[w].held, -w))
            worker = self.workers[chosen]
            worker.held += 1
            instance = self.channels[channel].popleft()
            if worker.busy < worker.concurrency:
                worker.busy += 1
                self.run(instance, chosen, now)
            else:
                worker.prefetched.append(instance)

    def release(self, number: int, now: float) -> None:
        """Free one slot of worker `number`, and let it take what waits for it."""
        worker = self.workers[number]
        worker.busy -= 1
        worker.held -= 1
        if worker.prefetched:
            worker.busy += 1
            self.run(worker.prefetched.popleft(), number, now)
        for channel in worker.channels:
            self._deliver(channel, now)

    def read(self, scheduler: int) -> bool:
        """Take note of what has ended; return whether that freed a slot."""
        done = self.done[scheduler]
        freed = any(done)
        for executor, count in enumerate(done):
            self.occupied[scheduler][executor] -= count
            done[executor] = 0
        return freed
