"""Methods of Python's own values: strings, lists, dicts, sets, dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath

from airflow_tune.dags.budget import fits
from airflow_tune.dags.interpret.iteration import elements
from airflow_tune.dags.interpret.lift import lift
from airflow_tune.dags.interpret.operation import wide
from airflow_tune.dags.interpret.order import ordered
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.storage import path_method
from airflow_tune.dags.interpret.subscript import missing_from
from airflow_tune.dags.interpret.text import as_text
from airflow_tune.dags.interpret.truth import follow
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Call, Method

CHANGING = frozenset(
    [
        "append",
        "extend",
        "insert",
        "pop",
        "remove",
        "reverse",
        "sort",
        "clear",
        "update",
        "setdefault",
        "popitem",
        "add",
        "discard",
        "difference_update",
        "intersection_update",
    ]
)
MOMENTS = (datetime, date, time, timedelta)


def call_method(run: Run, method: Method, call: Call) -> object:
    """Return the result of a method of a plain value, or of an unknown's default."""
    owner = follow(method.owner)
    if owner is not method.owner and isinstance(method.owner, Unknown):
        return on_default(run, method.owner, owner, method.name, call)
    if method.name in CHANGING and isinstance(owner, (list, dict, set)):
        run.changed(owner)
    if isinstance(owner, PurePosixPath):
        return path_method(run, owner, method.name, call)
    handler = HANDLERS.get((dict if isinstance(owner, dict) else type(owner), method.name))
    if handler is not None:
        return handler(run, owner, call)
    return plain(run, owner, method.name, call)


def on_default(run: Run, unknown: Unknown, owner: object, name: str, call: Call) -> object:
    """Return a method's result on a default, as the default of an unknown."""
    result = call_method(run, Method(owner, name), call)
    default = result.default if isinstance(result, Unknown) else result
    return Unknown(unknown.reason, unknown.line or call.line, default, unknown.foreign)


