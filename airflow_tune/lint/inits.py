"""What `__init__` of a file's classes calls: it runs wherever one of the class is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from airflow_tune.lint.index import Site, dotted
from airflow_tune.lint.subject import Subject


def inits(
    subject: Subject, endings: tuple[str, ...], wanted: Callable[[Site], bool]
) -> Iterator[tuple[Site, str]]:
    """Yield wanted calls in `__init__` of classes with a base whose name ends so, and the class's name."""
    made = [site for site in subject.index.sites if site.function == "__init__" and wanted(site)]
    for name, node in subject.classes.items() if made else ():
        if any(dotted(base, subject.index.aliases).endswith(endings) for base in node.bases):
            last = node.end_lineno or node.lineno
            yield from ((site, name) for site in made if node.lineno <= site.node.lineno <= last)
