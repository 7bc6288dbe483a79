"""What expressions hold: connections, cursors, engines, sessions, hooks, data frames, records, files.

Followed through the function's own names and those around it. What cannot be known is "", and a name that
holds different things is unknown too.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from airflow_tune.lint.flow.body import Bind, Body

DATABASES = (
    *("psycopg", "pymysql", "mysql", "MySQLdb", "sqlite3", "snowflake", "pyodbc", "oracledb", "cx_Oracle"),
    *(
        "pymssql",
        "redshift_connector",
        "clickhouse_driver",
        "trino",
        "prestodb",
        "pyhive",
        "impala",
        "vertica",
    ),
    *("duckdb", "databricks.sql", "jaydebeapi", "teradatasql", "hdbcli", "ibm_db_dbi", "aiosqlite"),
)
OPENS = re.compile(
    r"(?:^|\.)(?:create|open|new|make)_(?:\w+_)?conn(?:ection)?$|(?:^|\.)connect_to_\w*(?:db|database)$"
)
"""Functions of a project that open a connection, by their names; Airflow's get_connection opens none."""
SQL_HOOK = re.compile(
    r"(Postgres|MySql|MsSql|Sqlite|Oracle|Snowflake|Redshift|RedshiftSQL|Jdbc|Odbc|Trino|Presto|Vertica|"
    r"Exasol|Teradata|DatabricksSql|Druid(Db)?Api|Pinot(Db)?Api|DbApi|Drill|Hana|ClickHouse|Cloud(Sql)?Database|"
    r"Impala|Duck(db|DB)|Sqlalchemy)Hook$|^AwsRedshift|DatabaseHook$"
)
MADE = {
    "sqlalchemy.create_engine": "engine",
    "sqlmodel.create_engine": "engine",
    "sqlalchemy.ext.asyncio.create_async_engine": "engine",
    "sqlalchemy.orm.sessionmaker": "sessionmaker",
    "sqlalchemy.orm.scoped_session": "sessionmaker",
    "sqlalchemy.orm.Session": "session",
    "airflow.utils.session.create_session": "session",
    "airflow.settings.Session": "session",
    "requests.Session": "http",
    "requests.session": "http",
    "httpx.Client": "http",
    "open": "file",
    "io.open": "file",
    "gzip.open": "file",
    "bz2.open": "file",
    "codecs.open": "file",
    "socket.socket": "socket",
    "socket.create_connection": "socket",
    "smtplib.SMTP": "smtp",
    "smtplib.SMTP_SSL": "smtp",
    "ftplib.FTP": "ftp",
    "ftplib.FTP_TLS": "ftp",
    "paramiko.SSHClient": "ssh",
    "paramiko.Transport": "ssh",
    "pymongo.MongoClient": "mongo",
}
FRAMES = re.compile(
    r"^(pandas|polars|awswrangler|dask\.dataframe|geopandas)\.([\w.]*\.)?(read_\w+|DataFrame|concat|merge|json_normalize)$"
)
METHODS = {
    ("hook", "get_sqlalchemy_engine"): "engine",
    ("hook", "get_cursor"): "cursor",
    ("hook", "get_records"): "records",
    ("hook", "get_pandas_df"): "dataframe",
    ("hook", "get_df"): "dataframe",
    ("hook", "get_first"): "row",
    ("engine", "connect"): "connection",
    ("engine", "begin"): "connection",
    ("engine", "raw_connection"): "connection",
    ("sessionmaker", "begin"): "session",
    ("connection", "cursor"): "cursor",
    ("connection", "execution_options"): "connection",
    ("connection", "execute"): "cursor",
    ("session", "execute"): "cursor",
    ("session", "query"): "query",
    ("cursor", "execute"): "cursor",
    ("cursor", "fetchall"): "records",
    ("cursor", "fetchmany"): "batch",
    ("cursor", "fetchone"): "row",
    ("cursor", "mappings"): "cursor",
    ("cursor", "scalars"): "cursor",
    ("cursor", "all"): "records",
    ("query", "all"): "records",
    ("query", "first"): "row",
    ("query", "one"): "row",
    ("query", "count"): "number",
    ("ssh", "open_sftp"): "sftp",
    ("file", "read"): "content",
    ("file", "readlines"): "content",
}
FRAME_KEEPS = frozenset(
    {
        *("merge", "drop", "dropna", "fillna", "rename", "assign", "astype", "sort_values", "reset_index"),
        *("set_index", "copy", "query", "drop_duplicates", "join", "append", "melt", "explode", "replace"),
        *("apply", "applymap", "transpose", "to_pandas", "filter", "select", "with_columns", "infer_objects"),
    }
)
CONVENTION = {
    **dict.fromkeys(("cursor", "cur", "curs", "crsr"), "cursor"),
    **dict.fromkeys(("conn", "connection", "db_conn", "pg_conn", "dbconn"), "connection"),
}
"""What a parameter, or the result of an unread function, holds by its name alone."""


