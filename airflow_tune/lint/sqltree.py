"""SQL syntax trees, by sqlglot: from a tree to the plain values that rules ask for."""

from __future__ import annotations  # exp.Expr, in annotations only, is newer than the oldest sqlglot

import re
from collections.abc import Iterator
from typing import Any

import sqlglot
import sqlglot.parser
from sqlglot import exp
from sqlglot.errors import SqlglotError

from airflow_tune.lint.statement import Statement

# Otherwise each statement that it knows by its first word only would be told on stderr.
sqlglot.parser.logger.disabled = True

CLOCKS = (exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentDatetime, exp.CurrentTime)
NAMED_CLOCKS = frozenset(
    {"now", "sysdate", "getdate", "systimestamp", "sysdatetime", "today", "utc_timestamp"}
)
CATALOGS = (
    "information_schema",
    "pg_catalog",
    "sys.",
    "pg_",
    "dual",
    "sqlite_master",
    "all_tab",
    "all_objects",
    "all_constraints",
    "user_tab",
    "dba_",
    "stl_",
    "svv_",
)
HOMES = frozenset({"DATABASE", "SCHEMA", "CATALOG", "ROLE", "USER", "EXTENSION"})
"""What CREATE and DROP may be of without naming tables: who needs it nobody can tell by the tables."""
MAKES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Alter, exp.Drop, exp.TruncateTable)
DIALECTS = ("", "postgres", "mysql", "bigquery", "snowflake", "tsql")
"""Tried in order until one can read the text: connections tell their dialect only at run time."""
MARKS = (
    (re.compile(r"\b(?:from|join|into|update|table)\s+\[\w", re.IGNORECASE), "tsql"),
    (
        re.compile(r"\bto(?:Decimal|U?Int|Float)\d+\(|\barrayJoin\(|\bengine\s*=\s*\w*MergeTree\b"),
        "clickhouse",
    ),
)
"""What only one dialect writes, or others take for something else, as names in brackets for lists."""


def read(text: str) -> tuple[Statement, ...] | None:
    """Return the statements of a text, None where no dialect reads it."""
    marked = [dialect for mark, dialect in MARKS if mark.search(text)]
    for dialect in dict.fromkeys((*marked, *DIALECTS)):
        try:
            trees = sqlglot.parse(text, read=dialect or None)
        except (SqlglotError, RecursionError, ValueError) as error:
            # Its frames hold the parser, and that the error: a circle, which only collecting would end.
            error.__traceback__ = None
            continue
        return tuple(statement(one) for tree in trees for one in parts(tree))
    return None


class Nodes(list[Any]):
    """All nodes of a statement, nearest to its root first, from one walk for all that is asked."""

    def of(self, *kinds: type[exp.Expr]) -> Iterator[Any]:
        """Yield the nodes of some kinds."""
        return (one for one in self if isinstance(one, kinds))

    def forget(self) -> None:
        """Break the circles of nodes and their parents, so that all go at once."""
        for one in self:
            one.parent = None


def parts(tree: exp.Expr | None) -> Iterator[exp.Expr]:
    """Yield the statements of a parsed text; newer sqlglots put several into one block."""
    if tree is None:
        return
    if type(tree).__name__ == "Block":
        for one in tree.expressions:
            yield from parts(one)
    else:
        yield tree


def statement(tree: exp.Expr) -> Statement:
    """Return a tree as plain values; the tree is of no more use then."""
    nodes = Nodes(tree.walk())
    try:
        return described(tree, nodes)
    finally:
        nodes.forget()


def described(tree: exp.Expr, nodes: Nodes) -> Statement:
    """Return a tree as plain values."""
    kind = "select" if isinstance(tree, exp.Query) else type(tree).__name__.lower()
    if str(tree.args.get("kind") or "").upper() in HOMES:
        return Statement("command")
    names = {one.alias_or_name.lower() for one in nodes.of(exp.CTE)}
    meant = aliased(tree, nodes)
    written = frozenset(meant.get(name := name_of(one), name) for one in targets(nodes)) - {""}
    read_ = frozenset(name_of(one) for one in nodes.of(exp.Table)) - names - {"", *meant}
    also_reads = isinstance(tree, (exp.Update, exp.Delete, exp.Merge))
    return Statement(
        {"truncatetable": "truncate"}.get(kind, kind),
        read_ if also_reads else read_ - written,
        written,
        star(tree, nodes, names),
        whole(tree, nodes, names),
        clock(tree, nodes),
        isinstance(tree, exp.Insert) and upsert(tree, nodes),
        called(nodes) if isinstance(tree, exp.Select) and source(tree) is None else "",
        grouped(tree),
    )


def grouped(tree: exp.Expr) -> bool:
    """Return whether a statement fills a table with groups, distinct values or aggregates."""
    inner = tree.expression if isinstance(tree, (exp.Insert, exp.Create)) else None
    if not isinstance(inner, exp.Select):
        return False
    whole_groups = all(one.find(exp.AggFunc) for one in inner.expressions)
    return bool(inner.args.get("group") or inner.args.get("distinct") or whole_groups)


def called(nodes: Nodes) -> str:
    """Return the first function that no dialect knows, which may do anything; "" for none."""
    names = (one.name.lower() for one in nodes.of(exp.Anonymous))
    return next((name for name in names if name not in NAMED_CLOCKS), "")


def aliased(tree: exp.Expr, nodes: Nodes) -> dict[str, str]:
    """Return what the aliases stand for that UPDATE and DELETE may name instead of their table."""
    if not isinstance(tree, (exp.Update, exp.Delete)):
        return {}
    found = {one.alias.lower(): name_of(one) for one in nodes.of(exp.Table) if one.alias}
    return {alias: name for alias, name in found.items() if alias != name}


