"""What a shell command reads and writes, for the programs that say so in their arguments."""

from __future__ import annotations

import posixpath
import re
import shlex
from itertools import pairwise

from airflow_tune.lint.dataflow.effects import Effects
from airflow_tune.lint.dataflow.naming import address, named
from airflow_tune.lint.dataflow.query import of_sql

QUIET = frozenset(
    {
        *(
            "echo",
            "printf",
            "date",
            "sleep",
            "true",
            ":",
            "exit",
            "pwd",
            "set",
            "export",
            "whoami",
            "hostname",
        ),
        *("env", "test", "[", "[[", "id", "uname", "seq"),
    }
)
READERS = frozenset(
    {"cat", "head", "tail", "wc", "grep", "sort", "ls", "md5sum", "sha256sum", "jq", "awk", "sed"}
)
WRITERS = frozenset({"rm", "mkdir", "touch", "rmdir", "truncate"})
SQL_FLAGS = {"psql": ("-c", "--command"), "mysql": ("-e", "--execute"), "snowsql": ("-q", "--query")}
SEPARATORS = frozenset({"&&", "||", ";", "|", "&"})
COPIES = frozenset({"cp", "mv", "sync", "rm", "ls", "rsync"})


def of_command(command: str, cwd: str = "") -> Effects:
    """Return the effects of a command; a relative path is the task's own unless a directory is named."""
    found = Effects(folder=cwd)
    lexer = shlex.shlex(named(command).replace("\n", " ; "), posix=True, punctuation_chars=";&|<>")
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:
        found.doubt("a command that is not plain")
        return found
    part: list[str] = []
    for word in [*words, ";"]:
        if word in SEPARATORS:
            if part:
                one(part, found)
            part = []
        else:
            part.append(word)
    return found


def one(words: list[str], found: Effects) -> None:
    """Take in one command of a line."""
    words = redirected(words, found)
    while words and re.match(r"^\w+=", words[0]):
        words = words[1:]
    if not words:
        return
    program, arguments = posixpath.basename(words[0]), words[1:]
    plain = [word for word in arguments if not word.startswith("-")]
    if program == "cd" and plain:
        found.folder = plain[0]
    elif program in READERS | WRITERS:
        for word in plain:
            path(word, found, writes=program in WRITERS)
    elif program in ("curl", "wget"):
        transfer(arguments, plain, found)
    elif program in SQL_FLAGS:
        queried(SQL_FLAGS[program], arguments, found)
    elif not copied(program, plain, found) and not airflow(program, plain, found) and program not in QUIET:
        found.doubt(f"what {program} does")


def redirected(words: list[str], found: Effects) -> list[str]:
    """Take in redirections; return the words without them."""
    kept: list[str] = []
    pending = ""
    for word in words:
        if word in (">", ">>", "<"):
            pending = word
        elif pending:
            path(word, found, writes=pending != "<")
            pending = ""
        else:
            kept.append(word)
    return kept


def path(word: str, found: Effects, *, writes: bool) -> None:
    """Note a path; a relative one counts where a working directory is named."""
    if word.startswith(("/dev/", "&")):
        return
    if not word.startswith("/") and "://" not in word:
        if not found.folder:
            return
        word = posixpath.join(found.folder, word)
    kind, name = address(word)
    (found.write if writes else found.read)(kind, name)


def transfer(arguments: list[str], plain: list[str], found: Effects) -> None:
    """Take in curl or wget: what is asked, and where the answer goes."""
    for flag, word in pairwise(arguments):
        if flag in ("-o", "-O", "--output", "--output-document"):
            path(word, found, writes=True)
    sends = any(word in ("-d", "--data", "-F", "-T", "POST", "PUT", "DELETE", "PATCH") for word in arguments)
    urls = [word for word in plain if "://" in word]
    if not urls:
        found.doubt("an address that is not known")
    for url in urls:
        kind, name = address(url)
        (found.write if sends else found.read)(kind, name)


def queried(flags: tuple[str, ...], arguments: list[str], found: Effects) -> None:
    """Take in the statement that a database client is given."""
    texts = [word for flag, word in pairwise(arguments) if flag in flags]
    if not texts:
        found.doubt("what SQL it runs")
    for text in texts:
        found.add(of_sql(text))


def copied(program: str, plain: list[str], found: Effects) -> bool:
    """Take in copies, of files and of objects; return whether it was one."""
    if program in ("aws", "gsutil", "gcloud") and any(word in COPIES for word in plain):
        place = next(index for index, word in enumerate(plain) if word in COPIES)
        verb, plain = plain[place], plain[place + 1 :]
    else:
        verb = program
    if verb not in COPIES or not plain:
        return False
    if verb in ("rm", "mv"):
        for word in plain:
            path(word, found, writes=True)
        return True
    for word in plain[:-1] or plain:
        path(word, found, writes=False)
    if len(plain) > 1:
        path(plain[-1], found, writes=True)
    return True


def airflow(program: str, plain: list[str], found: Effects) -> bool:
    """Take in `airflow variables set` and `airflow connections add`; return whether it was one."""
    kinds = {"variables": "variable", "connections": "connection"}
    if program != "airflow" or len(plain) < 3 or plain[0] not in kinds:  # noqa: PLR2004 - noun, verb, name
        return False
    (found.read if plain[1] in ("get", "list", "export") else found.write)(kinds[plain[0]], plain[2])
    return True
