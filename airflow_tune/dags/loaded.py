"""The modules that one reading has imported: each file finds them as in a process of its own.

A module is read once for all files, as if nothing but what it imports itself were there; what it changes
in other modules is kept with it and done again in each reading that imports it. What a reading changed in
modules is undone at its end. Modules that import each other in a circle depend on which of them was
imported first, so they are kept together for that entry. What adds to another module's DAG is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.function import Module
from airflow_tune.dags.values.graph import DagValue
from airflow_tune.dags.values.holding import fields, held
from airflow_tune.dags.world import Changeable, Effect, World

UNNUMBERED = -1


@dataclass(slots=True, eq=False)
class State:
    """A module as it is after its top level ran: its names, the DAGs it registers, its doubts.

    Sets of states are integers with a bit for each number: `closure` those that it needs, itself among
    them, `given` those in circles that were there before it was read. `low` is the outermost reading that
    it depends on while that is not over; one that is `alone` serves the present reading only. `effects` are
    its changes in other modules, `touched` the modules whose DAGs were changed before. `objects` are
    Airflow's objects in it with their fields.
    """

    path: str
    module: Module
    low: int
    begun: int
    dags: dict[DagValue, None] = field(default_factory=dict)
    hazards: list[Unknown] = field(default_factory=list)
    tainted: dict[int, tuple[object, Unknown]] = field(default_factory=dict)
    reads: set[str] = field(default_factory=set)
    number: int = UNNUMBERED
    closure: int = 0
    given: int = 0
    touched: int = 0
    alone: bool = False
    running: bool = True
    effects: list[Effect] = field(default_factory=list)
    objects: list[tuple[object, dict[str, object]]] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Return whether it, or one that it depends on, is still being read."""
        return self.number == UNNUMBERED and not self.alone


@dataclass(slots=True, eq=False)
class States:
    """All states of a project's modules that may serve again; `owners` says by id whose an object is."""

    all: list[State] = field(default_factory=list)
    entries: dict[str, list[State]] = field(default_factory=dict)
    by_path: dict[str, int] = field(default_factory=dict)
    owners: dict[int, int] = field(default_factory=dict)
    circles: int = 0
    holding: int = 0
    effective: int = 0

    def add(self, group: list[State], given: int) -> None:
        """Keep the states of a circle, or of one module; the first is the one that was imported first."""
        bits = 0
        for state in group:
            state.number = len(self.all)
            self.all.append(state)
            bits |= 1 << state.number
        closure = bits
        for state in group:
            closure |= state.closure
        for state in group:
            state.closure = closure
            self.by_path[state.path] = self.by_path.get(state.path, 0) | 1 << state.number
            self.effective |= bool(state.effects) << state.number
            self.own(state)
        if len(group) > 1:
            self.circles |= bits
        group[0].given = given & closure & self.circles
        self.entries.setdefault(group[0].path, []).append(group[0])

    def own(self, state: State) -> None:
        """Note what belongs to a state."""
        for one in held(state.module.scope.names, self.owners):
            self.owners[id(one)] = state.number
            if not isinstance(one, (list, dict, set)):
                state.objects.append((one, fields(one)))
                self.holding |= 1 << state.number

    def forget(self) -> None:
        """Break the circles among the values of all modules, so that they go at once."""
        for state in self.all:
            for one in list(held(state.module.scope.names, ())):
                if isinstance(one, (list, dict, set)):
                    one.clear()
        self.all.clear()
        self.entries.clear()

    def members(self, mask: int) -> Iterator[State]:
        """Yield the states of a set."""
        while mask:
            bit = mask & -mask
            yield self.all[bit.bit_length() - 1]
            mask ^= bit


