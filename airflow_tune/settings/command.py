"""The `_cmd` options: values that are what a command prints."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from airflow_tune.errors import SettingsError

TIMEOUT_S = 60


def run(command: str, env: Mapping[str, str]) -> str:
    """Return what `command` prints, as Airflow takes it: without a shell, line break at the end kept.

    Raises SettingsError where the command cannot be started, fails, or takes more than a minute.
    Neither the command's arguments nor what it prints are repeated, as they may be secret.
    """
    import shlex  # noqa: PLC0415 - with subprocess, 10 ms that nobody needs who allows no commands
    import subprocess  # noqa: PLC0415 - see shlex

    try:
        arguments = shlex.split(command)
        done = subprocess.run(
            arguments, capture_output=True, check=False, env=dict(env), timeout=TIMEOUT_S, close_fds=True
        )
    except ValueError as error:
        raise SettingsError(f"its command cannot be split into words: {error}") from None
    except IndexError:
        raise SettingsError("its command is empty") from None
    except subprocess.TimeoutExpired:
        raise SettingsError(f"its command {arguments[0]} did not end within {TIMEOUT_S} s") from None
    except OSError as error:
        raise SettingsError(f"its command {arguments[0]} does not start: {error.strerror}") from None
    if done.returncode != 0:
        raise SettingsError(f"its command {arguments[0]} failed with exit code {done.returncode}")
    return done.stdout.decode(sys.getdefaultencoding(), "ignore")
