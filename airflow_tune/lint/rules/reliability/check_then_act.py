"""AFT708: between a look and the act that rests on it, somebody else acts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.editing import set_keyword
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.flow.looks import LOOKS, alike, looked, settled
from airflow_tune.lint.flow.queries import sent
from airflow_tune.lint.flow.texts import HOLE, text_of
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.sql import statements, verb
from airflow_tune.lint.subject import Subject

MAKES = frozenset({"os.makedirs", "os.mkdir"})
RUN_IDS = frozenset({"run_id", "dag_run_id", "AIRFLOW_CTX_DAG_RUN_ID"})
STAMPS = frozenset({"ts", "ts_nodash", "ts_nodash_with_tz"})
"""Airflow's texts of the run's time, to the second: parameters of a task or keys of its context."""
DAYS = frozenset({"ds", "ds_nodash", "data_interval_start", "data_interval_end"})
"""What runs of different days differ by: rows of a day are seldom written by two runs at once."""
MOMENTS = frozenset({"logical_date", "execution_date"})
TAKES = frozenset({"get", "pop"})
DEEP = 4
"""Names of names that are followed."""
FORGIVING = frozenset({"Exception", "OSError", "IOError", "FileExistsError", "FileNotFoundError"})
BARE = ast.Name("Exception")
REMOVES = frozenset({"os.remove", "os.unlink", "os.rmdir", "shutil.rmtree"})
OWN = "give each run a folder of its own, named after its run_id"
ADVICE = {
    "rmtree": f"Leave out the look: shutil.rmtree(path, ignore_errors=True). Better, {OWN}.",
    "rmdir": "Leave out the look, and let contextlib.suppress(FileNotFoundError) take the failure.",
}
"""What is advised for acts that know neither exist_ok nor missing_ok."""
RENEWED = f"Pass exist_ok=True. Better, {OWN}: what is emptied here is another run's as well."


def check(subject: Subject) -> Iterator[Hit]:
    """Yield looks at files, rows and attributes that the next act takes for true."""
    for body in subject.flow.bodies((*LOOKS, "mkdir")):
        for call in body.calls:
            if call.name in MAKES or call.name in REMOVES or call.last == "mkdir":
                yield from files(subject, body, call)
    if subject.flow.mentions("insert into"):
        for body in subject.flow.bodies(("execute", "run")):
            if not subject.flow.alone(body):
                yield from rows(body)
    yield from attributes(subject)


def files(subject: Subject, body: Body, call: Call) -> Iterator[Hit]:
    """Yield the making or removing of a path just after it was looked for."""
    path = path_of(call)
    branch = call.branches[-1] if call.branches else None
    allowed = call.keyword("exist_ok")
    if path is None or (isinstance(allowed, ast.Constant) and allowed.value is True):
        return
    if not isinstance(branch, ast.If) or not looked(body, branch.test, path) or forgiven(body, call):
        return
    if of_one_run(body, path):
        return
    if call.name in REMOVES:
        yield from removed(body, call, path)
    elif not settled(body, path, call.node.lineno):
        yield made(subject, body, call, branch)


def path_of(call: Call) -> ast.expr | None:
    """Return the path that a call makes or removes."""
    if call.last == "mkdir" and call.name not in MAKES:
        return call.receiver
    return call.argument(0, "name", "path")


def removed(body: Body, call: Call, path: ast.expr) -> Iterator[Hit]:
    """Yield the removing of a fixed path."""
    text = text_of(body, path)
    if text is not None and HOLE not in text.text:
        message = f"{call.last} fails when another run removes {text.text} after the look"
        yield Hit.on(call.node, message, advice=ADVICE.get(call.last, ""))


def made(subject: Subject, body: Body, call: Call, branch: ast.If) -> Hit:
    """Return the hit on the making of a folder, after a look or after its removal."""
    edit = None
    if call.name != "os.mkdir" and isinstance(branch.test, ast.UnaryOp):
        edit = set_keyword(subject, call.node, "exist_ok", "True")
    fix = Fix((edit,)) if edit is not None else None
    if renewed(body, call, branch):
        message = f"{call.last} fails when another run makes the folder again after it was removed"
        return Hit.on(call.node, message, fix, RENEWED)
    return Hit.on(call.node, f"{call.last} fails when another run makes the folder after the look", fix)


def renewed(body: Body, call: Call, branch: ast.If) -> bool:
    """Return whether the folder that a call makes was removed before under the same look."""
    path, otherwise = path_of(call), branch.orelse[0].lineno if branch.orelse else call.node.lineno + 1
    before = [one for one in body.calls if one.branches[-1:] == (branch,) and one.name in REMOVES]
    lines = [one.node.lineno for one in before if alike(path_of(one), path)]
    return call.node.lineno < otherwise and any(line < call.node.lineno for line in lines)


def of_one_run(body: Body, path: ast.expr, stamps: AbstractSet[str] = STAMPS, depth: int = 0) -> bool:
    """Return whether a path, or a value, holds the id of the run or one of its stamps: no other has it."""
    for node in nodes(body.value(path) or path):
        text = node.id if isinstance(node, ast.Name) else getattr(node, "attr", getattr(node, "value", None))
        if (isinstance(text, str) and text in RUN_IDS) or is_stamp(body, node, stamps):
            return True
        known = body.value(node) if isinstance(node, ast.Name) and depth < DEEP else None
        if known is not None and known is not node and of_one_run(body, known, stamps, depth + 1):
            return True
    return False


def is_stamp(body: Body, node: ast.AST, stamps: AbstractSet[str]) -> bool:
    """Return whether a node is the run's time: ts, context["ts"], str(dag_run.logical_date)."""
    if isinstance(node, ast.Attribute):
        return node.attr in MOMENTS and not isinstance(body.parents.get(node), ast.Attribute)
    if isinstance(node, ast.Name):
        return node.id in stamps and [one.how for one in body.binds.get(node.id, ())] == ["parameter"]
    key: ast.AST | None = node.slice if isinstance(node, ast.Subscript) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TAKES:
        key = node.args[0] if node.args else None
    return isinstance(key, ast.Constant) and key.value in stamps


