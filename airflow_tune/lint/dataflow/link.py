"""How two tasks of a chain stand to each other: the second needs the first, does not, or nobody can know."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from airflow_tune.dags.model import Task
from airflow_tune.lint.dataflow.effects import Effects, Resource, conflict
from airflow_tune.lint.statement import HOLE
from airflow_tune.lint.subject import Subject

RATE = re.compile(
    r"rate.?limit|throttl|quota|\b429\b|(?:requests?|calls?) (?:per|a|at a) |one (?:at a time|by one|after)|"
    r"sequential|serial|in (?:this )?order|must (?:run|be|come|wait|happen)|not in parallel|no parallel|"
    r"at the same time|deadlock|overload|avoid .*(?:lock|load)|only (?:after|when|once|one)|depends on|"
    r"foreign.?keys?|order (?:matters|counts)|respect",
    re.IGNORECASE,
)
"""Words of a comment that give a reason for an order."""
STAGES = (
    """start begin init setup prepare create ensure check validate verify test wait auth login is has assert
    sense""",
    "extract fetch download get ingest read pull collect scrape crawl import generate unzip unpack",
    """transform process clean cleanse normalize normalise enrich compute calculate aggregate merge join build
    train convert parse filter dedupe analyze analyse predict score combine""",
    "load store save write upload insert publish export push deploy sync copy archive evaluate",
    """report notify send email mail alert slack summarize summary cleanup finish end done complete remove
    delete drop teardown finalize refresh print log update mark trigger""",
)
"""First words of task ids, in the order in which they follow each other."""
CHECKS = frozenset(STAGES[0].split()) - {"prepare", "create"}
GATES = frozenset(
    {
        "check",
        "checks",
        "test",
        "quality",
        "validate",
        "validation",
        "verify",
        "verification",
        "gate",
        "assert",
    }
)
"""Words anywhere in an id for a task after which the rest may not go on."""
WATCHES = frozenset({"monitor", "monitors", "monitoring", "audit"})
FILLED = frozenset({"service", "table", "object"})
"""Kinds of resources that a service may fill."""
LAST = len(STAGES) - 1
PREFIXES = frozenset({"task", "op", "step", "tsk"})
"""Words before the verb that say nothing; single letters (`t_load`) are such too."""


class Verdict(str, Enum):
    """What is known of a link."""

    NEEDED = "needed"
    INDEPENDENT = "independent"
    UNCLEAR = "unclear"


class Link(NamedTuple):
    """One verdict with its reason."""

    verdict: Verdict
    reason: str = ""


def link(subject: Subject, first: Task, second: Task, one: Effects, other: Effects) -> Link:
    """Return how `second`, which comes after `first` in a chain, stands to it."""
    reason = ordered(first, second, one, other)
    if reason:
        return Link(Verdict.NEEDED, reason)
    why, sure = conflict(pushing(one, first), other)
    if why:
        return Link(Verdict.NEEDED if sure else Verdict.UNCLEAR, why)
    said = comment(subject, first, second)
    if said:
        return Link(Verdict.NEEDED, said)
    doubt = one.unknown or other.unknown or vague(one, other) or named_steps(first, second, one, other)
    if doubt:
        owner = first.key if one.unknown else second.key if other.unknown else ""
        return Link(Verdict.UNCLEAR, f"{doubt} in {owner}" if owner else doubt)
    return Link(Verdict.INDEPENDENT)


def pushing(effects: Effects, task: Task) -> Effects:
    """Return the effects of a task, its own result among what it writes."""
    writes = {*effects.writes, Resource("result", task.key)}
    if isinstance(task.task_id, str):
        writes.add(Resource("result", task.task_id))
    return Effects(set(effects.reads), writes, effects.unknown)


def ordered(first: Task, second: Task, one: Effects, other: Effects) -> str:
    """Return why the order is meant whatever the two touch, "" where it is not known to be."""
    if second.argument("trigger_rule") != "all_success" or second.is_teardown:
        return f"{second.key} runs by the outcome of what is before it"
    if first.is_setup:
        return f"{first.key} is a setup"
    if other.notifies or stage(second) == LAST:
        return (
            f"{second.key} tells of the work before it, or cleans up after it" if stage(first) != LAST else ""
        )
    if one.folder and one.folder == other.folder:
        return f"both work in {one.folder}"
    return ""


def vague(one: Effects, other: Effects) -> str:
    """Return what is touched under a name that is not known at all, or behind a service's back."""
    whole = [resource for resource in one.writes | other.writes if resource.name == HOLE]
    if whole:
        return f"which {whole[0].kind} is written"
    # What a service does with what it is sent, another service may wait for, or who reads what it fills.
    sent = sorted(resource for resource in one.writes if resource.kind == "service")
    asked = any(resource.kind == "service" for resource in other.writes)
    filled = any(resource.kind in FILLED for resource in other.reads)
    return f"what {sent[0].name} sets off" if sent and (asked or filled) else ""