def targets(nodes: Nodes) -> Iterator[exp.Table]:
    """Yield the tables that a statement writes, makes or drops."""
    for one in nodes.of(*MAKES):
        if isinstance(one, (exp.TruncateTable, exp.Drop)):
            yield from one.find_all(exp.Table)
        elif isinstance(one.this, exp.Expression):  # a damaged statement may have True or a text there
            table = one.this.find(exp.Table)
            if table is not None:
                yield table


def name_of(table: exp.Table) -> str:
    """Return a table's dotted name in lower case, "" for a function's result."""
    name = table.name if table.this is not None else ""  # a schema alone, as DROP SCHEMA names it
    return ".".join(part for part in (table.catalog, table.db, name) if part).lower()


def source(select: exp.Select) -> exp.Expr | None:
    """Return what a select reads first; the argument has another name in newer sqlglots."""
    clause = select.args.get("from_") or select.args.get("from")
    return clause.this if clause is not None else None


def table_of(select: exp.Select, names: set[str]) -> str:
    """Return the real table that a select reads first, "" for a subquery, function, catalogue or CTE."""
    found = source(select)
    if not isinstance(found, exp.Table) or not isinstance(found.this, exp.Identifier):
        return ""
    name = name_of(found)
    return "" if name in names or name.startswith(CATALOGS) else name


def star(tree: exp.Expr, nodes: Nodes, names: set[str]) -> str:
    """Return the table of which a select takes all columns without naming them.

    Left alone: looks of a row or none, EXISTS, whole copies (CREATE TABLE AS), stars over subqueries
    that name their columns, and stars in subqueries of a query that names its own.
    """
    if isinstance(tree, exp.Create):
        return ""
    found = [one for one in nodes.of(exp.Select) if any(map(is_star, one.expressions))]
    outward = any(one.find_ancestor(exp.Subquery, exp.CTE) is None for one in found)
    for select in found:
        copies = select.args.get("into") is not None or select.find_ancestor(exp.Exists) is not None
        if outward and not copies and not peek(select):
            name = table_of(select, names)
            if name:
                return name
    return ""


def is_star(one: exp.Expr) -> bool:
    """Return whether an output is `*` or `t.*`; a list of exceptions was thought about, and is none."""
    found = one.this if isinstance(one, exp.Column) else one
    return isinstance(found, exp.Star) and not any(found.args.values())


def peek(select: exp.Select) -> bool:
    """Return whether a select takes a few rows only."""
    limit = select.args.get("limit")
    count = (limit.args.get("expression") or limit.args.get("count")) if limit is not None else None
    where = select.args.get("where")
    return is_few(count) or (where is not None and any(map(first_rows, where.find_all(exp.Predicate))))


def is_few(count: object) -> bool:
    """Return whether a number has up to three digits, or is a parameter, as for a page or a sample."""
    if isinstance(count, exp.Null):
        return True
    return isinstance(count, exp.Literal) and count.name.isdigit() and len(count.name) < 4  # noqa: PLR2004


def first_rows(condition: exp.Expr) -> bool:
    """Return whether a condition takes the first rows (Oracle's ROWNUM), or none (1 = 0)."""
    if not isinstance(condition, (exp.EQ, exp.LT, exp.LTE)):
        return False
    one, other = condition.left, condition.right
    if isinstance(one, exp.Literal) and isinstance(other, exp.Literal):
        return isinstance(condition, exp.EQ) and one.name != other.name
    return one.name.lower() == "rownum" and is_few(other)


def whole(tree: exp.Expr, nodes: Nodes, names: set[str]) -> str:
    """Return the table that a select fetches from its first row to its last."""
    if not isinstance(tree, exp.Select):
        return ""
    bounds = ("where", "group", "having", "qualify", "limit", "distinct", "joins", "laterals")
    if any(tree.args.get(name) for name in bounds) or any(nodes.of(exp.TableSample)):
        return ""
    # Aggregates answer with one row.
    if all(one.find(exp.AggFunc, exp.Window) for one in tree.expressions):
        return ""
    return table_of(tree, names)


def clock(tree: exp.Expr, nodes: Nodes) -> str:
    """Return the wall-clock function in a condition; deletes of what has grown old are meant to use it."""
    if isinstance(tree, exp.Delete):
        return ""
    for condition in nodes.of(exp.Where, exp.Having, exp.Join):
        for one in condition.find_all(*CLOCKS, exp.Anonymous, exp.Column):
            plain = isinstance(one, CLOCKS)
            name = one.name.lower()
            unquoted = not isinstance(one, exp.Column) or (
                not one.table and name in ("sysdate", "systimestamp")
            )
            if plain or (name in NAMED_CLOCKS and unquoted):
                return spoken(type(one).__name__) if plain else name.upper()
    return ""


def spoken(name: str) -> str:
    """Return a class's name as SQL writes it: CURRENT_DATE for CurrentDate."""
    return f"{name[:7]}_{name[7:]}".upper()


def upsert(tree: exp.Insert, nodes: Nodes) -> bool:
    """Return whether an insert says what happens to rows that are there already."""
    said = ("conflict", "overwrite", "ignore", "alternative", "is_replace")
    if any(tree.args.get(name) for name in said):
        return True
    # INSERT ... SELECT ... WHERE NOT EXISTS (...), or an anti-join with the table itself.
    target = {name_of(one) for one in targets(nodes)}
    inner = tree.expression
    return inner is not None and any(name_of(one) in target for one in inner.find_all(exp.Table))
