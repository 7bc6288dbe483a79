"""The bodies of one file: which functions hold a call of some name, which run in tasks, and in which."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from airflow_tune.dags.model import Dag, FileGraph, Reference, Task
from airflow_tune.lint.flow.body import Body, Definition
from airflow_tune.lint.flow.dead import code_of, dead, lines_of
from airflow_tune.lint.flow.walk import walk
from airflow_tune.lint.index import Index, Site

OPERATOR_METHODS = frozenset({"execute", "poke", "pre_execute", "post_execute", "execute_complete", "resume"})


@dataclass
class Flow:
    """Bodies made on demand; a function that runs at parse time, as a test or not at all has none."""

    tree: ast.Module
    index: Index
    graph: FileGraph
    text: str
    made: dict[ast.AST, Body] = field(default_factory=dict)
    words: dict[str, bool] = field(default_factory=dict)

    @cached_property
    def lowered(self) -> str:
        """Return the source in lower case."""
        return self.text.lower()

    @cached_property
    def code(self) -> list[tuple[int, str]]:
        """Return the lines of the source with their numbers, without those that are comments."""
        return code_of(self.text)

    def mentions(self, *words: str) -> bool:
        """Return whether the source holds one of the words, given in lower case, wherever it stands.

        Most files hold none of what a rule is about, and are done with by that.
        """
        text, known = self.lowered, self.words
        for word in words:
            if word not in known:
                known[word] = word in text
            if known[word]:
                return True
        return False

    @cached_property
    def functions(self) -> dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]]:
        """Return the functions that tasks may run, by name."""
        parsed = self.index.parse_functions()
        found: dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]] = {}
        for node in self.index.functions:
            method = node in self.index.methods
            in_tasks = node.name not in (self.index.builders if method else parsed)
            if in_tasks and not node.name.startswith("test_") and node.lineno not in self.dead:
                found.setdefault(node.name, []).append(node)
        return found

    @cached_property
    def dead(self) -> frozenset[int]:
        """Return the lines of functions that nothing runs, as far as the file tells."""
        return lines_of(dead(self.tree, self.index, self.graph, self.text))

    @cached_property
    def calling(self) -> dict[str, set[str]]:
        """Return the names of functions by the last part of the names that they call."""
        found: dict[str, set[str]] = {}
        for site in self.index.sites:
            found.setdefault(site.last, set()).add(site.function)
        return found

    @cached_property
    def owners(self) -> dict[ast.AST, tuple[str, ast.AST | None]]:
        """Return each function's class ("" for none) and the function around it."""
        found: dict[ast.AST, tuple[str, ast.AST | None]] = {}
        classes = [one for one in self.tree.body if isinstance(one, ast.ClassDef)]
        for one in classes:
            found.update((node, (one.name, None)) for node in one.body if isinstance(node, Definition))
        around: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
        for node in sorted(self.index.functions, key=lambda one: (one.lineno, -(one.end_lineno or 0))):
            while around and (around[-1].end_lineno or 0) < (node.end_lineno or 0):
                around.pop()
            found.setdefault(node, ("", around[-1] if around else None))
            around.append(node)
        return found

    @cached_property
    def module(self) -> Body:
        """Return the top level of the file as a body."""
        return walk(Body(self.tree, self.index.aliases))

    def body(self, node: ast.AST) -> Body:
        """Return the body of a function, walked once."""
        if node not in self.made:
            owner, around = self.owners.get(node, ("", None))
            outer = self.module if around is None else self.body(around)
            assert isinstance(node, Definition)  # noqa: S101 - only functions are asked for
            self.made[node] = walk(Body(node, self.index.aliases, outer, owner))
        return self.made[node]

    def around(self, site: Site) -> Body | None:
        """Return the body in which a call of the index stands, None for one in a lambda or a class."""
        if not site.function:
            return self.module
        line = site.node.lineno
        named = [one for one in self.index.functions if one.name == site.function]
        held = [one for one in named if one.lineno <= line <= (one.end_lineno or one.lineno)]
        return self.body(held[-1]) if held else None

    def bodies(self, names: Iterable[str]) -> Iterator[Body]:
        """Yield the bodies of task code that call something whose last name is one of `names`."""
        calling = self.calling
        holders = {holder for name in calling.keys() & names for holder in calling[name]}
        for name in sorted(holders):
            for node in self.functions.get(name, ()):
                yield self.body(node)

    def named(self, name: str) -> list[Body]:
        """Return the bodies of functions of a name."""
        return [self.body(node) for node in self.functions.get(name, ())]

    @cached_property
    def tasks(self) -> list[tuple[Dag, Task]]:
        """Return all tasks of the file with their DAGs."""
        return [(dag, task) for dag in self.graph.dags for task in dag.tasks]

    @cached_property
    def run_by(self) -> dict[tuple[str, int], list[tuple[Dag, Task]]]:
        """Return the tasks by the name and line of the function that they run."""
        found: dict[tuple[str, int], list[tuple[Dag, Task]]] = {}
        for dag, task in self.tasks:
            run = task.arguments.get("python_callable")
            if isinstance(run, Reference) and run.line:
                found.setdefault((run.name, run.line), []).append((dag, task))
        return found

    def own_tasks(self, node: ast.AST) -> list[tuple[Dag, Task]]:
        """Return the tasks whose function, or whose operator's method, a definition is."""
        owner, _ = self.owners.get(node, ("", None))
        if not isinstance(node, Definition):
            return []
        if owner:
            named = node.name in OPERATOR_METHODS
            return [one for one in self.tasks if one[1].operator == owner] if named else []
        return self.run_by.get((node.name, node.lineno), [])

    def looks(self, task: Task) -> list[Body]:
        """Return the bodies of a sensor's own look: its function, or the poke of its class."""
        run = task.arguments.get("python_callable")
        if isinstance(run, Reference):
            return [body for body in self.named(run.name) if body.node.lineno == run.line]  # type: ignore[union-attr]
        return [body for body in self.named("poke") if body.owner == task.operator]

    def tasks_of(self, body: Body) -> list[tuple[Dag, Task]]:
        """Return the tasks that run a body, itself or through functions of the file that call it."""
        found: dict[tuple[int, str], tuple[Dag, Task]] = {}
        for name in self.reaching(body.name):
            for node in self.functions.get(name, ()):
                found.update(((id(dag), task.key), (dag, task)) for dag, task in self.own_tasks(node))
        return list(found.values())

    def alone(self, body: Body) -> bool:
        """Return whether just one task runs a body, and its runs follow each other: nobody overtakes it."""
        tasks = self.tasks_of(body)
        return len(tasks) == 1 and all(
            not task.mapped and dag.arguments.get("max_active_runs") == 1 for dag, task in tasks
        )

    def reaching(self, name: str) -> set[str]:
        """Return a function's name and those of all functions that call it, directly or not."""
        found, pending = {name}, [name]
        while pending:
            for caller in self.calling.get(pending.pop(), ()):
                if caller and caller not in found:
                    found.add(caller)
                    pending.append(caller)
        return found
