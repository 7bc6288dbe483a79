"""Python's builtin functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from airflow_tune.dags.interpret.attribute import attribute_of
from airflow_tune.dags.interpret.iteration import elements
from airflow_tune.dags.interpret.lift import lift
from airflow_tune.dags.interpret.order import ordered
from airflow_tune.dags.interpret.run import Handler, Run
from airflow_tune.dags.interpret.truth import follow, is_plain, truth
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Call, Function, Known
from airflow_tune.dags.values.graph import DagValue, GroupValue, TaskValue
from airflow_tune.dags.values.klass import Class, Instance
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
    result = lift(len, [value], call.line)
    reason = run.taint_of(value)
    return result if reason is None else Unknown(reason.reason, reason.line, result)


def enumerated(run: Run, call: Call) -> object:
    """Do `enumerate(x, start)`."""
    found, reason = elements(run, call.argument(0, "iterable"), call)
    start = follow(call.argument(1, "start", 0))
    values = listed(run, found)
    return tainted(run, list(enumerate(values, start if isinstance(start, int) else 0)), reason)


def listed(run: Run, found: Iterable[object]) -> list[object]:
    """Return the elements as a list, paid for."""
    values: list[object] = []
    for value in found:
        run.budget.spend()
        values.append(value)
    return values


def zipped(run: Run, call: Call) -> object:
    """Do `zip(...)`."""
    columns, reason = [], None
    for arg in call.args:
        found, doubt = elements(run, arg, call)
        columns.append(listed(run, found))
        reason = reason or doubt
    return tainted(run, list(zip(*columns, strict=False)), reason)


def in_order(run: Run, call: Call) -> object:
    """Do `sorted(x, key=…)`."""
    found, reason = elements(run, call.argument(0, "iterable"), call)
    return tainted(run, ordered(run, listed(run, found), call), reason)


def backwards(run: Run, call: Call) -> object:
    """Do `reversed(x)`."""
    found, reason = elements(run, call.argument(0, "sequence"), call)
    return tainted(run, listed(run, found)[::-1], reason)


def mapped(run: Run, call: Call) -> object:
    """Do `map(f, x, …)`, at once."""
    rest = Call(call.args[1:], {}, call.node, call.scope)
    rows = zipped(run, rest)
    found, reason = elements(run, rows, call)
    with run.doubting(reason):
        result = [run.call(call.args[0], Call(list(row), {}, call.node, call.scope)) for row in found]  # type: ignore[call-overload]
    return tainted(run, result, reason)


def filtered(run: Run, call: Call) -> object:
    """Do `filter(f, x)`, at once."""
    found, reason = elements(run, call.argument(1, "iterable"), call)
    test = call.argument(0, "function")
    kept = []
    for value in found:
        verdict = truth(value if test is None else run.call(test, Call([value], {}, call.node, call.scope)))
        if isinstance(verdict, Unknown):
            reason = reason or verdict
        if verdict is not False:
            kept.append(value)
    return tainted(run, kept, reason)


def folded(function: Callable[..., object]) -> Handler:
    """Return what `sum`, `min`, `max` do to plain elements."""

    def handler(run: Run, call: Call) -> object:
        if len(call.args) != 1 or call.kwargs:
            plain = all(is_plain(value) for value in call.args) and not call.kwargs
            return (
                lift(function, call.args, call.line)
                if plain
                else Unknown(f"the result of {function.__name__}()", call.line)
            )
        found, reason = elements(run, call.args[0], call)
        values = listed(run, found)
        result = lift(lambda *given: function(given), values, call.line)
        return result if reason is None else Unknown(reason.reason, reason.line, result)

    return handler


def quantified(*, every: bool) -> Handler:
    """Return what `all` and `any` do."""

    def handler(run: Run, call: Call) -> object:
        found, reason = elements(run, call.argument(0, "iterable"), call)
        for value in found:
            verdict = truth(value)
            if isinstance(verdict, Unknown):
                return Unknown(verdict.reason, verdict.line or call.line)
            if verdict is not every:
                return not every
        return every if reason is None else Unknown(reason.reason, reason.line or call.line)

    return handler


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
        return of_airflow(value, kind)
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
    found = attribute_of(run, call.args[0], name, call)
    default = call.argument(2, "default", MISSING)
    return default if isinstance(found, Unknown) and default is not MISSING else found


def set_attribute(_run: Run, call: Call) -> object:
    """Do `setattr(x, name, value)` for objects of the project."""
    if len(call.args) == 3 and isinstance(call.args[0], Instance) and isinstance(call.args[1], str):  # noqa: PLR2004
        call.args[0].attributes[call.args[1]] = call.args[2]
    return None


def has_attribute(run: Run, call: Call) -> object:
    """Do `hasattr(x, name)` where it surely has it."""
    found = get_attribute(run, call)
    return Unknown("whether an attribute is there", call.line) if isinstance(found, Unknown) else True


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
    found, reason = elements(run, call.argument(0, "iterator"), call)
    for value in found:
        return value if reason is None or not is_plain(value) else Unknown(reason.reason, reason.line, value)
    return call.argument(1, "default", Unknown("the next element", call.line))


def as_list(run: Run, call: Call) -> object:
    """Do `iter(x)`."""
    found, reason = elements(run, call.argument(0, "iterable"), call)
    return tainted(run, listed(run, found), reason)


def applied(function: Callable[..., object]) -> Handler:
    """Return a handler for a function of plain values."""
    return lambda _run, call: lift(function, call.args, call.line)


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
    """Do `exec(...)`: it may add anything."""
    run.suspect(Unknown("what exec() runs is not read", call.line))
    return None


BUILTIN_FUNCTIONS: dict[str, Handler] = {
    **{
        function.__name__: applied(function)
        for function in (abs, bin, chr, divmod, hex, oct, ord, repr, round)
    },
    **{
        name: unread(name)
        for name in ("__import__", "eval", "hash", "id", "input", "memoryview", "compile", "pow")
    },
    "all": quantified(every=True),
    "any": quantified(every=False),
    "callable": callable_value,
    "enumerate": enumerated,
    "exec": executed,
    "filter": filtered,
    "getattr": get_attribute,
    "globals": of_module,
    "hasattr": has_attribute,
    "isinstance": is_instance,
    "issubclass": unread("issubclass"),
    "iter": as_list,
    "len": length,
    "locals": local_names,
    "map": mapped,
    "max": folded(max),
    "min": folded(min),
    "next": first,
    "print": nothing,
    "reversed": backwards,
    "setattr": set_attribute,
    "sorted": in_order,
    "sum": folded(sum),
    "super": unread("super"),
    "vars": local_names,
    "zip": zipped,
}
