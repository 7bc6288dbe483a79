"""AFT601: a whole data file is read into memory."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.edit import Edit, Fix
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.flow.file import Flow
from airflow_tune.lint.flow.frames import written_rows
from airflow_tune.lint.flow.kinds import kind
from airflow_tune.lint.flow.paths import OPENS, accesses, pathlike
from airflow_tune.lint.flow.texts import HOLE, Text, text_of
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
WRITTEN = re.compile(
    r"\.(sql|hql|ya?ml|toml|cfg|conf|ini|env|properties|md|py|html?|j2)$|requirements", re.IGNORECASE
)
"""Files that people write: no data makes them grow."""
WRITES = frozenset({"write", "writelines", "writerow", "writerows", "dump"})
FRAMES = {
    "pandas.read_csv": ("chunksize", "nrows", "iterator", "usecols"),
    "pandas.read_parquet": ("columns", "filters"),
}
PATHS = ("filepath_or_buffer", "path")


def check(subject: Subject) -> Iterator[Hit]:
    """Yield reads of whole data files."""
    found = [
        (body, call, path)
        for body in subject.flow.bodies(("read", "readlines", "read_csv", "read_parquet", "load"))
        for call in body.calls
        if (path := whole(body, call)) is not None
    ]
    tiny = written_out(subject.flow) if found else frozenset()
    for body, call, path in found:
        if path.text not in tiny:
            yield Hit.on(call.node, f"{call.last}() holds the whole file in memory", by_line(body, call))


def whole(body: Body, call: Call) -> Text | None:
    """Return the path of the file that a call holds in memory, HOLE where it is only known to be one."""
    if call.name in FRAMES:
        parts = any(one.arg is None or one.arg in FRAMES[call.name] for one in call.node.keywords)
        return None if parts else data_path(body, call.argument(0, *PATHS))
    if call.name == "json.load":
        return data_path(body, path_of(body, call.node.args[0])) if call.node.args else None
    if call.last not in ("read", "readlines") or call.node.args or kind(body, call.receiver) != "file":
        return None
    path = path_of(body, call.receiver)
    return any_path(body, path) if looped(body, call) else data_path(body, path)


def looped(body: Body, call: Call) -> bool:
    """Return whether the lines of a file are listed only to loop over them."""
    return call.last == "readlines" and any(loop.over is call.node for loop in body.loops)


def by_line(body: Body, call: Call) -> Fix | None:
    """Return the fix that loops over a file itself in place of a list of its lines."""
    receiver = call.receiver
    if not looped(body, call) or receiver is None:
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


def data_path(body: Body, node: ast.expr | None) -> Text | None:
    """Return a path that names data by its ending, and nothing small by its words."""
    text = text_of(body, pathlike(body, node)) if node is not None else None
    return text if text is not None and DATA.search(text.text) and not SMALL.search(text.text) else None


def any_path(body: Body, node: ast.expr | None) -> Text | None:
    """Return a path that may be that of data: unknown ones are, files that people write are not."""
    text = (text_of(body, pathlike(body, node)) if node is not None else None) or Text(HOLE)
    return None if SMALL.search(text.text) or WRITTEN.search(text.text) else text


def written_out(flow: Flow) -> frozenset[str]:
    """Return the paths to which the file itself writes data that stands in the source: a few rows of it."""
    return frozenset(
        access.path
        for body in flow.bodies(("to_csv", "to_parquet", "open"))
        for access, call in accesses(body)
        if access.mode == "write" and (few_rows(body, call) if call.last != "open" else few_lines(body, call))
    )


def few_rows(body: Body, call: Call) -> bool:
    """Return whether a call saves a data frame that is made of rows, or of columns, that are written out."""
    rows = written_rows(body, call.receiver)
    return bool(rows) and all(isinstance(one, (ast.Dict, ast.List, ast.Tuple)) for one in rows or ())


def few_lines(body: Body, call: Call) -> bool:
    """Return whether all that is written to a file inside its `with`, outside of loops, is written out."""
    block = next((one for one in body.up(call.node) if isinstance(one, ast.With)), None)
    inside = [one for one in body.calls if block in one.branches and one.last in WRITES and one.node.args]
    return bool(inside) and all(
        isinstance(body.value(one.node.args[0]), (ast.List, ast.Dict, ast.Constant)) and not one.loops
        for one in inside
    )


RULE = Rule(
    "AFT601",
    "whole-file-read",
    Severity.WARN,
    Explanation(
        what=(
            "read(), readlines(), json.load, read_csv or read_parquet of a file that holds data by its "
            "ending, "
            "without chunks, a number of rows or a choice of columns. Files that people write, and those "
            "that the same module fills with data written out in it, are left alone."
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
