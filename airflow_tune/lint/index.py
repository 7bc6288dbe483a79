"""One walk over a syntax tree: every call with the name it means, when it runs, and the loops around it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace

PARSE_DECORATORS = frozenset({"dag", "task_group"})
TASK_DECORATORS = frozenset({"task", "setup", "teardown", "asset"})
BUILDS = re.compile(r"(?:^|\.)(?:\w*[a-z0-9](?:Operator|Sensor)|TaskGroup|DAG)(?:\.partial)?$")
"""Calls that make a part of a DAG."""
RUN = frozenset({"execute", "poke", "run", "main", "execute_complete"})
"""Names of what tasks and scripts run, whatever it makes on its way."""
SPECIAL = frozenset(
    {
        *(ast.Call, ast.Import, ast.ImportFrom, ast.Lambda, ast.If, ast.ClassDef),
        *(ast.For, ast.AsyncFor, ast.While),
    },
)
LEAVES = frozenset({int, str, type(None), float, bool, bytes, ast.Load, ast.Store, ast.Constant, ast.Del})


class Method(str):
    """The name of a class's method, which no call by the bare name means."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Site:
    """One call: the dotted name it means (imports resolved), its function ("" at top level), its loops."""

    node: ast.Call
    name: str
    function: str
    loops: tuple[ast.stmt, ...]
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

    @property
    def script(self) -> bool:
        """Return whether a file is a program of its own, which tasks start and no DAG file imports."""
        return any(site.function == "__main__" for site in self.sites) and not any(
            map(of_airflow, self.aliases.values())
        )

    def parse_functions(self) -> set[str]:
        """Return the functions whose bodies run at parse time: called from there, `@dag`, factories."""
        reached = {name for name, kind in self.decorators.items() if kind in PARSE_DECORATORS}
        reached |= {name for name in self.builders if self.decorators.get(name) not in TASK_DECORATORS}
        pending = ["", *reached]
        while pending:
            for name in self.called.get(pending.pop(), ()):
                if name not in reached and self.decorators.get(name) not in TASK_DECORATORS:
                    reached.add(name)
                    pending.append(name)
        return reached | {""}


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
    sites = [replace(site, at_parse=True) if runs(site, found, parsed) else site for site in found.sites]
    found.sites = sorted(sites, key=lambda site: (site.node.lineno, site.node.col_offset))
    return found


def runs(site: Site, found: Index, parsed: set[str]) -> bool:
    """Return whether a call runs at parse time; of methods only those that make parts of DAGs do."""
    return site.function in (found.builders if isinstance(site.function, Method) else parsed)


def of_airflow(module: str) -> bool:
    """Return whether a dotted name belongs to Airflow."""
    return module.startswith("airflow.") or module == "airflow"


def builders(sites: list[Site]) -> set[str]:
    """Return the functions that make parts of DAGs, but for those that execute an operator themselves."""
    made = {site.function for site in sites if BUILDS.search(site.name)}
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
    """The walk itself: without recursion and over the nodes' own dicts, as it visits every node of a file."""

    found: Index = field(default_factory=Index)
    calls: list[tuple[ast.Call, str, tuple[ast.stmt, ...]]] = field(default_factory=list)
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=list)
    stack: list[tuple[ast.AST, str, tuple[ast.stmt, ...]]] = field(default_factory=list)

    def walk(self, tree: ast.Module) -> None:
        """Visit all nodes."""
        stack = self.stack
        stack.append((tree, "", ()))
        while stack:
            node, function, loops = stack.pop()
            kind = type(node)
            if kind is ast.Name:
                self.found.uses.setdefault(node.id, set()).add(function)  # type: ignore[attr-defined]
                continue
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.definition(node, function, loops)
                continue
            if kind in SPECIAL:
                function, loops = self.special(node, function, loops)
            self.below(node, function, loops)

    def definition(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, function: str, loops: tuple[ast.stmt, ...]
    ) -> None:
        """Note a function; its decorators and defaults run where it stands, its body when it is called."""
        self.functions.append(node)
        # What decorates a function is called where that is defined.
        decorators = {part.id for part in node.decorator_list if isinstance(part, ast.Name)}
        self.found.called.setdefault(function, set()).update(decorators)
        name = Method(node.name) if node in self.found.methods else node.name
        spec = node.args
        defaults = [*spec.defaults, *(one for one in spec.kw_defaults if one is not None)]
        self.stack += [(part, function, loops) for part in (*node.decorator_list, *defaults)]
        self.stack += [(part, name, ()) for part in node.body]
        annotated = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
        for one in (node.returns, *(each.annotation for each in annotated if each is not None)):
            for part in ast.walk(one) if one is not None else ():
                if isinstance(part, ast.Name):
                    self.found.annotated.add(part.id)
                    self.found.uses.setdefault(part.id, set()).add(node.name)

    def below(self, node: ast.AST, function: str, loops: tuple[ast.stmt, ...]) -> None:
        """Put a node's children on the stack."""
        push = self.stack.append
        for value in node.__dict__.values():
            kind = type(value)
            if kind is list:
                for part in value:
                    if isinstance(part, ast.AST):
                        push((part, function, loops))
            elif kind not in LEAVES and isinstance(value, ast.AST):
                push((value, function, loops))

    def special(
        self, node: ast.AST, function: str, loops: tuple[ast.stmt, ...]
    ) -> tuple[str, tuple[ast.stmt, ...]]:
        """Note a call or import; return the function and loops that its children are in."""
        if isinstance(node, ast.Call):
            self.calls.append((node, function, loops))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            bind(self.found, node, function)
        elif isinstance(node, ast.Lambda):
            return "<lambda>", ()
        elif isinstance(node, ast.ClassDef):
            self.found.methods.update(node.body)
        elif isinstance(node, ast.If):
            return ("__main__" if is_main(node.test) else function), loops
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
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
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Call):
        parts.append(f"{dotted(node.func, aliases)}()")
    elif isinstance(node, ast.Name):
        parts.append(aliases.get(node.id, node.id))
    else:
        parts.append("?")
    return ".".join(reversed(parts))
