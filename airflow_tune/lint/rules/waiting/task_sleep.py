"""AFT803: a task holds its slot to do nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.index import Index, dotted
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

LONG_S = 30
PACE_S = 61
"""Seconds between two items from which on it is no longer a pace; judgement."""
STEPPED = 3
"""Arguments of a range that steps from batch to batch."""
ONWARD = re.compile(
    r"page|offset|cursor|next|skip|marker|token|batch|chunk|position|after|remaining|^(start|from|i|idx|index)$",
    re.IGNORECASE,
)
"""Names of what a loop goes on by: one that moves it forward works between its sleeps, and does not wait."""
TAKES = frozenset({"pop", "popleft", "get_nowait", "fetchone", "fetchmany", "send_message", "publish"})
SCREENS = frozenset({"driver", "browser", "webdriver"})
DRIVERS = ("selenium", "playwright", "undetected_chromedriver", "pyppeteer")
BRIEF_S = 1
"""Seconds below which a wait is for what happens in this very process or screen; judgement."""
CHILD = frozenset({"terminate", "kill", "send_signal"})
LIMITED = re.compile(r"429|rate.?limit|status_code|too.?many|throttl", re.IGNORECASE)

ANSWERED = re.compile(r"\bstatus_code\b|\.ok\b")
"""Tests of an HTTP answer itself, rather than of what it says."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield long sleeps, and sleeps between looks, in task code."""
    least_s = subject.options.of("AFT803", "min-seconds", LONG_S)
    beside = threads(subject.index) | commands(subject.index)
    for site in () if subject.index.script else subject.index.sites:
        if site.name != "time.sleep" or site.at_parse or not site.node.args or site.function in beside:
            continue
        if site.node.lineno in subject.flow.dead:
            continue
        loop = site.loops[-1] if site.loops else None
        if (isinstance(loop, ast.While) and supervises(loop)) or paces(loop, site.node.args[0]):
            continue
        if isinstance(loop, ast.While) and tries_again(loop, site.node):
            continue
        polls = isinstance(loop, ast.While) and not drives(subject.index) and looks(loop, site.node)
        if long(site.node.args[0], least_s) or polls:
            yield Hit.on(site.node, "time.sleep() holds the task's slot while nothing happens")


def drives(index: Index) -> bool:
    """Return whether a file drives a browser, whose pages and downloads only the same process can await."""
    return any(one.startswith(DRIVERS) for one in index.aliases.values())


def threads(index: Index) -> set[str]:
    """Return the functions that run as threads, beside what the task does."""
    targets = (site.keyword("target") for site in index.sites if site.last == "Thread")
    return {dotted(one, {}).rpartition(".")[2] for one in targets if one is not None}


def commands(index: Index) -> set[str]:
    """Return the functions that are commands of a command line, by click or typer: people run them."""
    found = set()
    for one in index.functions:
        decorators = [part.func if isinstance(part, ast.Call) else part for part in one.decorator_list]
        if any(isinstance(part, ast.Attribute) and part.attr == "command" for part in decorators):
            found.add(one.name)
    return found


def brief(node: ast.expr) -> bool:
    """Return whether a sleep is known to be so short that nothing else could look as often."""
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and node.value < BRIEF_S


def long(node: ast.expr, least_s: float) -> bool:
    """Return whether a sleep is known to take so many seconds."""
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and node.value >= least_s


def paces(loop: ast.stmt | None, seconds: ast.expr) -> bool:
    """Return whether a short sleep spaces out the items of a loop, as a service's limit asks for."""
    if not isinstance(loop, ast.For) or long(seconds, PACE_S):
        return False
    counts = isinstance(loop.iter, ast.Call) and ast.unparse(loop.iter.func) == "range"
    return not counts or len(loop.iter.args) == STEPPED  # type: ignore[attr-defined]


def supervises(loop: ast.While) -> bool:
    """Return whether a loop looks after a child process, in which the work goes on."""
    return any(isinstance(one, ast.Attribute) and one.attr in CHILD for one in nodes(loop))


def tries_again(loop: ast.While, sleep: ast.Call) -> bool:
    """Return whether a sleep, of a minute at most, stands between tries of what failed."""
    return not long(sleep.args[0], PACE_S) and any(spares(one, sleep) for one in nodes(loop))


def looks(loop: ast.While, sleep: ast.Call) -> bool:
    """Return whether a loop looks again and again at the same thing.

    Pages and batches that follow each other, another try after an error, and a service that asks for
    patience sleep for another reason; a screen that builds itself up can be looked at from here only.
    """
    if brief(sleep.args[0]) or SCREENS & {one.id for one in nodes(loop) if isinstance(one, ast.Name)}:
        return False
    return not any(moves(one) or spares(one, sleep) for one in nodes(loop))


def moves(node: ast.AST) -> bool:
    """Return whether a part of a loop moves it forward, or always leaves it: what follows is another try."""
    if isinstance(node, (ast.Assign, ast.AugAssign)):
        return onward(node)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr in TAKES
    return isinstance(node, ast.Try) and ends(node.body)


def spares(node: ast.AST, sleep: ast.Call) -> bool:
    """Return whether a sleep follows an error or a refusal, or the last look."""
    if isinstance(node, ast.ExceptHandler):
        return holds(node.body, sleep)
    if not isinstance(node, ast.If):
        return False
    if not holds(node.body, sleep):  # what leaves with a good answer tries again after a bad one
        return ends(node.body) and ANSWERED.search(ast.unparse(node.test)) is not None
    return ends(node.body) or LIMITED.search(ast.unparse(node.test)) is not None


def onward(node: ast.Assign | ast.AugAssign) -> bool:
    """Return whether an assignment moves a loop forward."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = [one.id for target in targets for one in nodes(target) if isinstance(one, ast.Name)]
    return any(map(ONWARD.search, names))


def holds(block: list[ast.stmt], node: ast.AST) -> bool:
    """Return whether a node stands somewhere in a block."""
    return any(part is node for one in block for part in nodes(one))


def ends(block: list[ast.stmt]) -> bool:
    """Return whether a block always leaves its loop: what follows it is another try."""
    last = block[-1]
    if isinstance(last, ast.If):
        return bool(last.orelse) and ends(last.body) and ends(last.orelse)
    return isinstance(last, (ast.Return, ast.Break, ast.Raise))


RULE = Rule(
    "AFT803",
    "sleep-in-task",
    Severity.WARN,
    Explanation(
        what=(
            "time.sleep of half a minute or more in task code, or a while loop that sleeps between looks at "
            "the same thing. Loops that go on between their sleeps (pages, batches, queues) and new tries "
            "after an error are left alone, and so are programs of their own and files that drive a browser."
        ),
        why="The worker slot and, with a pool, the pool's slot are taken while nothing happens.",
        example="while not done():\n    time.sleep(30)",
        instead="Use a sensor in reschedule mode or a deferrable operator.",
        fix="No edit: the call has to move to where it belongs, which only its author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
    options={"min-seconds": LONG_S},
)
