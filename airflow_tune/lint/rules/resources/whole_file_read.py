"""AFT601: a whole data file is read into memory."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.edit import Edit, Fix
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.flow.kinds import kind
from airflow_tune.lint.flow.paths import OPENS, pathlike
from airflow_tune.lint.flow.texts import text_of
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

DATA = re.compile(
    r"\.(csv|tsv|jsonl|ndjson|parquet|avro|orc|log|dat|xml)(\.(gz|bz2|zst|xz))?$", re.IGNORECASE
)
SMALL = re.compile(
    r"config|mapping|lookup|seed|sample|test|schema|template|param|setting|secret|static|meta|example",
    re.IGNORECASE,
)
"""Files that are small by what they are for."""
FRAMES = {
    "pandas.read_csv": ("chunksize", "nrows", "iterator", "usecols"),
    "pandas.read_parquet": ("columns", "filters"),
}
PATHS = ("filepath_or_buffer", "path")


def check(subject: Subject) -> Iterator[Hit]:
    """Yield reads of whole data files."""
    for body in subject.flow.bodies(("read", "readlines", "read_csv", "read_parquet", "load")):
        for call in body.calls:
            if (call.name in FRAMES and whole_frame(body, call)) or whole_text(body, call):
                yield Hit.on(call.node, f"{call.last}() holds the whole file in memory", by_line(body, call))


def whole_frame(body: Body, call: Call) -> bool:
    """Return whether pandas reads a data file without chunks or a choice of columns."""
    if any(call.keyword(name) is not None for name in FRAMES[call.name]) or any(
        one.arg is None for one in call.node.keywords
    ):
        return False
    return data_path(body, call.argument(0, *PATHS))


def whole_text(body: Body, call: Call) -> bool:
    """Return whether a call takes all of an opened data file at once, or its lines only to loop over them."""
    if call.name == "json.load":
        return bool(call.node.args) and data_path(body, path_of(body, call.node.args[0]))
    if call.last not in ("read", "readlines") or call.node.args or kind(body, call.receiver) != "file":
        return False
    looped = call.last == "readlines" and any(loop.over is call.node for loop in body.loops)
    return looped or data_path(body, path_of(body, call.receiver))


def by_line(body: Body, call: Call) -> Fix | None:
    """Return the fix that loops over a file itself in place of a list of its lines."""
    looped = call.last == "readlines" and any(loop.over is call.node for loop in body.loops)
    receiver = call.receiver
    if not looped or receiver is None:
        return None
    end, last = (call.node.end_lineno or 0, call.node.end_col_offset or 0), receiver
    return Fix((Edit(last.end_lineno or 0, last.end_col_offset or 0, *end, ""),))


def path_of(body: Body, node: ast.expr | None) -> ast.expr | None:
    """Return the path that a file was opened with."""
    if isinstance(node, ast.Name):
        home = body.holder(node.id)
        before = [one for one in (home.binds[node.id] if home is not None else ()) if one.line <= node.lineno]
        node = max(before, key=lambda one: one.line).value if before else None
    if isinstance(node, ast.Call) and body.dotted(node.func) in OPENS and node.args:
        return node.args[0]
    return None


def data_path(body: Body, node: ast.expr | None) -> bool:
    """Return whether a path names data by its ending, and nothing small by its words."""
    text = text_of(body, pathlike(body, node)) if node is not None else None
    return text is not None and bool(DATA.search(text.text)) and not SMALL.search(text.text)


RULE = Rule(
    "AFT601",
    "whole-file-read",
    Severity.WARN,
    Explanation(
        what=(
            "read(), readlines(), json.load, read_csv or read_parquet of a file that holds data by its "
            "ending, "
            "without chunks, a number of rows or a choice of columns."
        ),
        why=(
            "The task's memory grows with the file, several times over for a data frame, and with as "
            "many such "
            "tasks as the worker runs at once."
        ),
        example='frame = pd.read_csv("/data/orders.csv")',
        instead="Iterate over the lines, or read in parts: chunksize, usecols, columns, row groups.",
        fix=(
            "Unsafe: loops over the file in place of readlines(); no edit for the others, as what "
            "follows has to work on parts."
        ),
        sources=(
            "https://pandas.pydata.org/docs/user_guide/scale.html",
            "https://docs.python.org/3/tutorial/inputoutput.html#methods-of-file-objects",
        ),
    ),
    check,
)