def plain(run: Run, owner: object, name: str, call: Call) -> object:
    """Call Python's own method on plain arguments."""
    function = getattr(owner, name, None)
    if function is None or name.startswith("_"):
        return Unknown(f"the method {name}", call.line)
    if isinstance(owner, (str, bytes)) and not safe(owner, name, call):
        return Unknown("a text too big to build", call.line)
    run.budget.spend(len(owner) // 8 if isinstance(owner, (str, bytes, list, dict)) else 1)
    values = [as_text(value) if isinstance(owner, str) else value for value in call.args]
    names = list(call.kwargs)
    if call.spread is not None:
        return Unknown(call.spread.reason, call.spread.line or call.line)

    def apply(*given: object) -> object:
        cut = len(given) - len(names)
        result = function(*given[:cut], **dict(zip(names, given[cut:], strict=True)))
        return list(result) if name in ("keys", "values", "items") else result

    result = lift(apply, [*values, *call.kwargs.values()], call.line)
    if (
        isinstance(owner, (list, dict, set))
        and isinstance(result, (list, dict, set))
        and (reason := run.taint_of(owner))
    ):
        run.taint(result, reason)
    return result


def safe(owner: str | bytes, name: str, call: Call) -> bool:
    """Return whether a method of a text cannot build something huge."""
    if name == "replace":
        new = follow(call.argument(1, "new"))
        return fits(len(owner) * (len(new) + 1) // 10) if isinstance(new, (str, bytes)) else True
    if name in ("format", "format_map"):
        return not (isinstance(owner, str) and wide(owner))
    return all(fits(value) for value in map(follow, call.args) if isinstance(value, int))


def add_to_list(_run: Run, owner: list[object], call: Call) -> object:
    """Do `list.append`, whatever the value."""
    owner.append(call.argument(0, "object"))
    return None


def insert_in_list(_run: Run, owner: list[object], call: Call) -> object:
    """Do `list.insert`."""
    index = follow(call.argument(0, "index"))
    owner.insert(index if isinstance(index, int) else len(owner), call.argument(1, "object"))
    return None


def extend_list(run: Run, owner: list[object], call: Call) -> object:
    """Do `list.extend` with anything that can be iterated over."""
    found, reason = elements(run, call.argument(0, "iterable"), call)
    new = list(found)
    run.budget.spend(len(new))
    owner.extend(new)
    if reason:
        run.taint(owner, reason)
    return None


def pop_from_list(run: Run, owner: list[object], call: Call) -> object:
    """Do `list.pop`."""
    index = follow(call.argument(0, "index", -1))
    try:
        return owner.pop(index if isinstance(index, int) else -1)
    except IndexError:
        if run.taint_of(owner) or run.doubts:
            return Unknown("an element of a list", call.line)
        raise RaisedError("IndexError", "pop from empty list", call.line) from None


def remove_from(_run: Run, owner: list[object], call: Call) -> object:
    """Do `list.remove`."""
    value = call.argument(0, "value")
    if value in owner:
        owner.remove(value)
    return None


def sort_list(run: Run, owner: list[object], call: Call) -> object:
    """Do `list.sort`; by a key that cannot be compared, the order is in doubt."""
    owner[:] = ordered(run, owner, call)
    return None


def get_from_dict(run: Run, owner: dict[object, object], call: Call) -> object:
    """Do `dict.get`."""
    key, default = call.argument(0, "key"), call.argument(1, "default")
    reason = key if isinstance(key, Unknown) and key.default is MISSING else None
    if reason is not None:
        return Unknown(reason.reason, reason.line or call.line)
    try:
        found = owner.get(follow(key), MISSING)
    except TypeError:
        return Unknown("an item of a dict", call.line)
    taint = key if isinstance(key, Unknown) else run.taint_of(owner)
    if taint is not None and (found is MISSING or isinstance(key, Unknown)):
        return Unknown(taint.reason, taint.line or call.line, default if found is MISSING else found)
    return default if found is MISSING else found


def pop_from_dict(run: Run, owner: dict[object, object], call: Call) -> object:
    """Do `dict.pop`."""
    key = follow(call.argument(0, "key"))
    if key in owner:
        return owner.pop(key)
    return call.args[1] if len(call.args) > 1 else missing_from(run, owner, key, call.line)


def update_dict(run: Run, owner: dict[object, object], call: Call) -> object:
    """Do `dict.update` with dicts, pairs and keywords."""
    for value in call.args:
        inner = follow(value)
        if isinstance(inner, dict):
            owner.update(inner)
        elif isinstance(inner, (list, tuple)):
            owner.update((pair[0], pair[1]) for pair in inner if isinstance(pair, tuple))
        if not isinstance(value, (dict, list, tuple)):
            run.taint(owner, value if isinstance(value, Unknown) else Unknown("keys of an object", call.line))
        elif (reason := run.taint_of(value)) is not None:
            run.taint(owner, reason)
    owner.update(call.kwargs)
    if call.spread is not None:
        run.taint(owner, call.spread)
    return None


def default_in_dict(_run: Run, owner: dict[object, object], call: Call) -> object:
    """Do `dict.setdefault`."""
    return owner.setdefault(follow(call.argument(0, "key")), call.argument(1, "default"))


def add_to_set(_run: Run, owner: set[object], call: Call) -> object:
    """Do `set.add`."""
    try:
        owner.add(call.argument(0, "elem"))
    except TypeError as error:
        raise RaisedError("TypeError", str(error), call.line) from None
    return None


def join_text(run: Run, owner: str, call: Call) -> object:
    """Do `str.join` with anything that can be iterated over."""
    found, reason = elements(run, call.argument(0, "iterable"), call)
    parts = [as_text(part) for part in found]
    run.budget.spend(len(parts))
    if sum(len(part) + len(owner) for part in parts if isinstance(part, str)) > 10 * 100_000:
        return Unknown("a text too big to build", call.line)
    result = lift(lambda *given: owner.join(given), parts, call.line)
    if reason is None:
        return result
    return Unknown(
        reason.reason, reason.line or call.line, follow(result) if reason.default is not MISSING else MISSING
    )


HANDLERS: dict[tuple[type, str], Callable[..., object]] = {
    (dict, "get"): get_from_dict,
    (dict, "pop"): pop_from_dict,
    (dict, "setdefault"): default_in_dict,
    (dict, "update"): update_dict,
    (list, "append"): add_to_list,
    (list, "extend"): extend_list,
    (list, "insert"): insert_in_list,
    (list, "pop"): pop_from_list,
    (list, "remove"): remove_from,
    (list, "sort"): sort_list,
    (set, "add"): add_to_set,
    (str, "join"): join_text,
}
