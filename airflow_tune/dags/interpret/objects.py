"""Classes of the project: definition, creation of objects, `super()`, dataclasses, enums, named tuples."""

from __future__ import annotations

import ast

from airflow_tune.dags.builder import attributes, operator
from airflow_tune.dags.interpret.invoke import invoke
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.tree import nodes
from airflow_tune.dags.values.function import Call, Function
from airflow_tune.dags.values.klass import Class, Instance, Super
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.symbol import Symbol

ENUMS = ("Enum", "StrEnum", "IntEnum")
RECORDS = ("NamedTuple", "BaseModel", "BaseSettings", "TypedDict")


def define(run: Run, node: ast.ClassDef, scope: Scope) -> Class:
    """Execute a class body and return the class."""
    bases = [run.evaluate(base, scope) for base in node.bases if not isinstance(base, ast.Starred)]
    inner = scope.inner(is_class=True)
    cls = Class(node.name, bases, inner.names, file=scope.globals.file)
    inner.owner = cls
    cls.altered = bool(node.keywords)
    run.execute(node.body, inner)
    cls.fields = [
        part.target.id
        for part in node.body
        if isinstance(part, ast.AnnAssign)
        and isinstance(part.target, ast.Name)
        and not constant_of_class(part)
    ]
    cls.dataclass = cls.derives(*RECORDS)
    if cls.derives(*ENUMS):
        members(cls)
    return cls


def constant_of_class(part: ast.AnnAssign) -> bool:
    """Return whether an annotation says ClassVar."""
    words = (getattr(one, "id", "") or getattr(one, "attr", "") for one in nodes(part.annotation))
    return "ClassVar" in words or "ClassVar" in str(getattr(part.annotation, "value", ""))


def members(cls: Class) -> None:
    """Turn an enum's values into members."""
    count = 0
    for name, value in list(cls.names.items()):
        if name.startswith("_") or isinstance(value, Function):
            continue
        count += 1
        plain = count if isinstance(value, Unknown) and "auto" in value.reason else value
        cls.names[name] = Instance(cls, {"name": name, "value": plain, "_value_": plain})


def create(run: Run, cls: Class, call: Call) -> object:
    """Return a new object: an operator's task, a DAG, a group, an enum's member, or a plain one."""
    if cls.derives(*ENUMS):
        return member(cls, call)
    graph = attributes.construct(run, cls, call)
    if graph is not None:
        return graph
    if operator.is_operator(cls) or ("task_id" in call.kwargs and cls.outside()):
        return operator.construct(run, cls, call)
    instance = Instance(cls)
    init = cls.find("__init__")
    if isinstance(init, Function):
        invoke(run, init, Call([instance, *call.args], call.kwargs, call.node, call.scope, call.spread))
    elif is_record(cls):
        fill(run, cls, instance, call)
    return instance


def member(cls: Class, call: Call) -> object:
    """Return the enum member of a value."""
    wanted = call.argument(0, "value")
    for value in cls.names.values():
        if isinstance(value, Instance) and value.cls is cls and value.attributes.get("value") == wanted:
            return value
    return Unknown(f"a member of {cls.name}", call.line)


def is_record(cls: Class) -> bool:
    """Return whether the class gets its `__init__` from its annotations."""
    return any(isinstance(base, Class) and base.dataclass for base in cls.lineage())


def fill(run: Run, cls: Class, instance: Instance, call: Call) -> None:
    """Do what a dataclass's `__init__` does."""
    lineage = [base for base in cls.lineage() if isinstance(base, Class)]
    names = list(dict.fromkeys(name for base in reversed(lineage) for name in base.fields))
    given = {**dict(zip(names, call.args, strict=False)), **call.kwargs}
    for name in names:
        value = given.pop(name) if name in given else default_of(run, cls, name, call)
        instance.attributes[name] = value
    instance.attributes.update(given)
    if cls.derives("NamedTuple"):
        instance.attributes["__tuple__"] = [instance.attributes[name] for name in names]
    after = cls.find("__post_init__")
    if isinstance(after, Function):
        invoke(run, after, Call([instance], {}, call.node, call.scope))


def default_of(run: Run, cls: Class, name: str, call: Call) -> object:
    """Return a field's default; `field(default_factory=list)` is called."""
    found = cls.find(name)
    if found is MISSING:
        if call.spread is not None:
            return Unknown(call.spread.reason, call.spread.line)
        raise RaisedError("TypeError", f"{cls.name}() misses the argument {name!r}", call.line)
    if isinstance(found, dict) and "__factory__" in found:
        return run.call(found["__factory__"], Call([], {}, call.node, call.scope))
    return found


def super_of(scope: Scope, call: Call) -> object:
    """Return what `super()` or `super(Class, self)` stands for in a method."""
    where: Scope | None = scope
    while where is not None and not (where.names and isinstance(where.owner, Class)):
        where = where.parent
    after = call.args[0] if call.args else (where.owner if where else None)
    owner = call.args[1] if len(call.args) > 1 else (next(iter(where.names.values())) if where else None)
    if not isinstance(after, Class):
        return Unknown("what super() leads to", call.line)
    cls = owner if isinstance(owner, Class) else getattr(owner, "cls", None)
    return Super(owner, cls if isinstance(cls, Class) else after, after)


def is_symbol_of(value: object, *names: str) -> bool:
    """Return whether a value is a symbol with one of these last names."""
    return isinstance(value, Symbol) and value.last in names
