"""From a file or text to a Document that fits its schema, or one error that says all that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from airflow_tune.documents.model import Document, Problem, refusal
from airflow_tune.documents.reading import read_text
from airflow_tune.documents.schema import problems_of
from airflow_tune.documents.tree import read_tree
from airflow_tune.origins import OriginKind


def load_document(
    path: Path, schema: Mapping[str, Any], *, what: str, kind: OriginKind = OriginKind.FILE
) -> Document:
    """Return the YAML file at `path`, which fits `schema` (JSON Schema, draft 2020-12).

    `what` names the file in messages ("deployment file"), `kind` stands in the origin of its values.
    Beside JSON Schema's own, `format` may be "bytes", "timespan" or "cores". Raises one DocumentError
    that lists every violation with its line.
    """
    return parse_document(read_text(path, what=what), schema, what=what, path=path, kind=kind)


def parse_document(
    text: str,
    schema: Mapping[str, Any],
    *,
    what: str,
    path: Path = Path("<text>"),
    kind: OriginKind = OriginKind.FILE,
) -> Document:
    """Return the Document that the YAML `text` holds; see load_document for the rest."""
    tree = read_tree(text)
    problems = tree.problems
    if not problems and not isinstance(tree.data, dict):
        problems = (Problem("at the top there must be keys with values, such as `name: value`", 1),)
    problems = problems or problems_of(tree.data, schema, tree.lines)
    if problems:
        raise refusal(problems, path=path, what=what)
    return Document(tree.data, path, what, kind, tree.lines)