def forgiven(body: Body, call: Call) -> bool:
    """Return whether an `except` around takes the failure of a call, and raises nothing."""
    inner: ast.AST = call.node
    for one in body.up(call.node):
        if isinstance(one, ast.Try) and any(inner is each for each in one.body):
            return any(forgives(handler) for handler in one.handlers)
        inner = one
    return False


def forgives(handler: ast.ExceptHandler) -> bool:
    """Return whether a handler takes the errors of files, and raises nothing."""
    raised = any(isinstance(one, ast.Raise) for one in nodes(handler))
    taken = {one.id for one in nodes(handler.type or BARE) if isinstance(one, ast.Name)}
    return bool(taken & FORGIVING) and not raised


def rows(body: Body) -> Iterator[Hit]:
    """Yield inserts, if nothing was there, into a table that the same function asked before."""
    asked: set[str] = set()
    for call in body.calls:
        text = sent(body, call)
        if text is None:
            continue
        for one in statements(text.filled()) or ():
            if verb(text.text) == "SELECT" and not of_one_day(body, call):
                asked |= one.reads
            under = any(isinstance(branch, ast.If) and negative(branch.test) for branch in call.branches)
            if one.kind == "insert" and not one.upsert and under and one.writes & asked:
                table = min(one.writes)
                yield Hit.on(call.node, f"another run may insert the row into {table} after the look")


def of_one_day(body: Body, call: Call) -> bool:
    """Return whether what a query is given, beside its text, is of one run: its id, its time or its day."""
    given = [*call.node.args[1:], *(one.value for one in call.node.keywords)]
    return any(of_one_run(body, one, STAMPS | DAYS) for one in given)


def negative(test: ast.expr) -> bool:
    """Return whether a test asks for nothing: not x, x is None, x == 0."""
    if isinstance(test, ast.UnaryOp):
        return isinstance(test.op, ast.Not)
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], (ast.Is, ast.Eq)):
        return False
    other = test.comparators[0]
    return isinstance(other, ast.Constant) and other.value in (None, 0)


def attributes(subject: Subject) -> Iterator[Hit]:
    """Yield attributes that are read, waited on, and written back from what was read, with no lock."""
    for node in subject.index.functions:
        owner, _ = subject.flow.owners.get(node, ("", None))
        if owner and subject.flow.mentions("thread", "sleep") and isinstance(node, ast.FunctionDef):
            yield from written_back(node)


def written_back(node: ast.FunctionDef) -> Iterator[Hit]:
    """Yield the writes of one method's own statements, outside any `with`."""
    read: dict[str, tuple[str, int]] = {}
    for number, one in enumerate(node.body):
        if not isinstance(one, ast.Assign):
            continue
        target, value = one.targets[0], one.value
        if isinstance(target, ast.Name) and isinstance(value, ast.Attribute) and own(value):
            read[target.id] = (value.attr, number)
        elif isinstance(target, ast.Attribute) and own(target) and isinstance(value, ast.BinOp):
            left = value.left.id if isinstance(value.left, ast.Name) else ""
            attr, since = read.get(left, ("", number))
            if attr == target.attr and any(
                isinstance(between, ast.Expr) for between in node.body[since:number]
            ):
                yield Hit.on(one, f"self.{attr} may have changed since it was read: an update is lost")


def own(node: ast.Attribute) -> bool:
    """Return whether an attribute is one of self."""
    return isinstance(node.value, ast.Name) and node.value.id == "self"


RULE = Rule(
    "AFT708",
    "check-then-act",
    Severity.WARN,
    Explanation(
        what=(
            "A folder or fixed path that is looked for and then made or removed, a row that is "
            "selected and then "
            "inserted if it was not there, an attribute that is read, waited on and written back "
            "without a lock. A folder is left alone where the function ended unless something in it is there."
        ),
        why=(
            "Tasks and runs work at the same time: one acts between the other's look and act, and one of "
            "them fails."
        ),
        example="if not os.path.exists(path):\n    os.makedirs(path)",
        instead=(
            "Let the act itself decide: makedirs(exist_ok=True), unlink(missing_ok=True), ON CONFLICT, a "
            "lock."
        ),
        fix="Unsafe: exist_ok=True, inside the test that then is in nobody's way.",
        sources=(
            "https://docs.python.org/3/library/os.html#os.makedirs",
            "https://cwe.mitre.org/data/definitions/367.html",
        ),
    ),
    check,
)
