"""A profile and what it extends: each value is looked up in the nearest document that holds it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airflow_tune.documents import Document, load_document, load_schema
from airflow_tune.documents.tree import read_tree
from airflow_tune.errors import DocumentError, UsageError, nearest
from airflow_tune.origins import OriginKind
from airflow_tune.profiles.shelf import BASE, profile_names, shelf

WHAT = "profile"
LONGEST_CHAIN = 8


@dataclass(frozen=True, slots=True)
class Chain:
    """The documents of a profile, nearest first; the last one holds every value."""

    documents: tuple[Document, ...]

    def holder(self, *keys: str) -> Document:
        """Return the nearest document in which a value stands at `keys`."""
        return next((one for one in self.documents if one.value(*keys) is not None), self.documents[-1])


def open_chain(reference: str) -> Chain:
    """Return the profile called `reference`, or in the file of that path, with all that it extends.

    Raises UsageError for a name that no profile has, DocumentError for a file that is not what a
    profile must be, extends itself, or extends too many others.
    """
    documents = [_open_first(reference)]
    while (parent := _parent(documents[-1])) is not None:
        documents.append(parent)
        _check(documents)
    return Chain(tuple(documents))


def _open_first(reference: str) -> Document:
    if reference in (*profile_names(), BASE):
        return _open_shipped(reference)
    if _is_path(reference) or Path(reference).is_file():
        return _open_file(Path(reference), WHAT)
    raise UsageError(
        f'no profile is called "{reference}", and there is no such file',
        remedy=nearest(reference, profile_names()),
    )


def _parent(document: Document) -> Document | None:
    """Return what `document` extends: a user's profile that names none still stands on `base`."""
    extends = document.value("extends")
    if extends is None:
        return None if document.kind is OriginKind.PROFILE else _open_shipped(BASE)
    if extends in (*profile_names(), BASE):
        return _open_shipped(extends)
    if _is_path(extends):
        what = f"{WHAT} that {document.origin('extends')} extends"
        return _open_file(document.path.parent / extends, what)
    raise DocumentError(
        f'no profile is called "{extends}"',
        where=str(document.origin("extends")),
        remedy=f"{nearest(extends, (*profile_names(), BASE))} (a file is named with its .yaml)",
    )


def _check(documents: list[Document]) -> None:
    """Refuse a chain that comes back to where it was, or that never ends."""
    last = documents[-1]
    names = " → ".join(str(one.path) for one in documents)
    where = str(documents[-2].origin("extends"))
    if any(_same(last, other) for other in documents[:-1]):
        raise DocumentError(
            f"the profile extends itself: {names}", where=where, remedy="let one of them extend base"
        )
    if len(documents) > LONGEST_CHAIN:
        raise DocumentError(
            f"more than {LONGEST_CHAIN} profiles extend each other: {names}",
            where=where,
            remedy="write the values of the middle ones into one file",
        )


def _same(one: Document, other: Document) -> bool:
    return one.kind is other.kind and one.path.resolve() == other.path.resolve()


def _is_path(reference: str) -> bool:
    return "/" in reference or reference.endswith((".yaml", ".yml"))


def _open_file(path: Path, what: str) -> Document:
    return load_document(path, load_schema("airflow_tune.profiles"), what=what)


def _open_shipped(name: str) -> Document:
    """Return a profile that ships, not validated: that costs more than all the rest, and a test does it."""
    file = f"{name}.yaml"
    tree = read_tree((shelf() / file).read_text(encoding="utf-8"))
    data: dict[str, Any] = tree.data
    return Document(data, Path("profiles") / file, WHAT, OriginKind.PROFILE, tree.lines)
