"""What a value yields when it is iterated over."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.truth import is_plain
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Bound, Call, Function
from airflow_tune.dags.values.graph import GroupValue, MappedArgument, XCom
from airflow_tune.dags.values.klass import Class, Instance
from airflow_tune.dags.values.stream import StopPushError, Stream
from airflow_tune.dags.values.symbol import Symbol

ORDERED_BY_HASH = "the order of a set"


def elements(run: Run, value: object, call: Call) -> tuple[Iterable[object], Unknown | None]:
    """Return the elements and, when they are in doubt, why; what is left of an iterator is taken.

    What is unknown yields its default's elements, or one unknown element: "one or more of these".
    """
    if isinstance(value, (list, tuple, dict)):
        return list(value), run.taint_of(value)
    if isinstance(value, (str, bytes, range)):
        return value, None
    if isinstance(value, Stream):
        return rest(run, value), value.reason
    if isinstance(value, Unknown):
        return unknown_elements(run, value, call)
    return other(run, value, call)


def order_of(value: set[object] | frozenset[object], call: Call) -> Unknown | None:
    """Return that the order of a set is another in each process, None where it is not."""
    if len(value) < 2 or all(isinstance(part, int) for part in value):  # noqa: PLR2004 - one has no order
        return None
    return Unknown(ORDERED_BY_HASH, call.line)


def settled(value: set[object] | frozenset[object]) -> list[object]:
    """Return the elements of a set in one of its orders, the same whenever the file is read."""
    try:
        return sorted(value)  # type: ignore[type-var]
    except TypeError:  # of several kinds
        return list(value)


def unless_order(reason: Unknown | None) -> Unknown | None:
    """Return a doubt unless only the order is in doubt, for what does not depend on it."""
    return None if reason is not None and reason.reason == ORDERED_BY_HASH else reason


def unknown_elements(run: Run, value: Unknown, call: Call) -> tuple[Iterable[object], Unknown | None]:
    """Return the elements of something unknown."""
    reason = Unknown(value.reason, value.line or call.line, foreign=value.foreign)
    run.risks += 1
    if value.default is MISSING:
        return [reason], reason
    inner, doubt = elements(run, value.default, call)
    return inner, reason if doubt is None else doubt


def other(run: Run, value: object, call: Call) -> tuple[Iterable[object], Unknown | None]:
    """Return the elements of a set or an object."""
    if isinstance(value, (set, frozenset)):
        order = order_of(value, call)
        return list(value) if order is None else settled(value), run.taint_of(value) or order
    if isinstance(value, Symbol):
        reason = Unknown(f"the elements of {value.name}", call.line, foreign=value.foreign)
        return [reason], reason
    if isinstance(value, (GroupValue, Class)) and (found := members(value)) is not None:
        return found, None
    if isinstance(value, Instance):
        method = value.cls.find("__iter__")
        if isinstance(method, Function):
            return elements(run, run.call(Bound(method, value), Call([], {}, call.node, call.scope)), call)
        if "__tuple__" in value.attributes:
            return elements(run, value.attributes["__tuple__"], call)
    if isinstance(value, (XCom, MappedArgument)) or is_plain(value):
        raise RaisedError("TypeError", "the value is not iterable", call.line)
    reason = Unknown("the elements of an object that is not read", call.line)
    return [reason], reason


def members(value: GroupValue | Class) -> list[object] | None:
    """Return the tasks of a group or the members of an enum; None for other classes."""
    if isinstance(value, GroupValue):
        return list(value.tasks())
    if not value.derives("Enum", "StrEnum", "IntEnum"):
        return None
    return [one for one in value.names.values() if isinstance(one, Instance) and one.cls is value]


def rest(run: Run, stream: Stream) -> list[object]:
    """Return what is left of an iterator, which is then at its end."""
    asked(run, stream)
    left = stream.items[stream.at :]
    stream.at = len(stream.items)
    return left


def asked(run: Run, stream: Stream) -> None:
    """Let an iterator yield all that it has, once."""
    push, stream.push = stream.push, None
    if stream.cut:
        run.hazard(Unknown("an iterator that is read on after a loop left it"))
    if push is None:
        return
    before = run.effects
    with run.doubting(None):
        stream.reason = push(taker(run, stream))
    stream.lively = run.effects != before
    reason = run.taint_of(stream.items)
    stream.reason = stream.reason or reason


def draw(run: Run, source: object, take: Callable[[object], None], call: Call) -> Unknown | None:
    """Hand on the elements of a source one by one, of an iterator as it yields them; return their doubt."""
    if isinstance(source, Stream) and source.push is not None and not source.cut:
        push, source.push = source.push, None
        try:
            return push(take)
        except StopPushError:
            source.cut = True
            raise
    found, reason = elements(run, source, call)
    with run.doubting(unless_order(reason)):
        for value in found:
            run.budget.spend()
            take(value)
    return reason


def taker(run: Run, stream: Stream) -> Callable[[object], None]:
    """Return what keeps the elements that an iterator yields, with the doubt in which it does."""

    def take(value: object) -> None:
        run.budget.spend()
        stream.items.append(value)
        if run.doubts and stream.reason is None:
            run.taint(stream.items, run.doubts[-1])

    return take


def leave(run: Run, stream: Stream, taken: int, line: int) -> None:
    """Give back what was not taken of an iterator; what yielding it did may not have happened."""
    stream.at = taken
    if taken < len(stream.items) and stream.entangled:
        run.hazard(Unknown("an iterator that is not read to its end", line))


def stream_of(push: Callable[[Callable[[object], None]], Unknown | None], *sources: object) -> Stream:
    """Return an iterator that nobody has asked yet."""
    return Stream(push, sources)
