"""`value[key]`: reading, setting and deleting."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable

from airflow_tune.dags.interpret.iteration import elements
from airflow_tune.dags.interpret.lift import lift, unknown_of, within
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.truth import DefaultDict, is_plain
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Bound, Call, Function
from airflow_tune.dags.values.graph import DagValue, GroupValue, MappedArgument, XCom
from airflow_tune.dags.values.klass import Class, Instance
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.symbol import Symbol


def subscript(run: Run, node: ast.Subscript, scope: Scope) -> object:
    """Evaluate `value[key]`."""
    value = run.evaluate(node.value, scope)
    key = run.evaluate(node.slice, scope)
    return item(run, value, key, Call([key], {}, node, scope))


def item(run: Run, value: object, key: object, call: Call) -> object:
    """Return `value[key]` for values of any kind."""
    reader = ITEMS.get(type(value))
    if reader is not None:
        return reader(run, value, key, call)
    if not is_plain(value):
        return of_other(run, value, key, call)
    if isinstance(value, DefaultDict) and not isinstance(key, Unknown) and key not in value:
        return made(run, value, key, call)
    return plain_item(run, value, key, call.line)


def of_other(run: Run, value: object, key: object, call: Call) -> object:
    """Return an item of something unknown, or of an object that is not read."""
    if isinstance(value, Unknown) and value.default is not MISSING and not is_plain(value.default):
        with run.doubting(value):
            return run.doubtful(item(run, value.default, key, call), value)
    run.risks += 1
    return lift(run, operator.getitem, (value, key), call.line, shallow=True)


def of_xcom(_run: Run, value: XCom, key: object, _call: Call) -> object:
    """Return one key of a result."""
    return XCom(value.tasks, key if isinstance(key, str) else "")


def itself(_run: Run, value: object, _key: object, _call: Call) -> object:
    """Return the value: a mapped argument's part, or a generic such as `list[str]`."""
    return value


def of_class(_run: Run, value: Class, key: object, _call: Call) -> object:
    """Return an enum's member, or a generic class."""
    return member(value, key) if value.derives("Enum", "StrEnum", "IntEnum") else value


def of_symbol(run: Run, value: Symbol, key: object, call: Call) -> object:
    """Return an environment variable, or a generic class."""
    if value.name == "os.environ":
        run.risks += 1
        return Unknown(f"the environment variable {key!r}"[:80], call.line)
    return value


def of_instance(run: Run, value: Instance, _key: object, call: Call) -> object:
    """Return what an object's `__getitem__` returns."""
    method = value.cls.find("__getitem__")
    if isinstance(method, Function):
        return run.call(Bound(method, value), call)
    return Unknown(f"an item of a {value.cls.name}", call.line)


def of_group(run: Run, value: GroupValue, key: object, call: Call) -> object:
    """Return a group's child by its label."""
    child = value.children.get(str(value.child_id(key))) if isinstance(key, str) else None
    return child if child is not None else missing(run, key, call.line)


def of_dag(run: Run, value: DagValue, key: object, call: Call) -> object:
    """Return a DAG's task by its id."""
    found = value.tasks.get(key) if isinstance(key, str) else None
    return found if found is not None else missing(run, key, call.line)


def member(value: Class, key: object) -> object:
    """Return an enum's member by name."""
    found = value.find(key) if isinstance(key, str) else MISSING
    return Unknown(f"a member of {value.name}") if found is MISSING else found


def plain_item(run: Run, value: object, key: object, line: int) -> object:
    """Return an item of a plain container; objects of any kind may be keys of a dict."""
    if isinstance(value, dict) and not isinstance(key, (Unknown, Symbol)):
        if (reason := within(run, key)) is not None:
            return Unknown(reason.reason, reason.line or line)
        try:
            found = value[key]
            doubt = run.taint_of(value)
            return found if doubt is None else run.doubtful(found, doubt)
        except KeyError:
            return missing_from(run, value, key, line)
        except TypeError as error:
            raise RaisedError("TypeError", str(error), line) from None
    reason = run.taint_of(value)
    return lift_item(run, value, key, line) if reason is None else in_doubt(run, value, key, reason, line)


