"""Python's builtin functions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta

from airflow_tune.dags.interpret.assign import set_attribute
from airflow_tune.dags.interpret.attribute import attribute_of
from airflow_tune.dags.interpret.iteration import asked, draw, elements, leave, unless_order
from airflow_tune.dags.interpret.lift import lift
from airflow_tune.dags.interpret.order import ordered
from airflow_tune.dags.interpret.run import Handler, Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.truth import follow, is_plain, truth
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.doubted import Doubted
from airflow_tune.dags.values.function import Call, Function, Known
from airflow_tune.dags.values.graph import DagValue, GroupValue, TaskValue
from airflow_tune.dags.values.klass import Class, Instance
from airflow_tune.dags.values.stream import Stream, Take
from airflow_tune.dags.values.symbol import Symbol


def tainted(run: Run, result: object, reason: Unknown | None) -> object:
    """Return a container, in doubt where what it was made of is."""
    if reason is not None:
        run.taint(result, reason)
    return result


def length(run: Run, call: Call) -> object:
    """Do `len(x)`."""
    value = call.argument(0, "obj")
    if isinstance(value, (GroupValue, Instance)):
        found, reason = elements(run, value, call)
        return reason or len(list(found))
    result = lift(run, len, [value], call.line, shallow=True)
    reason = run.taint_of(value)
    return result if reason is None else Unknown(reason.reason, reason.line, result)


def enumerated(run: Run, call: Call) -> object:
    """Do `enumerate(x, start)`."""
    source, start = call.argument(0, "iterable"), call.argument(1, "start", 0)
    first = follow(start)
    numbers = itertools.count(first if isinstance(first, int) else 0)

    def push(take: Take) -> Unknown | None:
        reason = draw(run, source, lambda value: take((next(numbers), value)), call)
        return reason or (start if isinstance(start, Unknown) else None)

    return Stream(push, (source,))


def lazily(
    run: Run, rows: Callable[[Run], tuple[Iterable[object], Unknown | None]], *sources: object
) -> Stream:
    """Return an iterator over rows that are worked out when they are asked for."""

    def push(take: Take) -> Unknown | None:
        found, reason = rows(run)
        with run.doubting(unless_order(reason)):
            for row in found:
                run.budget.spend()
                take(row)
        return reason

    return Stream(push, sources)


def listed(run: Run, found: Iterable[object]) -> list[object]:
    """Return the elements as a list, paid for."""
    values: list[object] = []
    for value in found:
        run.budget.spend()
        values.append(value)
    return values


def zipped(run: Run, call: Call) -> object:
    """Do `zip(...)`."""
    if call.spread is not None:
        return Unknown(call.spread.reason, call.spread.line or call.line)
    return lazily(run, lambda run: columns_of(run, call), *call.args)


def columns_of(run: Run, call: Call) -> tuple[Iterable[object], Unknown | None]:
    """Return the rows of `zip`, which takes no more of an iterator than it needs."""
    columns, reason = [], None
    starts = [arg.at if isinstance(arg, Stream) else 0 for arg in call.args]
    for arg in call.args:
        found, doubt = elements(run, arg, call)
        columns.append(listed(run, found))
        reason = reason or doubt
    shortest = min(map(len, columns), default=0)
    before = True
    for arg, start, column in zip(call.args, starts, columns, strict=True):
        before = before and len(column) > shortest
        if isinstance(arg, Stream) and len(column) > shortest:
            leave(run, arg, start + shortest + before, call.line)
    return zip(*columns, strict=False), reason


def in_order(run: Run, call: Call) -> object:
    """Do `sorted(x, key=…)`."""
    found, reason = elements(run, call.argument(0, "iterable"), call)
    return tainted(run, ordered(run, listed(run, found), call), unless_order(reason))


def backwards(run: Run, call: Call) -> object:
    """Do `reversed(x)`."""
    source = call.argument(0, "sequence")

    def rows(run: Run) -> tuple[Iterable[object], Unknown | None]:
        found, reason = elements(run, source, call)
        return listed(run, found)[::-1], reason

    return lazily(run, rows)


def mapped(run: Run, call: Call) -> object:
    """Do `map(f, x, …)`."""
    rest = Call(call.args[1:], {}, call.node, call.scope)

    def rows(run: Run) -> tuple[Iterable[object], Unknown | None]:
        found, reason = columns_of(run, rest)
        further(run, call.args[0] if call.args else None, reason)
        each = (run.call(call.args[0], Call(list(row), {}, call.node, call.scope)) for row in found)  # type: ignore[call-overload]
        return each, reason

    return lazily(run, rows, *rest.args)


def further(run: Run, function: object, reason: Unknown | None) -> None:
    """Doubt everything where a function of the project is called for elements that are not known."""
    if unless_order(reason) is not None and reason is not None and not isinstance(function, (type, Known)):
        run.hazard(reason)


def filtered(run: Run, call: Call) -> object:
    """Do `filter(f, x)`."""
    test, source = call.argument(0, "function"), call.argument(1, "iterable")

    def push(take: Take) -> Unknown | None:
        found, reason = elements(run, source, call)
        further(run, test, reason)
        with run.doubting(unless_order(reason)):
            for value in found:
                run.budget.spend()
                kept = value if test is None else run.call(test, Call([value], {}, call.node, call.scope))
                verdict = truth(run, kept)
                doubt = verdict if isinstance(verdict, Unknown) else None
                if verdict is not False:
                    with run.doubting(doubt):
                        take(value)
                reason = unless_order(reason) or doubt or reason
        return reason

    return Stream(push, (source,))


def folded(function: Callable[..., object]) -> Handler:
    """Return what `sum`, `min`, `max` do to plain elements."""

    def handler(run: Run, call: Call) -> object:
        if len(call.args) != 1 or call.kwargs:
            plain = all(is_plain(value) for value in call.args) and not call.kwargs
            return (
                lift(run, function, call.args, call.line)
                if plain
                else Unknown(f"the result of {function.__name__}()", call.line)
            )
        found, reason = elements(run, call.args[0], call)
        values = listed(run, found)
        result = lift(run, lambda *given: function(given), values, call.line)
        reason = unless_order(reason)
        return result if reason is None else Unknown(reason.reason, reason.line, result)

    return handler


def quantified(*, every: bool) -> Handler:
    """Return what `all` and `any` do."""

    def handler(run: Run, call: Call) -> object:
        source = call.argument(0, "iterable")
        start = source.at if isinstance(source, Stream) else 0
        found, reason = elements(run, source, call)
        unknown: Unknown | None = unless_order(reason)
        for count, value in enumerate(found, 1):
            verdict = truth(run, value)
            if isinstance(verdict, Unknown):
                unknown = unknown or Unknown(verdict.reason, verdict.line or call.line)
            elif verdict is not every:
                if isinstance(source, Stream):
                    leave(run, source, start + count, call.line)
                return (
                    not every if unknown is None or reason is None else Unknown(unknown.reason, unknown.line)
                )
        return every if unknown is None else Unknown(unknown.reason, unknown.line or call.line)

    return handler


TIMES = {f"datetime.{one.__name__}": one for one in (date, datetime, time, timedelta)}
"""Types of the standard library whose values are held as they are."""


def is_instance(_run: Run, call: Call) -> object:
    """Do `isinstance(x, T)` for builtin types, classes of the project and Airflow's."""
    value, kinds = call.argument(0, "obj"), call.argument(1, "class_or_tuple")
    verdicts = [one_kind(value, kind) for kind in (kinds if isinstance(kinds, tuple) else (kinds,))]
    if True in verdicts:
        return True
    return next((Unknown("the type of a value", call.line) for verdict in verdicts if verdict is None), False)


