"""Methods of Python's own values: strings, lists, dicts, sets, dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath

from airflow_tune.dags.budget import fits
from airflow_tune.dags.interpret.iteration import elements
from airflow_tune.dags.interpret.lift import lift, unknown_of, within
from airflow_tune.dags.interpret.operation import wide
from airflow_tune.dags.interpret.order import ordered
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.storage import path_method
from airflow_tune.dags.interpret.subscript import missing_from
from airflow_tune.dags.interpret.text import as_text
from airflow_tune.dags.interpret.truth import follow
from airflow_tune.dags.interpret.zones import zone_named
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.doubted import CONTAINERS
from airflow_tune.dags.values.function import Call, Method
from airflow_tune.dags.values.stream import Stream
from airflow_tune.dags.values.zone import in_zone

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
COMPARING = frozenset(
    [
        "index",
        "count",
        "remove",
        "discard",
        "difference_update",
        "intersection_update",
        "isdisjoint",
        "issubset",
        "issuperset",
    ]
)
"""Methods that look for equal elements."""
PAIR = 2
"""A key and its value."""
MOMENTS = (datetime, date, time, timedelta)


def call_method(run: Run, method: Method, call: Call) -> object:
    """Return the result of a method of a plain value, or of an unknown's default."""
    owner = follow(method.owner)
    if owner is not method.owner and isinstance(method.owner, Unknown):
        return on_default(run, method.owner, owner, method.name, call)
    if method.name in CHANGING and isinstance(owner, (list, dict, set)):
        run.changing(owner)
        blur(run, owner, call)
    if isinstance(owner, PurePosixPath):
        return path_method(run, owner, method.name, call)
    handler = HANDLERS.get((dict if isinstance(owner, dict) else type(owner), method.name))
    if handler is not None:
        return handler(run, owner, call)
    return plain(run, owner, method.name, call)


def blur(run: Run, owner: list[object] | dict[object, object] | set[object], call: Call) -> None:
    """Doubt a container that is changed by something unknown; what a list just takes up is no reason."""
    values = call.args[:1] if isinstance(owner, dict) else call.values()
    for value in values:
        if isinstance(owner, list) and not isinstance(value, Unknown):
            continue
        reason = unknown_of([value], call.line) or (within(run, value) if isinstance(owner, set) else None)
        if reason is not None:
            run.taint(owner, reason)


def on_default(run: Run, unknown: Unknown, owner: object, name: str, call: Call) -> object:
    """Return a method's result on a default, as the default of an unknown."""
    run.risks += 1
    with run.doubting(unknown):
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

    if isinstance(owner, CONTAINERS):
        reason = run.taint_of(owner) or (within(run, owner) if name in COMPARING else None)
        if reason is None and name in CHANGING:
            reason = next(filter(None, (within(run, value) for value in values)), None)
        result = lift(run, apply, [*values, *call.kwargs.values()], call.line, shallow=name not in COMPARING)
        return result if reason is None else run.doubtful(result, reason)
    return lift(run, apply, [*values, *call.kwargs.values()], call.line)