def named_steps(first: Task, second: Task, one: Effects, other: Effects) -> str:
    """Return that the names tell of steps, where what the two touch says little."""
    if one.none and other.none and first.key.rpartition(".")[0] != second.key.rpartition(".")[0]:
        return "their groups follow each other"
    before, after = stage(first), stage(second)
    if (verb(first) in CHECKS and verb(first) != verb(second)) or (words(first) - words(second)) & GATES:
        return f"{first.key} decides by its name whether the rest goes on"
    if (words(second) - words(first)) & WATCHES:
        return f"{second.key} watches by its name what comes before it"
    if before is not None and after is not None and before < after and (one.none or other.none):
        return "by their names they are steps of one job"
    bare = [
        task.key for task, effects in ((first, one), (second, other)) if effects.none and not effects.works
    ]
    # A task that only prints may stand for one that is to come: then names have to say that both are alike.
    return f"{bare[0]} does nothing yet" if bare and stem(first) != stem(second) else ""


def words(task: Task) -> set[str]:
    """Return the words of a task's id, without its groups."""
    return set(re.split(r"[_\-\s\d]+", task.key.rpartition(".")[2].lower()))


def stem(task: Task) -> str:
    """Return a task's id without the number or letter at its end."""
    return re.sub(r"[_\-]*(\d+|(?<![a-z])[a-z])$", "", task.key.rpartition(".")[2].lower())


def verb(task: Task) -> str:
    """Return the first word of a task's id, without its groups."""
    label = task.key.rpartition(".")[2].lower()
    words = re.split(r"[_\-\s]|\d", label)
    return next((word for word in words if len(word) > 1 and word not in PREFIXES), words[0])


def stage(task: Task) -> int | None:
    """Return which step of a job a task is by its name, None where it does not tell."""
    word = verb(task)
    return next((n for n, words in enumerate(STAGES) if word in words.split()), None)


def comment(subject: Subject, first: Task, second: Task) -> str:
    """Return the comment beside either task, or in its function, that gives a reason for an order."""
    for task in (second, first):
        for line in sorted(beside(subject, task)):
            text = subject.lines[line - 1]
            if "#" in text and RATE.search(text.partition("#")[2]):
                return f'the comment of line {line}: "{text.partition("#")[2].strip()[:60]}"'
    return ""


def beside(subject: Subject, task: Task) -> set[int]:
    """Return the lines around a task's call, and of its function."""
    found: set[int] = set()
    if task.place.file == subject.file:
        found.update(range(task.place.line - 2, task.place.line + 4))
    called = task.arguments.get("python_callable")
    line = getattr(called, "line", 0)
    for node in subject.definitions.get(line, ()):
        found.update(range(node.lineno - 3, (node.end_lineno or node.lineno) + 1))
    return {line for line in found if 0 < line <= len(subject.lines)}
