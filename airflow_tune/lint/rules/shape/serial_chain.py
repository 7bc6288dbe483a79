"""AFT201: tasks wait for each other although nothing passes between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from airflow_tune.findings import Evidence, Severity
from airflow_tune.lint.dataflow.chain import Chain
from airflow_tune.lint.project import ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit
from airflow_tune.origins import computed

LEAST_S = 30.0
"""Seconds of a run below which a saving is not told: starts of tasks cost as much; judgement."""
MOST, LEAST_LEFT_OUT = 4, 2
"""Links and tasks that a message names of a long chain, and how many are worth leaving out."""


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield chains that are longer than their data flow asks for, priced where there is a history."""
    least_s = subject.knowledge.options.of("AFT201", "min-seconds", LEAST_S)
    ran = subject.task_seconds
    for file in subject.files:
        for chain in file.chains:
            price = priced(chain, ran)
            if price is None:
                yield hit(chain, "", ())
            elif price[0] >= least_s:
                yield hit(chain, f"; about {price[0]:.0f} s less of each run", (price[1],))


def hit(chain: Chain, saving: str, evidence: tuple[Evidence, ...]) -> Hit:
    """Return the hit for one chain."""
    pairs = [f"{chain.tasks[low]} >> {chain.tasks[high]}" for low, high in chain.free]
    places = sorted({place for pair in chain.free for place in pair})
    touched = [f"{chain.tasks[place]} {chain.touched[place]}" for place in places]
    apart = (
        f"only read what they share, {some(chain.shared, ', ')}" if chain.shared else "touch different things"
    )
    message = (
        f"{some(pairs, ', ')}: no data passes and they {apart} ({some(touched, '; ')}),"
        " so they could start together"
    )
    advice = f"write {chain.form()}{saving}"
    if chain.reasons:
        advice += f". Kept: {'; '.join(chain.reasons)}"
    advice += ". If the order is to spare something, give the tasks a pool instead"
    return Hit(chain.line, message, chain.file, advice=advice, evidence=evidence)


def some(parts: Sequence[str], between: str) -> str:
    """Return parts as one text, the first of many with a count of the rest."""
    rest = len(parts) - MOST
    told = parts if rest < LEAST_LEFT_OUT else [*parts[:MOST], f"and {rest} more"]
    return between.join(told)


def priced(chain: Chain, ran: Mapping[tuple[str, str], float]) -> tuple[float, Evidence] | None:
    """Return the seconds of a run that the parallel form saves; None where some task's are not known."""
    seconds = [ran.get((chain.dag_id, task)) for task in chain.tasks]
    known = [one for one in seconds if one is not None]
    if len(known) < len(seconds) or not known:
        return None
    whole, longest = sum(known), chain.longest(known)
    formula = f"{whole:.0f} s in a row - {longest:.0f} s on the longest path (medians of the history)"
    return whole - longest, Evidence("saved per run", f"{whole - longest:.0f} s", computed(formula), formula)


RULE = ProjectRule(
    "AFT201",
    "serial-chain",
    Severity.WARN,
    Explanation(
        what=(
            "Tasks in a row of which some neither get data from the one before nor touch what it touches, "
            "but to read it as well: no result, table, file, object, variable or connection is shared "
            "otherwise, and no later task pulls the latest of their XComs. It is silent where a task's "
            "inside is not known, and where the order has another reason: a check, a clean-up, a "
            "notification, a shared directory, a comment that names a rate limit."
        ),
        why=(
            "A run takes the sum of the tasks' times instead of the longest. (A straight row costs the "
            "scheduler a little less than a wide graph; that is worth it for tasks of seconds only, and with "
            "a history such chains are left out.)"
        ),
        example="extract_orders >> extract_customers >> join",
        instead="Let a task wait for those whose data it needs: [extract_orders, extract_customers] >> join.",
        fix="No edit: what the source does not show, such as the load that a server bears, the author knows.",
        sources=(
            "https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html#reducing-dag-complexity",
        ),
    ),
    check,
    options={"min-seconds": LEAST_S},
)
