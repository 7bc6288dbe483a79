"""What a schema cannot say: sizes that nothing can have, and values that contradict each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from airflow_tune.deployment.database import RESERVED
from airflow_tune.deployment.layout import groups_of, places_of, shares_host, size_at
from airflow_tune.documents import Document, Problem
from airflow_tune.documents.model import Keys
from airflow_tune.documents.words import place_of
from airflow_tune.measured import Measured
from airflow_tune.units import format_bytes

# Less than this is a number whose unit was forgotten: `memory: 16`.
_LEAST_BYTES = 1024 * 1024


def contradictions(document: Document) -> Iterator[Problem]:
    """Yield everything in a document (that fits its schema) which no deployment can be."""
    sizes = [("host",), *places_of(document), *((*group, "pod") for group in groups_of(document))]
    impossible = [problem for keys in sizes for problem in _impossible(document, keys)]
    yield from impossible or _ill_fitting(document)
    yield from _homeless(document)
    yield from _repeated_names(document)
    yield from _connections(document)


def _impossible(document: Document, keys: Keys) -> Iterator[Problem]:
    """Yield sizes that nothing has, whatever stands beside them."""
    cores, memory = (*keys, "cores"), (*keys, "memory")
    if document.value(*cores) is not None and document.cores_at(*cores).value <= 0:
        yield _problem(document, cores, "expected more than 0 cores")
    if document.value(*memory) is not None and document.bytes_at(*memory).value < _LEAST_BYTES:
        found = document.value(*memory)
        yield _problem(document, memory, f"expected at least 1 MiB, with a unit such as 2GiB, found {found}")


def _ill_fitting(document: Document) -> Iterator[Problem]:
    """Yield what is larger than what holds it: limits on the shared host, pods on their node."""
    for keys in places_of(document):
        if shares_host(document, keys):
            yield from _larger(document, keys, ("host",), "the shared host")
    for group in groups_of(document):
        yield from _larger(document, (*group, "pod"), group, "a node of its group")


def _larger(document: Document, keys: Keys, holder: Keys, name: str) -> Iterator[Problem]:
    readers: tuple[tuple[str, Callable[..., Measured[float]], Callable[[float], str]], ...] = (
        ("cores", document.cores_at, lambda cores: f"{cores:g} cores"),
        ("memory", document.bytes_at, format_bytes),
    )
    for part, read, shown in readers:
        limit = size_at(document, holder, part)
        if document.value(*keys, part) is None or document.value(*limit) is None:
            continue
        asked, there = read(*keys, part), read(*limit)
        if asked.value > there.value:
            has = f"which has {shown(there.value)} ({there.origin})"
            yield _problem(document, (*keys, part), f"{shown(asked.value)} do not fit on {name}, {has}")


def _homeless(document: Document) -> Iterator[Problem]:
    """Yield what says no place to run, and a shared host that nothing runs on."""
    places = places_of(document)
    for keys in places:
        if shares_host(document, keys) and "host" not in document.data:
            yield _problem(document, keys, "give its cores and memory, or a `host` that it runs on")
        elif not shares_host(document, keys):
            missing = [part for part in ("cores", "memory") if document.value(*keys, part) is None]
            yield from (_problem(document, keys, f'"{part}" is missing') for part in missing)
    if "host" in document.data and not any(shares_host(document, keys) for keys in places):
        yield _problem(document, ("host",), "nothing runs on it, all have cores and memory of their own")


def _repeated_names(document: Document) -> Iterator[Problem]:
    lines: dict[str, int] = {}
    for group in groups_of(document):
        name = document.value(*group, "name")
        if name in lines:
            message = f'a group named "{name}" stands in line {lines[name]} already'
            yield _problem(document, (*group, "name"), message)
        lines.setdefault(name, document.line_of(*group, "name"))


def _connections(document: Document) -> Iterator[Problem]:
    """Yield connections that the server does not have to give."""
    most = document.value("database", "max_connections")
    if most is None:
        return
    reserved = document.value("database", "reserved_connections", default=RESERVED.value)
    if reserved >= most:
        keys: Keys = ("database", "reserved_connections")
        yield _problem(document, keys, f"{reserved} of {most} connections are reserved: none is left")
        return
    opened: Keys = ("database", "pooler", "server_connections")
    if document.value(*opened, default=0) > most - reserved:
        message = (
            f"the pooler may open {document.value(*opened)}, the server has {most} - {reserved} reserved"
        )
        yield _problem(document, opened, message)


def _problem(document: Document, keys: Keys, message: str) -> Problem:
    return Problem(f"{place_of(keys)}: {message}", document.line_of(*keys))