@dataclass(slots=True, eq=False)
class Loaded:
    """What the present reading has imported, and what it changed there.

    `mask` are the states in use, `rivals` those that would stand beside one of them for the same module,
    `touched` those whose DAGs were changed. `worlds` are what each reading that is going on finds changed in
    modules, that of the file first.
    """

    states: States
    mask: int = 0
    rivals: int = 0
    touched: int = 0
    here: dict[str, State] = field(default_factory=dict)
    reading: list[State] = field(default_factory=list)
    pending: list[State] = field(default_factory=list)
    worlds: list[World] = field(default_factory=lambda: [World()])

    def find(self, path: str) -> State | None:
        """Return the state of a module that was imported before, or was kept and fits what was imported."""
        found = self.here.get(path)
        if found is None:
            present = self.states.by_path.get(path, 0) & self.mask
            kept = self.states.members(present) if present else self.states.entries.get(path, ())
            found = next((state for state in kept if present or self.fits(state)), None)
            if found is not None:
                self.here[path] = found
                self.take(found)
        return found

    def fits(self, state: State) -> bool:
        """Return whether reading the module now would come to this state."""
        clear = not state.closure & (self.rivals | self.touched)
        return clear and state.given & self.mask == state.given

    def take(self, state: State) -> None:
        """Note that a state and all that it needs are imported."""
        new = state.closure & ~self.mask
        self.mask |= new
        for one in self.states.members(new & self.states.circles):
            self.rivals |= self.states.by_path[one.path] & ~(1 << one.number)

    def met(self, state: State) -> None:
        """Note that the module that is being read depends on a state."""
        if self.reading:
            now = self.reading[-1]
            now.alone = now.alone or state.alone
            now.closure |= state.closure
            if state.open:
                now.low = min(now.low, state.low)

    def begin(self, path: str, module: Module) -> State:
        """Return the state of a module whose reading begins."""
        state = State(path, module, len(self.reading), len(self.pending), touched=self.touched)
        state.given = self.mask
        self.worlds[-1].leave()
        self.worlds.append(World())
        self.here[path] = state
        self.rivals |= self.states.by_path.get(path, 0)
        self.reading.append(state)
        return state

    def end(self, state: State) -> None:
        """Note that a module was read: it is kept unless others have to be read to their end first."""
        self.reading.pop()
        state.effects = self.back().effects
        state.running = False
        if state.low < len(self.reading):
            self.pending.append(state)
            return
        group = [state, *self.pending[state.begun :]]
        del self.pending[state.begun :]
        closure = 0
        for one in group:
            closure |= one.closure
        if self.touched & closure or self.touched != state.touched or any(one.alone for one in group):
            for one in group:
                one.alone = True
            return
        self.states.add(group, state.given)
        self.take(state)

    def fail(self, state: State) -> None:
        """Forget a module whose reading ended early, and those that depend on it."""
        self.reading.pop()
        self.back()
        for one in (state, *self.pending[state.begun :]):
            self.here.pop(one.path, None)
        del self.pending[state.begun :]

    def back(self) -> World:
        """Return the world of a reading that is over, its changes undone, and go on in the one around."""
        world = self.worlds.pop()
        world.settle()
        world.leave()
        self.worlds[-1].enter()
        return world

    def apply(self, state: State) -> None:
        """Do again what a module, and those that it needs, changed in others when they were read."""
        world = self.worlds[-1]
        if state.open:
            world.redo(state.effects)
            return
        new = state.closure & self.states.effective & ~world.applied
        world.applied |= new
        for one in self.states.members(new):
            world.redo(one.effects)
        if state.alone:
            world.redo(state.effects)

    def changing(self, container: Changeable) -> None:
        """Remember what a module's container holds before it is changed."""
        if id(container) in self.states.owners:
            self.worlds[-1].keep(container)

    def keep(self, container: Changeable) -> None:
        """Remember what a container holds before it is changed, whosever it is."""
        self.worlds[-1].keep(container)

    def touch(self, dag: DagValue) -> None:
        """Remember that a DAG is changed; whose it is, if a module's, is put back at the end."""
        number = self.states.owners.get(id(dag))
        if number is not None:
            self.touched |= 1 << number

    def restore(self) -> None:
        """Undo what the reading changed in modules, however it ended."""
        for world in reversed(self.worlds):
            world.undo()
        for state in self.states.members(self.mask & self.states.holding):
            for one, kept in state.objects:
                for name, value in kept.items():
                    setattr(one, name, value.copy() if isinstance(value, (list, dict, set)) else value)
