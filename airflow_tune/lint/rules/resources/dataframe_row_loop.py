"""AFT603: a data frame is worked on row by row, or grown in a loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.flow.body import Body, Call, Loop, names_in
from airflow_tune.lint.flow.file import Flow
from airflow_tune.lint.flow.kinds import kind
from airflow_tune.lint.flow.loops import LABOUR, labours, throttled
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

CUTS = frozenset({"head", "tail", "nlargest", "nsmallest"})
COUNTS = frozenset({"value_counts", "describe"})
TELLS = frozenset({"print", "echo", "info", "debug", "warning", "log"})
POOLS = frozenset({"submit", "apply_async", "Thread", "Process", "create_task", "ensure_future"})
"""Calls that hand work to others, beside which the row's object is nothing."""
ASKS = frozenset({"execute", "executemany"})
"""Calls that ask a database, a round trip for each row: what is told of that is AFT502's and AFT505's."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield loops over rows, functions applied to rows, and frames that grow by copies."""
    if not subject.flow.mentions("pandas"):
        return
    for body in subject.flow.bodies(("iterrows", "apply", "append", "concat")):
        for call in body.calls:
            message = slow(subject.flow, body, call)
            if message:
                yield Hit.on(call.node, message)


def slow(flow: Flow, body: Body, call: Call) -> str:
    """Return what is slow about a call, "" for nothing."""
    rows = (loop for loop in body.loops if call.last == "iterrows" and over_rows(loop.over, call))
    many = (loop for loop in rows if not ended(loop.node) and not tells(getattr(loop.node, "body", [])))
    if any(not elsewhere(flow, body, loop) for loop in many) and not of_few(body, call):
        return "iterrows() makes an object of each row, far slower than working on columns or itertuples()"
    if call.last == "apply" and by_row(call) and not styled(call) and not waiting(flow, body, call):
        return "apply(axis=1) calls a Python function for each row"
    if call.loops and call.last in ("append", "concat") and grows(body, call):
        return f"{call.last}() copies the whole frame for each item of the loop"
    return ""


def of_few(body: Body, call: Call) -> bool:
    """Return whether a loop runs over rows that something on the way to them makes few."""
    made = body.value(call.receiver)
    return made is not None and any(map(cut, nodes(made)))


def cut(made: ast.AST) -> bool:
    """Return whether a call gives counts, or as many rows as are written out: head(10)."""
    if not isinstance(made, ast.Call) or not isinstance(made.func, ast.Attribute):
        return False
    written = any(isinstance(one, ast.Constant) for one in made.args[:1] or [ast.Constant(5)])
    return made.func.attr in COUNTS or (made.func.attr in CUTS and written)


def tells(block: list[ast.stmt]) -> bool:
    """Return whether a loop prints a line for each row, and does nothing else: for readers, who take few."""
    calls = [one.value for one in block if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
    lines = [one for one in calls if one.args and isinstance(one.args[0], ast.JoinedStr)]
    said = [one for one in lines if ast.unparse(one.func).rpartition(".")[2] in TELLS]
    named = [one for one in block if isinstance(one, (ast.Assign, ast.AnnAssign))]
    return bool(said) and len(said) + len(named) == len(block)


def ended(loop: ast.AST) -> bool:
    """Return whether a loop ends before its last row."""
    return any(isinstance(one, ast.Break) for part in getattr(loop, "body", ()) for one in nodes(part))


def elsewhere(flow: Flow, body: Body, loop: Loop) -> bool:
    """Return whether a loop gives each row to workers, or waits for others at each: that takes the time."""
    inside = [one for one in body.calls if loop in one.loops]
    if any(one.last in POOLS or asks(body, one) or waits(flow, one.name) for one in inside):
        return True
    return labours(body, loop) or throttled(body, loop)


def asks(body: Body, call: Call) -> bool:
    """Return whether a call asks a database."""
    return call.last in ASKS or kind(body, call.receiver).startswith("hook")


def waits(flow: Flow, name: str) -> bool:
    """Return whether a function of the file waits for somebody else."""
    return any(LABOUR.search(inner.name) for body in flow.named(name) for inner in body.calls)


def waiting(flow: Flow, body: Body, call: Call) -> bool:
    """Return whether the function that is applied to each row waits for somebody else."""
    given = call.argument(0, "func")
    if isinstance(given, ast.Name):
        return waits(flow, given.id)
    inside = (one for one in nodes(given) if isinstance(one, ast.Call)) if given is not None else ()
    names = [body.dotted(one.func) for one in inside]
    return any(LABOUR.search(name) or waits(flow, name) for name in names)


def styled(call: Call) -> bool:
    """Return whether a call is one of a report's style, whose frame is as small as the report."""
    inside = nodes(call.receiver) if call.receiver is not None else ()
    return any(isinstance(one, ast.Attribute) and one.attr == "style" for one in inside)


def over_rows(over: ast.expr | None, call: Call) -> bool:
    """Return whether a loop runs over the rows of a call, counted or not."""
    return over is not None and any(one is call.node for one in nodes(over))


def by_row(call: Call) -> bool:
    """Return whether apply goes along the rows."""
    axis = call.argument(1, "axis")
    return isinstance(axis, ast.Constant) and axis.value in (1, "columns") and axis.value is not True


def grows(body: Body, call: Call) -> bool:
    """Return whether a name is bound, inside the loop, to itself and more."""
    parent = body.parents.get(call.node)
    if not isinstance(parent, ast.Assign) or not isinstance(parent.targets[0], ast.Name):
        return False
    name = parent.targets[0].id
    made_outside = any(call.loops[-1] not in one.loops for one in body.binds.get(name, ()))
    if call.last == "append":
        return made_outside and isinstance(call.receiver, ast.Name) and call.receiver.id == name
    first = call.node.args[0] if call.node.args else None
    return made_outside and call.name == "pandas.concat" and name in names_in(first)


RULE = Rule(
    "AFT603",
    "dataframe-row-loop",
    Severity.WARN,
    Explanation(
        what=(
            "A loop over iterrows(), apply with axis=1, or a frame that append or concat makes longer in a "
            "loop. Rows that are each handed to a thread, or each ask a database or wait for a service, are "
            "left alone."
        ),
        why=(
            "Columns are computed on in C, rows in Python: about a hundred times slower; a frame grown "
            "in a loop "
            "is copied each time, so twice the rows take four times as long."
        ),
        example="for _, row in frame.iterrows():\n    total += row.price * row.count",
        instead=(
            "Work on whole columns; collect parts in a list and concat once; itertuples where a loop must be."
        ),
        fix="No edit: the loop's body has to be written for columns.",
        sources=(
            "https://pandas.pydata.org/docs/user_guide/basics.html#iteration",
            "https://pandas.pydata.org/docs/user_guide/enhancingperf.html",
        ),
    ),
    check,
)
