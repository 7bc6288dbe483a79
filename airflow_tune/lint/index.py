"""One walk over a syntax tree: every call with the name it means, when it runs, and the loops around it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from airflow_tune.dags.tree import HELD, children, held, nodes

PARSE_DECORATORS = frozenset({"dag", "task_group"})
TASK_DECORATORS = frozenset({"task", "setup", "teardown", "asset"})
BUILDS = re.compile(r"(?:^|\.)(?:\w*[a-z0-9](?:Operator|Sensor)|TaskGroup|DAG)(?:\.partial)?$")
"""Calls that make a part of a DAG."""
MAKERS = ("Operator", "Sensor", "TaskGroup", "DAG", ".partial")
"""How the names of those end, which is asked first: an expression that begins anywhere is slow."""
RUN = frozenset({"execute", "poke", "run", "main", "execute_complete"})
"""Names of what tasks and scripts run, whatever it makes on its way."""
SPECIAL = frozenset(
    {ast.Import, ast.ImportFrom, ast.Lambda, ast.If, ast.ClassDef, ast.For, ast.AsyncFor, ast.While}
)
DEFINITIONS = frozenset({ast.FunctionDef, ast.AsyncFunctionDef})
Loops: TypeAlias = tuple[ast.stmt, ...]


class Method(str):
    """The name of a class's method, which no call by the bare name means."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class Site:
    """One call: the dotted name it means (imports resolved), its function ("" at top level), its loops.

    Nothing changes it once the index is made; Python makes a frozen one four times as slowly.
    """

    node: ast.Call
    name: str
    function: str
    loops: Loops
    at_parse: bool = False

    @property
    def last(self) -> str:
        """Return the last part of the name."""
        return self.name.rpartition(".")[2]

    def keyword(self, name: str) -> ast.expr | None:
        """Return the expression given for a keyword argument."""
        return next((keyword.value for keyword in self.node.keywords if keyword.arg == name), None)


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name at the top level of a file, and how often parse-time and task code use it."""

    node: ast.stmt
    module: str
    bound: str

    @property
    def package(self) -> str:
        """Return the package that it is of, "" for a relative one."""
        return self.module.partition(".")[0]


@dataclass(slots=True)
class Index:
    """What a walk found; `aliases` maps the file's names to the dotted names they were imported as.

    `annotated` holds the names in the annotations of functions; `builders` the functions that make tasks,
    groups or DAGs and run none, as factories in modules beside the DAG files do.
    """

    aliases: dict[str, str] = field(default_factory=dict)
    imports: list[Import] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    decorators: dict[str, str] = field(default_factory=dict)
    called: dict[str, set[str]] = field(default_factory=dict)
    uses: dict[str, set[str]] = field(default_factory=dict)
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=list)
    methods: set[ast.AST] = field(default_factory=set)
    annotated: set[str] = field(default_factory=set)
    builders: set[str] = field(default_factory=set)
    parsed: set[str] = field(default_factory=set)
    called_here: set[str] = field(default_factory=set)
    places: dict[tuple[str, int], list[ast.FunctionDef | ast.AsyncFunctionDef]] = field(default_factory=dict)

    def defined(self, name: str, line: int) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Return the functions of a name that begin at a line: one, unless it stands on one line twice."""
        if not self.places:
            for node in self.functions:
                self.places.setdefault((node.name, node.lineno), []).append(node)
        return self.places.get((name, line), [])

    @property
    def script(self) -> bool:
        """Return whether a file is a program of its own, which tasks start and no DAG file imports."""
        started = any(site.function == "__main__" for site in self.sites)
        asks = "argparse" in self.aliases and any(site.last == "parse_args" for site in self.sites)
        return started and (asks or not any(map(of_airflow, self.aliases.values())))

    @property
    def reads_arguments(self) -> bool:
        """Return whether the top level of a file reads a command line: to import it would end there."""
        return any(not site.function and site.last == "parse_args" for site in self.sites)

    def parse_functions(self) -> set[str]:
        """Return the functions whose bodies run at parse time: called from there, `@dag`, factories."""
        if not self.parsed:
            self.parsed = self.reached(self.own() | self.factories())
        return self.parsed

    def own(self) -> set[str]:
        """Return what the file itself runs at parse time: its top level ("") and what is decorated so."""
        return {name for name, kind in self.decorators.items() if kind in PARSE_DECORATORS} | {""}

    def factories(self) -> set[str]:
        """Return the builders that are no tasks."""
        return {name for name in self.builders if self.decorators.get(name) not in TASK_DECORATORS}

    def reached(self, start: set[str]) -> set[str]:
        """Follow the calls from functions, those among the result."""
        reached, pending = set(start), list(start)
        while pending:
            for name in self.called.get(pending.pop(), ()):
                if name not in reached and self.decorators.get(name) not in TASK_DECORATORS:
                    reached.add(name)
                    pending.append(name)
        return reached

    def factory_of(self, function: str) -> str:
        """Return the factory through which alone a function runs at parse time, "" where there is none."""
        if not self.called_here:
            self.called_here = self.reached(self.own())
        if function in self.called_here:
            return ""
        return next((one for one in sorted(self.factories()) if function in self.reached({one})), "")


def index(tree: ast.Module) -> Index:
    """Return the index of a file."""
    walker = Walker()
    walker.walk(tree)
    found = walker.found
    for node, function, loops in walker.calls:
        name = dotted(node.func, found.aliases)
        found.called.setdefault(function, set()).add(name)
        found.sites.append(Site(node, name, function, loops))
    found.functions = walker.functions
    for one in walker.functions:
        # A task and a helper may share a name; then neither is known to run at parse time.
        found.decorators[one.name] = decorator_of(one, found.aliases) or found.decorators.get(one.name, "")
    found.builders = builders(found.sites) if any(map(of_airflow, found.aliases.values())) else set()
    parsed = found.parse_functions()
    for site in found.sites:
        site.at_parse = runs(site, found, parsed)
    found.sites.sort(key=lambda site: (site.node.lineno, site.node.col_offset))
    return found