def one_kind(value: object, kind: object) -> bool | None:
    """Return whether a value is of a kind, None when that is unknown."""
    if isinstance(value, (Unknown, Symbol)) or isinstance(kind, Unknown):
        return None
    if isinstance(kind, type):
        return isinstance(value, kind)
    if isinstance(kind, Class):
        cls = getattr(value, "cls", None)
        return isinstance(cls, Class) and kind in cls.lineage()
    if isinstance(kind, Symbol):
        known = TIMES.get(kind.name)
        return isinstance(value, known) if known and is_plain(value) else of_airflow(value, kind)
    return None


def of_airflow(value: object, kind: Symbol) -> bool | None:
    """Return whether a value is of a class that is known by name."""
    if is_plain(value):
        return False if kind.last in ("BaseOperator", "TaskGroup", "DAG", "XComArg") else None
    known = {"BaseOperator": TaskValue, "TaskGroup": GroupValue, "DAG": DagValue}
    return isinstance(value, known[kind.last]) if kind.last in known else None


def get_attribute(run: Run, call: Call) -> object:
    """Do `getattr(x, name, default)`."""
    name = follow(call.argument(1, "name"))
    if not isinstance(name, str):
        return Unknown("an attribute by name", call.line)
    owner, default = call.args[0], call.argument(2, "default", MISSING)
    if is_plain(owner) and not hasattr(owner, name):
        if default is MISSING:
            raise RaisedError("AttributeError", f"no attribute {name!r}", call.line)
        return default
    if default is not MISSING and isinstance(owner, (Unknown, Symbol)):
        return Unknown(f"the attribute {name}", call.line, default)
    before, run.risks = run.risks, run.risks
    found = attribute_of(run, owner, name, call)
    run.risks = before if default is not MISSING else run.risks
    if default is MISSING or not isinstance(found, Unknown):
        return found
    absent = isinstance(owner, Instance) and found.default is MISSING and not owner.cls.opaque()
    return default if absent and name not in owner.attributes else Unknown(found.reason, found.line, default)  # type: ignore[attr-defined]


