"""Where every run begins: a lint that was answered before is answered again, all else is loaded and run."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the command line; exit codes follow the output contract."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["lint"]:
        from airflow_tune.linter.answer import answered

        code = answered(arguments)
        if code is not None:
            raise SystemExit(code)
    from airflow_tune.cli.main import run as whole

    whole()