def kind(body: Body, node: ast.expr | None, depth: int = 0) -> str:
    """Return what an expression holds, "" where that is unknown."""
    if isinstance(node, ast.Await):
        node = node.value
    if node is None or depth > 12:  # noqa: PLR2004 - chains of names are short
        return ""
    if isinstance(node, ast.Call):
        return call_kind(body, node, depth)
    if isinstance(node, ast.Name):
        return name_kind(body, node.id, depth)
    if isinstance(node, ast.IfExp):
        return same([kind(body, node.body, depth + 1), kind(body, node.orelse, depth + 1)])
    return part_kind(body, node, depth) if isinstance(node, ast.Subscript) else ""


def part_kind(body: Body, node: ast.Subscript, depth: int) -> str:
    """Return what a part of something is: some rows or columns of a data frame are one."""
    held = kind(body, node.value, depth + 1)
    wide = isinstance(node.slice, (ast.List, ast.Compare, ast.BinOp, ast.UnaryOp))
    return held if held == "dataframe" and wide else ""


def call_kind(body: Body, node: ast.Call, depth: int) -> str:
    """Return what a call returns."""
    name = body.dotted(node.func)
    made = MADE.get(name) or constructed(name)
    if made:
        return made
    last = name.rpartition(".")[2]
    if last in ("closing", "enter_context") and node.args:
        return kind(body, node.args[0], depth + 1)
    if isinstance(node.func, ast.Attribute):
        held = kind(body, node.func.value, depth + 1)
        return method_kind(held, node.func.attr)
    if isinstance(node.func, ast.Name) and kind(body, node.func, depth + 1) == "sessionmaker":
        return "session"
    return ""


@lru_cache(maxsize=4096)
def constructed(name: str) -> str:
    """Return what is made by a constructor of this dotted name."""
    last = name.rpartition(".")[2]
    if "()" in name:
        return ""
    if last in ("connect", "Connection", "dbconnect") and name.startswith(DATABASES):
        return "connection"
    if last.endswith("Hook") and last != "get_hook":
        return f"hook:{last}"
    if FRAMES.match(name):
        return "dataframe"
    return "connection" if OPENS.search(name) else ""


def method_kind(held: str, method: str) -> str:
    """Return what a method of something known returns."""
    family, _, cls = held.partition(":")
    if family == "hook" and method == "get_conn":
        return "connection" if SQL_HOOK.search(cls) else f"client:{cls}"
    if family == "hook" and cls == "HttpHook" and method == "get_conn":
        return "http"
    if held == "dataframe" and method in FRAME_KEEPS:
        return "dataframe"
    if family == "query" and (held, method) not in METHODS:
        return "query"
    return METHODS.get((family, method), "")


def name_kind(body: Body, name: str, depth: int) -> str:
    """Return what a name holds: the one thing that its bindings agree on.

    Kept by the depth it is asked at: names that are bound often, each to the others, would be followed along
    every way from one to another.
    """
    home = body.holder(name)
    if home is None:
        return CONVENTION.get(name, "")
    if (name, depth) not in home.kinds:
        binds = [one for one in home.binds[name] if not empty(one) and not changed(name, one.value)]
        home.kinds[name, depth] = same([bind_kind(home, name, one, depth) for one in binds])
    return home.kinds[name, depth]


def changed(name: str, value: ast.expr | None) -> bool:
    """Return whether a value is what the name holds already, only with other rows or columns."""
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
        return False
    of = value.func.value
    return isinstance(of, ast.Name) and of.id == name and value.func.attr in FRAME_KEEPS


def bind_kind(body: Body, name: str, bind: Bind, depth: int) -> str:
    """Return what one binding puts into a name."""
    if bind.how == "parameter":
        return annotated(body, bind.value) or CONVENTION.get(name, "")
    if bind.how in ("assign", "with"):
        known = kind(body, bind.value, depth + 1)
        unread = isinstance(bind.value, ast.Call) and body.dotted(bind.value.func).rpartition(".")[2]
        return known or (CONVENTION.get(name, "") if unread and unread != "get_connection" else "")
    return ""


def annotated(body: Body, node: ast.expr | None) -> str:
    """Return what a parameter holds by its annotation."""
    if node is None or isinstance(node, ast.Constant):
        return ""
    name = body.dotted(node)
    if name in ("pandas.DataFrame", "polars.DataFrame"):
        return "dataframe"
    return MADE.get(name, "") or (constructed(name) if name.endswith("Hook") else "")


def empty(bind: Bind) -> bool:
    """Return whether a binding only says that there is nothing yet."""
    return isinstance(bind.value, ast.Constant) and bind.value.value is None


def same(kinds: list[str]) -> str:
    """Return the kind that all agree on."""
    return kinds[0] if kinds and all(one == kinds[0] for one in kinds) else ""