def set_named(run: Run, call: Call) -> object:
    """Do `setattr(x, name, value)`."""
    name = call.argument(1, "name")
    if isinstance(name, str) and len(call.args) == 3:  # noqa: PLR2004 - the object, the name, the value
        set_attribute(run, call.args[0], name, call.args[2], call)
    else:
        run.hazard(Unknown("which attribute setattr() sets", call.line))
    return None


def has_attribute(run: Run, call: Call) -> object:
    """Do `hasattr(x, name)` where it is known what the object has."""
    owner, name = call.argument(0, "obj"), call.argument(1, "name")
    unknown = Unknown("whether an attribute is there", call.line)
    if not isinstance(name, str) or isinstance(owner, (Unknown, Symbol)):
        return unknown
    if is_plain(owner):
        return hasattr(owner, name)
    if not isinstance(owner, Instance):
        found = attribute_of(run, owner, name, call)
        return unknown if isinstance(found, Unknown) else True
    found = owner.attributes.get(name, owner.cls.find(name))
    if found is MISSING:
        return unknown if owner.cls.opaque() else False
    return unknown if isinstance(found, Doubted) else True


def of_module(_run: Run, call: Call) -> object:
    """Do `globals()`, and `locals()` and `vars()` at top level: the module's own names."""
    return call.scope.globals.names


def local_names(_run: Run, call: Call) -> object:
    """Do `locals()` and `vars()`: at top level the names themselves, in a function a copy of them."""
    if call.args and isinstance(call.args[0], Instance):
        return call.args[0].attributes
    scope = call.scope
    return scope.names if scope.module is None else dict(scope.names)


def first(run: Run, call: Call) -> object:
    """Do `next(x, default)`: the first element."""
    stream, default = call.argument(0, "iterator"), call.argument(1, "default", MISSING)
    if not isinstance(stream, Stream):
        run.risks += 1
        return Unknown("the next element", call.line)
    asked(run, stream)
    reason = stream.reason
    if stream.at < len(stream.items):
        value = stream.items[stream.at]
        leave(run, stream, stream.at + 1, call.line)
        return value if reason is None else run.doubtful(value, reason)
    if reason is not None:
        run.risks += 1
        return Unknown(reason.reason, reason.line or call.line, default)
    if default is MISSING:
        raise RaisedError("StopIteration", "", call.line)
    return default


def iterated(run: Run, call: Call) -> object:
    """Do `iter(x)`."""
    source = call.argument(0, "iterable")
    if isinstance(source, Stream):
        return source
    return lazily(run, lambda run: elements(run, source, call))


def applied(function: Callable[..., object]) -> Handler:
    """Return a handler for a function of plain values."""
    return lambda run, call: lift(run, function, call.args, call.line)


def nothing(_run: Run, _call: Call) -> object:
    """Do `print(...)`."""
    return None


def callable_value(_run: Run, call: Call) -> object:
    """Do `callable(x)`."""
    value = call.argument(0, "obj")
    if isinstance(value, (Unknown, Symbol)):
        return Unknown("whether a value can be called", call.line)
    return isinstance(value, (Function, Known, Class, type))


def unread(name: str) -> Handler:
    """Return a handler whose result is unknown."""
    return lambda _run, call: Unknown(f"the result of {name}()", call.line)


def executed(run: Run, call: Call) -> object:
    """Do `exec(...)`: it may change anything."""
    reason = Unknown("what exec() runs is not read", call.line)
    run.suspect(reason)
    run.hazard(reason)
    return None


def evaluated(run: Run, call: Call) -> object:
    """Do `eval(...)`: it may change anything."""
    executed(run, call)
    return Unknown("the result of eval()", call.line)


BUILTIN_FUNCTIONS: dict[str, Handler] = {
    **{
        function.__name__: applied(function)
        for function in (abs, bin, chr, divmod, hex, oct, ord, repr, round)
    },
    **{name: unread(name) for name in ("__import__", "hash", "id", "input", "memoryview", "compile", "pow")},
    "all": quantified(every=True),
    "any": quantified(every=False),
    "callable": callable_value,
    "enumerate": enumerated,
    "eval": evaluated,
    "exec": executed,
    "filter": filtered,
    "getattr": get_attribute,
    "globals": of_module,
    "hasattr": has_attribute,
    "isinstance": is_instance,
    "issubclass": unread("issubclass"),
    "iter": iterated,
    "len": length,
    "locals": local_names,
    "map": mapped,
    "max": folded(max),
    "min": folded(min),
    "next": first,
    "print": nothing,
    "reversed": backwards,
    "setattr": set_named,
    "sorted": in_order,
    "sum": folded(sum),
    "super": unread("super"),
    "vars": local_names,
    "zip": zipped,
}
