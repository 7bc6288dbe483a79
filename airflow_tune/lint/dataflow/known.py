"""Which calls of Python code touch nothing outside, and which touch what their arguments name."""

from __future__ import annotations

import builtins

QUIET_MODULES = frozenset(
    {
        *("logging", "math", "re", "datetime", "random", "time", "itertools", "functools", "collections"),
        *("operator", "uuid", "hashlib", "base64", "string", "decimal", "statistics", "textwrap", "typing"),
        *("pendulum", "dateutil", "json", "csv", "copy", "enum", "dataclasses", "numpy", "pandas", "pprint"),
        *(
            "warnings",
            "traceback",
            "contextlib",
            "io",
            "gc",
            "bs4",
            "xml",
            "html",
            "pytz",
            "zoneinfo",
            "tempfile",
        ),
        *("platform", "calendar", "secrets", "fractions", "bisect", "heapq", "urllib.parse", "unicodedata"),
    }
)
QUIET_BUILTINS = frozenset(dir(builtins)) - {"open", "exec", "eval", "compile", "__import__", "input"}
QUIET_CALLS = frozenset(
    {
        *("os.path.join", "os.path.basename", "os.path.dirname", "os.path.splitext", "os.environ.get"),
        *("os.getenv", "os.cpu_count", "os.getcwd", "os.getpid", "os.path.abspath", "pathlib.Path"),
        *("boto3.client", "boto3.resource", "boto3.Session", "requests.Session", "requests.session"),
        *("airflow.operators.python.get_current_context", "airflow.sdk.get_current_context"),
    }
)
QUIET_METHODS = frozenset(
    {
        *("append", "extend", "items", "keys", "values", "get", "split", "strip", "lower", "upper", "format"),
        *("join", "replace", "startswith", "endswith", "encode", "decode", "strftime", "isoformat", "sort"),
        *(
            "reverse",
            "pop",
            "setdefault",
            "add",
            "index",
            "count",
            "json",
            "raise_for_status",
            "info",
            "debug",
        ),
        *("warning", "error", "exception", "critical", "find", "rstrip", "lstrip", "title", "copy", "group"),
        *(
            "groups",
            "match",
            "search",
            "findall",
            "sub",
            "splitlines",
            "isdigit",
            "zfill",
            "timestamp",
            "date",
        ),
        *(
            "total_seconds",
            "weekday",
            "insert",
            "remove",
            "discard",
            "union",
            "intersection",
            "close",
            "commit",
        ),
        *("rollback", "cursor", "fetchall", "fetchone", "fetchmany", "get_conn", "get_sqlalchemy_engine"),
        *(
            "__enter__",
            "seek",
            "read",
            "readlines",
            "readline",
            "writerow",
            "writerows",
            "writeheader",
            "write",
        ),
        *("writelines", "flush", "getvalue", "iter_content", "iter_lines", "connect", "begin", "capitalize"),
        *("update", "clear", "log", "in_timezone", "to_date_string", "subtract", "getLogger"),
    }
)
"""Methods of texts, containers, moments, loggers, answers, cursors and open files.

What an open file or cursor touches is told where it was opened or where SQL was sent.
"""
READS_FILE = frozenset(
    {
        *("read_csv", "read_parquet", "read_json", "read_excel", "read_pickle", "read_feather", "read_table"),
        *("read_orc", "read_hdf", "scan_csv", "scan_parquet"),
    }
)
WRITES_FILE = frozenset(
    {
        *("to_csv", "to_parquet", "to_json", "to_excel", "to_pickle", "to_feather", "to_orc", "to_hdf"),
        *("write_csv", "write_parquet", "write_json"),
    }
)
PATH_READS = frozenset({"read_text", "read_bytes", "exists", "is_file", "iterdir", "glob", "rglob"})
PATH_WRITES = frozenset({"write_text", "write_bytes", "unlink", "mkdir", "touch", "rmdir"})
OS_READS = frozenset(
    {"os.listdir", "os.walk", "os.scandir", "glob.glob", "os.path.exists", "os.path.isfile", "os.stat"}
)
OS_WRITES = frozenset({"os.remove", "os.unlink", "os.makedirs", "os.mkdir", "shutil.rmtree", "os.rmdir"})
OS_MOVES = frozenset({"shutil.move", "os.rename", "os.replace"})
OS_COPIES = frozenset({"shutil.copy", "shutil.copyfile", "shutil.copy2", "shutil.copytree"})
HTTP = ("requests", "httpx", "session", "http")
HTTP_READS = frozenset({"get", "head", "options"})
HTTP_WRITES = frozenset({"post", "put", "patch", "delete"})
SENDS_SQL = frozenset(
    {"execute", "executemany", "run", "get_records", "get_first", "get_pandas_df", "get_df"}
)
READS_SQL = frozenset({"read_sql", "read_sql_query"})
STORES = {
    "load_file": ("bucket_name", "key", True),
    "load_string": ("bucket_name", "key", True),
    "load_bytes": ("bucket_name", "key", True),
    "load_file_obj": ("bucket_name", "key", True),
    "read_key": ("bucket_name", "key", False),
    "get_key": ("bucket_name", "key", False),
    "check_for_key": ("bucket_name", "key", False),
    "download_file": ("bucket_name", "key", False),
    "upload": ("bucket_name", "object_name", True),
    "download": ("bucket_name", "object_name", False),
    "put_object": ("Bucket", "Key", True),
    "get_object": ("Bucket", "Key", False),
    "upload_file": ("Bucket", "Key", True),
    "upload_fileobj": ("Bucket", "Key", True),
}
"""Methods of S3 and GCS hooks and clients: the arguments for bucket and key, and whether they write."""
POSITIONS = {
    "load_file": (2, 1),
    "load_string": (2, 1),
    "load_bytes": (2, 1),
    "load_file_obj": (2, 1),
    "read_key": (1, 0),
    "get_key": (1, 0),
    "check_for_key": (1, 0),
    "download_file": (1, 0),
    "upload": (0, 1),
    "download": (0, 1),
    "upload_file": (1, 2),
    "upload_fileobj": (1, 2),
}
NOTICES = frozenset({"send_email", "send_message", "sendmail", "chat_postMessage", "send_smtp_email"})
SHELLS = frozenset(
    {"os.system", "subprocess.run", "subprocess.check_call", "subprocess.check_output", "subprocess.call"}
)
