"""Why a configuration file cannot be read: one error that names every line at fault.

No message repeats what stands on a line, as that may be a password.
"""

from __future__ import annotations

import configparser
import io
from collections.abc import Iterator

from airflow_tune.errors import SettingsError
from airflow_tune.settings.cfg_parser import NotingParser

_SHOWN_LINES = 20

_Trouble = tuple[int, str]


def unreadable(error: configparser.Error, text: str, where: str) -> SettingsError:
    """Return the error for a `text` that the parser refused with `error`."""
    if isinstance(error, configparser.MissingSectionHeaderError):
        return _refused([(error.lineno, "stands before the first section, such as [core]")], where)
    if isinstance(error, configparser.ParsingError):
        # One line may be listed twice: without a name and without a separator.
        lines = sorted({int(line) for line, _ in error.errors})
        return _refused([(line, "is no section, option = value or comment") for line in lines], where)
    return _refused([*_repeated(text)], where)


def undecodable(data: bytes, where: str) -> SettingsError:
    """Return the error for text that is no UTF-8, as Airflow reads the file."""
    troubles = [
        (number, "is no UTF-8 text")
        for number, line in enumerate(data.splitlines(), start=1)
        if not _is_utf8(line)
    ]
    return _refused(troubles, where)


def binary(where: str) -> SettingsError:
    """Return the error for a file with NUL bytes."""
    return SettingsError(
        "this is binary data, no configuration file",
        where=where,
        remedy="give the airflow.cfg with --cfg, or its folder with --airflow-home",
    )


def too_large(most: int, where: str) -> SettingsError:
    """Return the error for a file of more than `most` bytes."""
    return SettingsError(
        f"this is no configuration file: it has more than {most // 1024**2} MiB",
        where=where,
        remedy="give the airflow.cfg with --cfg, or its folder with --airflow-home",
    )


def bad_interpolation(error: configparser.InterpolationError, where: str) -> SettingsError:
    """Return the error for a value whose `%` signs Airflow cannot make sense of."""
    return SettingsError(
        f"Airflow cannot read the value of {error.option} in [{error.section}]: {_percent(error)}",
        where=where,
        remedy="write %% for a percent sign",
    )


def _percent(error: configparser.InterpolationError) -> str:
    if isinstance(error, configparser.InterpolationMissingOptionError):
        return f"it refers to %({error.reference})s, which its section does not have"
    if isinstance(error, configparser.InterpolationDepthError):
        return "it refers to itself with %(name)s"
    return "a % stands neither before another % nor before (name)s"


def _refused(troubles: list[_Trouble], where: str) -> SettingsError:
    shown = [f"line {line} {what}" for line, what in troubles[:_SHOWN_LINES]]
    if len(troubles) > _SHOWN_LINES:
        shown.append(f"and {len(troubles) - _SHOWN_LINES} more")
    return SettingsError(
        "Airflow cannot read this file: " + "; ".join(shown),
        where=f"{where}:{troubles[0][0]}",
        remedy="correct these lines; Airflow does not start with them either",
    )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _repeated(text: str) -> Iterator[_Trouble]:
    """Yield each line that gives a section or an option again, with the line that was first.

    Each repetition found is given a name of its own (no text holds NUL) and the parser asked again.
    """
    lines = list(io.StringIO(text))
    for _ in range(_SHOWN_LINES):
        parser = NotingParser()
        try:
            parser.take("".join(lines))
        except configparser.DuplicateSectionError as error:
            first = parser.headers[error.section]
            lines[parser.line - 1] = f"[{error.section}\0{parser.line}]\n"
            yield parser.line, f"opens [{error.section}] again, after line {first}"
        except configparser.DuplicateOptionError as error:
            first = parser.first_line(error.section, error.option)
            lines[parser.line - 1] = f"{error.option}\0{parser.line} =\n"
            yield parser.line, f"gives {error.option} in [{_spelt(error.section)}] again, after line {first}"
        except configparser.ParsingError:
            return
        else:
            return


def _spelt(section: str) -> str:
    return section.partition("\0")[0]