def safe(owner: str | bytes, name: str, call: Call) -> bool:
    """Return whether a method of a text cannot build something huge."""
    if name == "replace":
        new = follow(call.argument(1, "new"))
        return fits(len(owner) * (len(new) + 1) // 10) if isinstance(new, (str, bytes)) else True
    if name in ("format", "format_map"):
        return not (isinstance(owner, str) and wide(owner))
    return all(fits(value) for value in map(follow, call.args) if isinstance(value, int))


def replace_in_datetime(run: Run, owner: datetime, call: Call) -> object:
    """Do `datetime.replace`, of which a new time zone is known by its name alone."""
    rest = {name: value for name, value in call.kwargs.items() if name != "tzinfo"}
    found = plain(run, owner, "replace", Call(call.args, rest, call.node, call.scope, call.spread))
    if "tzinfo" not in call.kwargs or not isinstance(found, datetime):
        return found
    return in_zone(found, zone_named(call.kwargs["tzinfo"]))


def add_to_list(_run: Run, owner: list[object], call: Call) -> object:
    """Do `list.append`, whatever the value."""
    owner.append(call.argument(0, "object"))
    return None


def insert_in_list(run: Run, owner: list[object], call: Call) -> object:
    """Do `list.insert`."""
    place = call.argument(0, "index")
    if isinstance(place, Unknown):
        run.taint(owner, place)
    index = follow(place)
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
    reason = run.taint_of(owner)
    try:
        found = owner.pop(index if isinstance(index, int) else -1)
        return found if reason is None else run.doubtful(found, reason)
    except IndexError:
        if reason is not None or run.doubts:
            run.risks += 1
            return Unknown("an element of a list", call.line)
        raise RaisedError("IndexError", "pop from empty list", call.line) from None


def remove_from(run: Run, owner: list[object], call: Call) -> object:
    """Do `list.remove`."""
    value = call.argument(0, "value")
    reason = unknown_of([value], call.line) or within(run, owner) or within(run, value)
    value = follow(value)
    if value in owner:
        owner.remove(value)
    elif reason is None and not run.doubts:
        raise RaisedError("ValueError", "list.remove(x): x not in list", call.line)
    if reason is not None:
        run.risks += 1
        run.taint(owner, reason)
    return None


def sort_list(run: Run, owner: list[object], call: Call) -> object:
    """Do `list.sort`; by a key that cannot be compared, the order is in doubt."""
    owner[:] = ordered(run, owner, call)
    return None


def get_from_dict(run: Run, owner: dict[object, object], call: Call) -> object:
    """Do `dict.get`."""
    key, default = call.argument(0, "key"), call.argument(1, "default")
    reason = key if isinstance(key, Unknown) and key.default is MISSING else within(run, key)
    if reason is not None:
        return Unknown(reason.reason, reason.line or call.line)
    try:
        found = owner.get(follow(key), MISSING)
    except TypeError:
        return Unknown("an item of a dict", call.line)
    taint = key if isinstance(key, Unknown) else run.taint_of(owner)
    value = default if found is MISSING else found
    return value if taint is None else run.doubtful(value, Unknown(taint.reason, taint.line or call.line))


def pop_from_dict(run: Run, owner: dict[object, object], call: Call) -> object:
    """Do `dict.pop`."""
    key = follow(call.argument(0, "key"))
    reason = run.taint_of(owner) or within(run, key)
    if within(run, key) is None and key in owner:
        found = owner.pop(key)
    else:
        found = call.args[1] if len(call.args) > 1 else missing_from(run, owner, key, call.line)
    return found if reason is None else run.doubtful(found, reason)


def update_dict(run: Run, owner: dict[object, object], call: Call) -> object:
    """Do `dict.update` with dicts, pairs and keywords."""
    for value in call.args:
        inner = follow(value)
        if isinstance(inner, dict):
            owner.update(inner)
        elif isinstance(inner, (list, tuple, Stream)):
            pairs, doubt = elements(run, inner, call)
            owner.update(pair for pair in pairs if isinstance(pair, (tuple, list)) and len(pair) == PAIR)  # type: ignore[misc]
            if doubt is not None:
                run.taint(owner, doubt)
        if not isinstance(value, (dict, list, tuple, Stream)):
            run.taint(owner, value if isinstance(value, Unknown) else Unknown("keys of an object", call.line))
        elif (reason := run.taint_of(value)) is not None:
            run.taint(owner, reason)
    owner.update(call.kwargs)
    if call.spread is not None:
        run.taint(owner, call.spread)
    return None


def default_in_dict(run: Run, owner: dict[object, object], call: Call) -> object:
    """Do `dict.setdefault`."""
    reason = run.taint_of(owner)
    found = owner.setdefault(follow(call.argument(0, "key")), call.argument(1, "default"))
    return found if reason is None else run.doubtful(found, reason)


def add_to_set(run: Run, owner: set[object], call: Call) -> object:
    """Do `set.add`."""
    if (reason := unknown_of([call.argument(0, "elem")], call.line)) is not None:
        run.taint(owner, reason)
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
    result = lift(run, lambda *given: owner.join(given), parts, call.line)
    if reason is None:
        return result
    return Unknown(
        reason.reason, reason.line or call.line, follow(result) if reason.default is not MISSING else MISSING
    )


HANDLERS: dict[tuple[type, str], Callable[..., object]] = {
    (datetime, "replace"): replace_in_datetime,
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
