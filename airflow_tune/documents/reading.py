"""From a path to text: what is no text file of sensible size is refused with its reason."""

from __future__ import annotations

from pathlib import Path

from airflow_tune.errors import DocumentError

LARGEST_BYTES = 1024 * 1024
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_text(path: Path, *, what: str) -> str:
    """Return the text of a UTF-8 file (with or without a byte order mark) of at most 1 MiB.

    Raises DocumentError for whatever is missing, unreadable, larger, binary or encoded otherwise.
    """
    content = _read(path, what)
    if len(content) > LARGEST_BYTES:
        raise DocumentError(
            f"the {what} is larger than 1 MiB", where=str(path), remedy="check that this is the right file"
        )
    if content.startswith(_UTF16_MARKS):
        raise DocumentError(f"the {what} is encoded as UTF-16", where=str(path), remedy="save it as UTF-8")
    if b"\0" in content:
        raise DocumentError(
            f"the {what} is binary, not text", where=str(path), remedy="check that this is the right file"
        )
    return _decode(content, path, what)


def _read(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        tried, remedy = f"the {what} does not exist", "check the path"
    except IsADirectoryError:
        tried, remedy = f"the {what} is a directory", "name the file inside it"
    except OSError as error:
        tried, remedy = f"the {what} could not be read: {error.strerror}", "check its permissions"
    raise DocumentError(tried, where=str(path), remedy=remedy)


def _decode(content: bytes, path: Path, what: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DocumentError(
            f"the {what} is not UTF-8: byte 0x{content[error.start]:02x} fits nowhere",
            where=f"{path}:{line}",
            remedy="save it as UTF-8",
        ) from None
