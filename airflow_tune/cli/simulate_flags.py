"""The flags of `simulate`: what to play, how often, where, and how to print it."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Optional

import typer


class SimulationFormat(str, Enum):
    """What `simulate` can print."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


# typer reads these annotations at run time, on Python 3.10 too: hence Optional.
Dags = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--dags",
        help="Add the DAGs of this folder that the history does not know, or play them alone without one;"
        " work is as --profile expects it. No file is imported.",
        show_default=False,
    ),
]
Span = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--span",
        help="How long a time to play --dags for without a history, e.g. 30d.  [default: 7d]",
        show_default=False,
    ),
]
Settings = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--set", metavar="OPTION=VALUE", help="Change an option, e.g. core.parallelism=16."),
]
Pool = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--pool", metavar="NAME=SLOTS", help="Change a pool, e.g. db_pool=8."),
]
Workers = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--workers", metavar="N", help="Run on N Celery workers.", show_default=False),
]
Load = Annotated[
    Optional[float],  # noqa: UP045
    typer.Option(
        "--load", metavar="TIMES", help="Run TIMES as many DAG runs, e.g. 1.25.", show_default=False
    ),
]
Edit = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--dag", metavar="DAG=EDIT", help="Change a DAG: drop:A>B, parallel:A,B,C or every:30m."),
]
Sweep = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--sweep",
        metavar="OPTION=VALUES",
        help="One scenario per value: 4..64 (doubling), 4..64:4 (in steps) or 4,8,12.",
    ),
]
OneMore = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--scenario", metavar="CHANGES", help='One more, e.g. "core.parallelism=16 pool:db=8".'),
]
SEEDS = 5
Seeds = Annotated[int, typer.Option("--seeds", metavar="N", help="Play each scenario N times.", min=1)]
Jobs = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(
        "--jobs",
        metavar="N",
        help="How many at a time.  [default: as many as help]",
        show_default=False,
        min=1,
    ),
]
Dask = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--dask",
        metavar="ADDRESS",
        help="Play on a Dask cluster, e.g. tcp://host:8786.",
        show_default=False,
    ),
]
Contention = Annotated[
    Optional[bool],  # noqa: UP045
    typer.Option(
        "--contention/--no-contention",
        help="Let work share the cores of its host, as --profile, --cores and --deployment say."
        "  [default: only where there is no history]",
        show_default=False,
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Show scenarios although the model does not explain the past.")
]
Format = Annotated[
    SimulationFormat, typer.Option("--format", help="How to print; html is one page with a chart.")
]