def in_doubt(run: Run, value: object, key: object, reason: Unknown, line: int) -> object:
    """Return an item of a container whose contents are in doubt."""
    run.risks += 1
    try:
        found = lift_item(run, value, key, line)
    except RaisedError:
        return Unknown(reason.reason, reason.line or line)
    return run.doubtful(found, Unknown(reason.reason, reason.line or line))


def lift_item(run: Run, value: object, key: object, line: int) -> object:
    """Return `value[key]` of Python itself."""
    return lift(run, operator.getitem, (value, key), line, shallow=True)


def missing_from(run: Run, value: dict[object, object], key: object, line: int) -> object:
    """Return what a dict without `key` gives: a default dict's default, an error, or doubt."""
    if (reason := run.taint_of(value)) is not None:
        run.risks += 1
        return Unknown(reason.reason, reason.line or line)
    return missing(run, key, line)


def made(run: Run, value: DefaultDict, key: object, call: Call) -> object:
    """Return the new item of a default dict."""
    run.changing(value)
    value[key] = run.call(value.factory, Call([], {}, call.node, call.scope))
    return value[key]


def missing(run: Run, key: object, line: int) -> object:
    """Raise the KeyError that Python would, unless the code may not run like this at all."""
    if run.doubts:
        run.risks += 1
        return Unknown(f"the item {key!r}"[:60], line)
    raise RaisedError("KeyError", repr(key)[:60] if is_plain(key) else "", line)


def set_item(run: Run, value: object, key: object, new: object, call: Call) -> None:
    """Do `value[key] = new`."""
    if isinstance(value, Instance) and isinstance(method := value.cls.find("__setitem__"), Function):
        run.call(Bound(method, value), Call([key, new], {}, call.node, call.scope))
        return
    if not isinstance(value, (dict, list)):
        return
    reason = unknown_of([key], call.line) or within(run, key)
    if reason is not None:
        in_some_place(run, value, new, reason, call)
        if not isinstance(value, dict):
            return
    run.changing(value)
    if run.doubts and isinstance(value, dict):
        run.doubt(value.get(key), run.doubts[-1])
        new = run.doubtful(new, run.doubts[-1])
    if isinstance(key, slice):
        found, doubt = elements(run, new, call)
        new = list(found)
        if doubt is not None:
            run.taint(value, doubt)
    try:
        value[key] = new  # type: ignore[call-overload]
    except (TypeError, IndexError, ValueError) as error:
        raise RaisedError(type(error).__name__, str(error)[:80], call.line) from None


def in_some_place(
    run: Run, value: dict[object, object] | list[object], new: object, reason: Unknown, call: Call
) -> None:
    """Note that an item was set under an unknown key; it may be any, a module's names included."""
    run.effects += 1
    run.taint(value, reason)
    names = call.scope.globals.names
    if value is names and not isinstance(new, DagValue):
        run.hazard(Unknown(f"which global is set: {reason.reason}", reason.line or call.line))


def delete_item(run: Run, value: object, key: object, line: int) -> None:
    """Do `del value[key]`."""
    if isinstance(value, (dict, list)):
        run.changing(value)
        if (reason := unknown_of([key], line) or within(run, key)) is not None:
            run.taint(value, reason)
            return
        try:
            del value[key]  # type: ignore[arg-type]
        except (KeyError, IndexError, TypeError):
            missing(run, key, line)


ITEMS: dict[type, Callable[..., object]] = {
    Class: of_class,
    DagValue: of_dag,
    GroupValue: of_group,
    Instance: of_instance,
    MappedArgument: itself,
    Symbol: of_symbol,
    XCom: of_xcom,
    type: itself,
}
