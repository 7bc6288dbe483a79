"""The `_cmd` options: values that are what a command prints."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from airflow_tune.errors import SettingsError

TIMEOUT_S = 60


class FailedError(SettingsError):
    """The command line is wrong or the command failed, which Airflow expects."""


class UnrunnableError(SettingsError):
    """There is no such command, for which not every Airflow is prepared."""


def run(command: str, env: Mapping[str, str]) -> str:
    """Return what `command` prints, as Airflow takes it: without a shell, line break at the end kept.

    Raises FailedError where the command fails or takes more than a minute, UnrunnableError where it
    cannot be started. Neither the command's arguments nor what it prints are repeated, as they may be secret.
    """
    import shlex  # noqa: PLC0415 - with subprocess, 10 ms that nobody needs who allows no commands
    import subprocess  # noqa: PLC0415 - see shlex

    try:
        arguments = shlex.split(command)
        done = subprocess.run(
            arguments, capture_output=True, check=False, env=dict(env), timeout=TIMEOUT_S, close_fds=True
        )
    except ValueError as error:
        raise FailedError(f"its command cannot be split into words: {error}") from None
    except IndexError:
        raise UnrunnableError("its command is empty") from None
    except subprocess.TimeoutExpired:
        raise FailedError(f"its command {arguments[0]} did not end within {TIMEOUT_S} s") from None
    except OSError as error:
        raise UnrunnableError(f"its command {arguments[0]} does not start: {error.strerror}") from None
    if done.returncode != 0:
        raise FailedError(f"its command {arguments[0]} failed with exit code {done.returncode}")
    return done.stdout.decode(sys.getdefaultencoding(), "ignore")
