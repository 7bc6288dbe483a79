"""What SQL reads and writes, its templates included."""

from __future__ import annotations

import re

from airflow_tune.lint.dataflow import xcoms
from airflow_tune.lint.dataflow.effects import Effects
from airflow_tune.lint.dataflow.naming import EXPRESSION, SAME, address, word
from airflow_tune.lint.sql import statements
from airflow_tune.lint.statement import HOLE

XCOM = re.compile(r"xcom_pull\(\s*(?:task_ids\s*=\s*)?[\[(]?\s*[\"']([\w.\-]+)[\"']")
VARIABLE = re.compile(r"var\.(?:value|json)\.(\w+)|var\.(?:value|json)\.get\(\s*[\"'](\w+)")
CONNECTION = re.compile(r"conn\.(\w+)")
PLACE = re.compile(r"\b(to|from|infile|inpath)\s+'([^']+)'", re.IGNORECASE)
MOVES = frozenset({"copy", "unload", "load", "export"})


def of_sql(text: str) -> Effects:
    """Return the effects of SQL text; a procedure may do anything."""
    found = of_template(text)
    known = statements(EXPRESSION.sub(lambda one: word(one[1]) if SAME.match(one[1]) else HOLE, text))
    if known is None or not known:
        found.doubt("SQL that could not be read")
        return found
    for one in known:
        if one.kind in MOVES:
            moved(text, found)
            # COPY names its table in the same place whichever way the data goes.
            tables = one.reads | one.writes
            for table in tables:
                (found.read if found.writes else found.write)("table", table)
            continue
        if one.kind in ("call", "command", "execute") and not (one.reads or one.writes):
            found.doubt(f"what {one.kind} does")
        if one.calls:
            found.doubt(f"what {one.calls}() does")
        for table in one.reads:
            found.read("table", table)
        for table in one.writes:
            found.write("table", table)
    return found


def moved(text: str, found: Effects) -> None:
    """Note the files that COPY, LOAD and UNLOAD read or write; a place that is not written out is a doubt."""
    places = PLACE.findall(text)
    if not places:
        found.doubt("where the data goes")
    for word_before, place in places:
        (found.write if word_before.lower() == "to" else found.read)(*address(place))


def of_template(text: str) -> Effects:
    """Return what the templates of a text read: results of tasks, variables, connections."""
    found = Effects()
    if "{{" not in text and "{%" not in text:
        return found
    for task in XCOM.findall(text):
        found.read("result", task)
    for one, other in VARIABLE.findall(text):
        found.read("variable", one or other)
    for name in CONNECTION.findall(text):
        found.read("connection", name)
    if "xcom_pull" in text and not XCOM.search(text):
        found.doubt("whose results it pulls")
        for key in xcoms.keys_alone(text):
            found.read(xcoms.KIND, key)
    return found
