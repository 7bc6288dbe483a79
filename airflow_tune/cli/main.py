"""The `airflow-tune` command: its sub-commands, and what an error looks like to the user."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import Annotated

import typer

from airflow_tune import __version__
from airflow_tune.errors import TuneError
from airflow_tune.secrets import redact

INTERRUPTED = 130
GC_THRESHOLD = (100_000, 50, 100)

# In the order of the help. Each is a module here, and what stands in it under the same name, or as `app`.
COMMANDS = (
    "analyze",
    "snapshot",
    "why",
    "simulate",
    "recommend",
    "restore",
    "lint",
    "rules",
    "graph",
    "profiles",
    "bench",
    "demo",
)


def application(only: str = "") -> typer.Typer:
    """Return the command line, or of its commands the one that is called `only`.

    A run needs one command, and typer takes its time over the flags of each that it is given.
    """
    app = typer.Typer(
        name="airflow-tune",
        help="Tune and diagnose Apache Airflow: what holds it back, what to set instead, and why.",
        epilog="Start with: airflow-tune demo",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        # Help by rich would cost as much again as all other imports together.
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for name in (only,) if only in COMMANDS else COMMANDS:
        module = import_module(f"airflow_tune.cli.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, name))
    return app


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer hands callbacks their value by position
    if wanted:
        typer.echo(f"airflow-tune {__version__}")
        raise typer.Exit


def _root(
    ctx: typer.Context,
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
    version: Annotated[  # noqa: ARG001 - handled by its callback
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    ctx.obj = {"debug": debug}


def run() -> None:
    """Run the command line; exit codes follow the output contract."""
    # Collecting while modules are imported takes a tenth of a short run and finds nothing.
    gc.set_threshold(*GC_THRESHOLD)
    called = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    try:
        application(called)()
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:
        # Whoever read the output has seen enough; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        typer.echo(f"error: {_told(error)}", err=True)
        raise SystemExit(getattr(error, "exit_code", TuneError.exit_code)) from None


def _told(error: Exception) -> str:
    """Return what a user is told: a TuneError in full, anything else as the defect of ours that it is."""
    if isinstance(error, TuneError):
        return str(error)
    what = redact(f"{type(error).__name__}: {error}")
    return f"airflow-tune met something it does not know how to handle: {what}\n  → run it again with --debug"
