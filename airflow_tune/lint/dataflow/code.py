"""What the Python function of a task reads and writes, followed into the functions of its file."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from airflow_tune.lint.dataflow import known, xcoms
from airflow_tune.lint.dataflow.effects import Effects
from airflow_tune.lint.dataflow.naming import address, stored
from airflow_tune.lint.dataflow.query import of_sql
from airflow_tune.lint.dataflow.shell import of_command
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.flow.file import Flow
from airflow_tune.lint.flow.kinds import kind
from airflow_tune.lint.flow.texts import HOLE as TEXT_HOLE
from airflow_tune.lint.flow.texts import Text, text_of
from airflow_tune.lint.statement import HOLE

DEEP = 6
"""Functions inside each other that are followed."""
COLUMNS = 3
"""Words of a subprocess that are read where it is given a list."""


@dataclass(slots=True)
class Code:
    """One run of a function: what its parameters hold, as texts, and the effects found so far.

    A hasty one ends at the first call that is not understood.
    """

    flow: Flow
    body: Body
    given: Mapping[str, str]
    found: Effects
    seen: set[str] = field(default_factory=set)
    hasty: bool = False

    def effects(self) -> Effects:
        """Return the effects of all calls of the body."""
        for call in self.body.calls:
            if self.hasty and self.found.unknown:
                break
            if not any(step(self, call) for step in STEPS):
                self.found.doubt(f"what {call.name.removeprefix('?.')}() does")
        return self.found

    def text(self, node: ast.expr | None) -> str:
        """Return the text of an expression, HOLE for each part that is not known."""
        node = self.body.value(node)
        if isinstance(node, ast.Name) and node.id in self.given:
            return self.given[node.id]
        if (
            isinstance(node, ast.Call)
            and self.body.dotted(node.func) in ("pathlib.Path", "str")
            and node.args
        ):
            return self.text(node.args[0])
        if isinstance(node, ast.Call) and self.body.dotted(node.func) == "os.path.join":
            return "/".join(self.text(one) for one in node.args)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            return f"{self.text(node.left)}/{self.text(node.right)}"
        text = text_of(self.body, node)
        return HOLE if text is None else self.filled(text)

    def filled(self, text: Text) -> str:
        """Return a text with what is known of its computed parts."""
        pieces = text.text.split(TEXT_HOLE)
        holes = [self.part(one) for one in text.holes] if len(text.holes) == len(pieces) - 1 else []
        parts = holes or [HOLE] * (len(pieces) - 1)
        return pieces[0] + "".join(part + piece for part, piece in zip(parts, pieces[1:], strict=True))

    def part(self, node: ast.expr | None) -> str:
        """Return what one computed part is, HOLE where that is not known."""
        node = self.body.value(node)
        if isinstance(node, ast.Name):
            # What Airflow hands in is the same for all tasks of a run.
            return self.given.get(node.id, "run" if node.id in SAME else HOLE)
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else HOLE

    def touch(self, node: ast.expr | None, *, writes: bool) -> None:
        """Note what an expression addresses; one that is an open file was told when it was opened."""
        if kind(self.body, node) == "file":
            return
        family, name = address(self.text(node))
        (self.found.write if writes else self.found.read)(family, name)


SAME = frozenset({"ds", "ds_nodash", "ts", "ts_nodash", "run_id", "logical_date", "execution_date"})


def own(code: Code, call: Call) -> bool:
    """Follow a function of the file, once."""
    bodies = code.flow.named(call.name) if "." not in call.name else []
    if len(bodies) != 1:
        return False
    if call.name not in code.seen and len(code.seen) < DEEP:
        inner = bodies[0]
        args = inner.node.args.args if isinstance(inner.node, ast.FunctionDef) else []
        names = [one.arg for one in args]
        given = {name: code.text(node) for name, node in zip(names, call.node.args, strict=False)}
        given.update((one.arg, code.text(one.value)) for one in call.node.keywords if one.arg)
        Code(code.flow, inner, given, code.found, code.seen | {call.name}, hasty=code.hasty).effects()
    return True


def quiet(code: Code, call: Call) -> bool:
    """Pass over what touches nothing outside."""
    name = call.name
    builtin = "." not in name and name in known.QUIET_BUILTINS
    module = name.partition(".")[0] in known.QUIET_MODULES or name.startswith("urllib.parse.")
    method = "." in name and call.last in known.QUIET_METHODS
    return builtin or module or method or name in known.QUIET_CALLS or made(code, call)


def made(code: Code, call: Call) -> bool:
    """Return whether a call makes what is used later: an exception, a hook, a connection, a frame."""
    plain = isinstance(call.node.func, ast.Name)
    if plain and call.last.endswith("Hook"):
        name = next((one.value for one in call.node.keywords if (one.arg or "").endswith("conn_id")), None)
        code.found.read("connection", code.text(name or call.argument(0)))
    if plain and (call.last.endswith(("Error", "Exception", "Hook")) or ".exceptions." in call.name):
        return True
    # What reaches out of a data frame was told before, by the names of its methods.
    return kind(code.body, call.receiver) == "dataframe" or (
        call.last not in known.SENDS_SQL and kind(code.body, call.node) in MADE
    )


MADE = frozenset({"connection", "engine", "cursor", "session", "sessionmaker", "http"})


def files(code: Code, call: Call) -> bool:
    """Take in files: opened, read or written by a library, copied, removed."""
    name, args = call.name, call.node.args
    if name in ("open", "io.open", "gzip.open", "bz2.open"):
        mode = call.argument(1, "mode")
        text = mode.value if isinstance(mode, ast.Constant) else "r" if mode is None else "w"
        code.touch(call.argument(0, "file"), writes=any(mark in str(text) for mark in "wax+"))
    elif call.last in known.READS_FILE or name in known.OS_READS:
        code.touch(call.argument(0, "filepath_or_buffer", "path", "io", "path_or_buf"), writes=False)
    elif name in known.OS_WRITES or (call.last in known.WRITES_FILE and (args or call.node.keywords)):
        code.touch(call.argument(0, "path_or_buf", "path", "excel_writer", "fname"), writes=True)
    elif name in known.OS_MOVES or name in known.OS_COPIES:
        code.touch(call.argument(0, "src"), writes=name in known.OS_MOVES)
        code.touch(call.argument(1, "dst"), writes=True)
    elif call.last in known.PATH_READS | known.PATH_WRITES and call.receiver is not None:
        code.touch(call.receiver, writes=call.last in known.PATH_WRITES)
    else:
        return False
    return True


def services(code: Code, call: Call) -> bool:
    """Take in requests of web services."""
    web = call.name.partition(".")[0] in ("requests", "httpx") or kind(code.body, call.receiver) == "http"
    if web and call.last in known.HTTP_READS | known.HTTP_WRITES:
        _family, name = address(code.text(call.argument(0, "url")))
        (code.found.write if call.last in known.HTTP_WRITES else code.found.read)("service", name)
        return True
    if call.name in ("urllib.request.urlopen", "urllib.request.urlretrieve"):
        code.touch(call.argument(0, "url"), writes=False)
        if call.last == "urlretrieve":
            code.touch(call.argument(1, "filename"), writes=True)
        return True
    return False


def sql(code: Code, call: Call) -> bool:
    """Take in SQL that is sent, and tables that are filled by name."""
    held = kind(code.body, call.receiver)
    if call.last == "to_sql":
        code.found.write("table", code.text(call.argument(0, "name")).lower())
    elif call.last == "read_sql_table":
        code.found.read("table", code.text(call.argument(0, "table_name")).lower())
    elif call.last == "insert_rows" and held.startswith("hook:"):
        code.found.write("table", code.text(call.argument(0, "table")).lower())
    elif call.last in known.READS_SQL or (call.last in known.SENDS_SQL and sends(held)):
        code.found.add(of_sql(code.text(call.argument(0, "sql", "query", "statement", "operation"))))
    else:
        return False
    return True


def sends(held: str) -> bool:
    """Return whether SQL is sent through what is held."""
    hook = held.startswith("hook:") and not held.endswith(("HttpHook", "SSHHook"))
    return hook or held in ("connection", "cursor", "session", "engine")


def stores(code: Code, call: Call) -> bool:
    """Take in objects of a store, by bucket and key."""
    if call.last not in known.STORES or call.receiver is None:
        return False
    bucket_name, key_name, writes = known.STORES[call.last]
    bucket_at, key_at = known.POSITIONS.get(call.last, (99, 99))
    bucket = call.argument(bucket_at, bucket_name)
    key = call.argument(key_at, key_name)
    if key is None:
        return False
    name = stored(code.text(bucket) if bucket is not None else "", code.text(key)).strip("/")
    (code.found.write if writes else code.found.read)("object", name)
    local = call.argument(0, "filename", "Filename") if call.last in ("load_file", "upload_file") else None
    if local is not None:
        code.touch(local, writes=False)
    return True


def airflow(code: Code, call: Call) -> bool:
    """Take in variables, connections and results of tasks."""
    if call.name.endswith(("Variable.get", "Variable.set", "Variable.delete", "Variable.update")):
        note = code.found.read if call.last == "get" else code.found.write
        note("variable", code.text(call.argument(0, "key")))
    elif call.last in ("get_connection", "get_hook"):
        code.found.read("connection", code.text(call.argument(0, "conn_id")))
    elif call.last == "Connection" and call.keyword("conn_id") is not None:
        code.found.write("connection", code.text(call.keyword("conn_id")))
    elif call.last == "xcom_pull":
        pulled(code, call)
    elif call.last == "xcom_push":
        code.found.write(xcoms.KIND, code.text(call.argument(0, "key")))
    elif call.last not in known.NOTICES:
        return False
    code.found.notifies = code.found.notifies or call.last in known.NOTICES
    return True


def pulled(code: Code, call: Call) -> None:
    """Take in the tasks whose results are pulled."""
    node = code.body.value(call.argument(0, "task_ids"))
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        key = call.argument(2, "key")
        code.found.read(xcoms.KIND, code.text(key) if key is not None else xcoms.RESULT)
    many = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
    for one in many:
        name = code.text(one)
        if one is None or HOLE in name:
            code.found.doubt("whose results it pulls")
        else:
            code.found.read("result", name)


def shells(code: Code, call: Call) -> bool:
    """Take in processes that are started."""
    if call.name not in known.SHELLS:
        return False
    node = code.body.value(call.argument(0, "args", "command"))
    if isinstance(node, (ast.List, ast.Tuple)):
        command = " ".join(code.text(one) for one in node.elts)
    else:
        command = code.text(node)
    code.found.add(of_command(command))
    return True


STEPS: tuple[Callable[[Code, Call], bool], ...] = (own, files, services, sql, stores, airflow, shells, quiet)


def of_function(flow: Flow, name: str, line: int, given: Mapping[str, str], *, hasty: bool) -> Effects:
    """Return the effects of a function of the file, called with the texts that are known.

    A hasty look ends at the first call that is not understood.
    """
    found = Effects()
    nodes = flow.index.defined(name, line)
    if len(nodes) != 1:
        found.doubt(f"{name}() is not in this file")
        return found
    return Code(flow, flow.body(nodes[0]), given, found, {name}, hasty=hasty).effects()


def is_blank(flow: Flow, name: str, line: int) -> bool:
    """Return whether a function does nothing at all, or fails whatever happens, to show what comes of it."""
    nodes = flow.index.defined(name, line)
    if nodes and isinstance(nodes[0].body[-1], ast.Raise):
        return True
    return bool(nodes) and all(
        isinstance(one, ast.Pass) or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in nodes[0].body
    )