def runs(site: Site, found: Index, parsed: set[str]) -> bool:
    """Return whether a call runs at parse time; of methods only those that make parts of DAGs do."""
    return site.function in (found.builders if isinstance(site.function, Method) else parsed)


def of_airflow(module: str) -> bool:
    """Return whether a dotted name belongs to Airflow."""
    return module.startswith("airflow.") or module == "airflow"


def builders(sites: list[Site]) -> set[str]:
    """Return the functions that make parts of DAGs, but for those that execute an operator themselves."""
    made = {site.function for site in sites if site.name.endswith(MAKERS) and BUILDS.search(site.name)}
    executed = {site.function for site in sites if site.last == "execute"}
    return {name for name in made - executed - RUN if not name.startswith(("__", "<", "test_"))} - {""}


def decorator_of(node: ast.FunctionDef | ast.AsyncFunctionDef, aliases: dict[str, str]) -> str:
    """Return which of Airflow's decorators a function has, "" for none."""
    for decorator in node.decorator_list:
        part = decorator.func if isinstance(decorator, ast.Call) else decorator
        words = dotted(part, aliases).split(".")
        # `@dag.task` is a task of the DAG in `dag`; `@sql_task` is a project's own way to make one.
        if words[-1].endswith("_task") or TASK_DECORATORS & set(words):
            return next((word for word in words if word in TASK_DECORATORS), "task")
        if PARSE_DECORATORS & set(words):
            return next(word for word in words if word in PARSE_DECORATORS)
    return ""


@dataclass(slots=True)
class Walker:
    """The walk itself: without recursion, as it visits every node of a file.

    What is to be visited lies on `stack`; a pair there says in which function and loops what lies below it
    stands.
    """

    found: Index = field(default_factory=Index)
    calls: list[tuple[ast.Call, str, Loops]] = field(default_factory=list)
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=list)
    stack: list[Any] = field(default_factory=list)

    def walk(self, tree: ast.Module) -> None:
        """Visit all nodes."""
        stack, uses = self.stack, self.found.uses
        stack.append(tree)
        function: str = ""
        loops: Loops = ()
        while stack:
            node = stack.pop()
            kind = type(node)
            if kind is ast.Name:
                uses.setdefault(node.id, set()).add(function)
            elif kind is tuple:
                function, loops = node
            elif kind in DEFINITIONS:
                function, loops = self.definition(node, function, loops)
            elif kind is ast.Call:
                self.calls.append((node, function, loops))
                stack += children(node)
            else:
                if kind in SPECIAL:
                    function, loops = self.special(node, function, loops)
                if HELD[kind] if kind in HELD else held(kind):
                    stack += children(node)

    def definition(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, function: str, loops: Loops
    ) -> tuple[str, Loops]:
        """Note a function; its decorators and defaults run where it stands, its body when it is called."""
        self.functions.append(node)
        # What decorates a function is called where that is defined.
        decorators = {part.id for part in node.decorator_list if isinstance(part, ast.Name)}
        self.found.called.setdefault(function, set()).update(decorators)
        name = Method(node.name) if node in self.found.methods else node.name
        spec = node.args
        defaults = [*spec.defaults, *(one for one in spec.kw_defaults if one is not None)]
        self.stack += [*node.decorator_list, *defaults, (function, loops), *node.body]
        annotated = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
        for one in (node.returns, *(each.annotation for each in annotated if each is not None)):
            for part in nodes(one) if one is not None else ():
                if isinstance(part, ast.Name):
                    self.found.annotated.add(part.id)
                    self.found.uses.setdefault(part.id, set()).add(node.name)
        return name, ()

    def special(self, node: ast.AST, function: str, loops: Loops) -> tuple[str, Loops]:
        """Note an import or class; return the function and loops that a node's children are in."""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            bind(self.found, node, function)
        elif isinstance(node, ast.ClassDef):
            self.found.methods.update(node.body)
        elif isinstance(node, ast.Lambda):
            self.stack.append((function, loops))
            return "<lambda>", ()
        elif isinstance(node, ast.If) and is_main(node.test):
            self.stack.append((function, loops))
            return "__main__", loops
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            self.stack.append((function, loops))
            return function, (*loops, node)
        return function, loops


def is_main(test: ast.expr) -> bool:
    """Return whether a test is `__name__ == "__main__"`."""
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def bind(found: Index, node: ast.Import | ast.ImportFrom, function: str) -> None:
    """Index an import."""
    base = "" if isinstance(node, ast.Import) else f"{'.' * node.level}{node.module or ''}"
    for alias in node.names:
        whole = f"{base}.{alias.name}" if base else alias.name
        bound = alias.asname or (alias.name if base else alias.name.partition(".")[0])
        found.aliases[bound] = whole if base or alias.asname else bound
        if not function:
            found.imports.append(Import(node, base or alias.name, bound))


def dotted(node: ast.expr, aliases: dict[str, str]) -> str:
    """Return the dotted name of an expression, `?` for parts that are no names."""
    tail = ""
    while True:
        if isinstance(node, ast.Attribute):
            tail = f".{node.attr}{tail}"
            node = node.value
        elif isinstance(node, ast.Call):
            tail = f"(){tail}"
            node = node.func
        else:
            return (aliases.get(node.id, node.id) if isinstance(node, ast.Name) else "?") + tail
