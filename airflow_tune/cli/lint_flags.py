"""The flags of `lint`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Optional

import typer

# typer reads these annotations at run time, on Python 3.10 too: hence Optional.
Paths = Annotated[
    Optional[list[Path]],  # noqa: UP045
    typer.Argument(help="DAG files, folders that hold some, or - for stdin.", show_default=False),
]
Select = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--select", help="Report these codes only, or all that begin so, e.g. AFT1.", show_default=False
    ),
]
Extend = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--extend-select",
        "--extend",
        help="Report these codes as well as those that the configuration selects.",
        show_default=False,
    ),
]
Ignore = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--ignore", help="Leave these codes out, or all that begin so, e.g. AFT201.", show_default=False
    ),
]
ConfigFile = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--config",
        help="Read the configuration from this file."
        "  [default: the nearest airflow-tune.toml or pyproject.toml]",
        show_default=False,
    ),
]
Isolated = Annotated[bool, typer.Option("--isolated", help="Read no configuration file.")]
Baseline = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--baseline",
        help="Leave out the findings that this file holds, wherever they moved.",
        show_default=False,
    ),
]
UpdateBaseline = Annotated[
    bool, typer.Option("--update-baseline", help="Write the present findings to the baseline.")
]
FixFlag = Annotated[bool, typer.Option("--fix", help="Mend what can be mended safely.")]
UnsafeFixes = Annotated[
    bool,
    typer.Option("--unsafe-fixes", help="With --fix or --diff: also what may change more than is meant."),
]
Diff = Annotated[bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")]
ChangedSince = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--changed-since",
        help="Report only on files that changed, or read what changed, since this branch left a commit.",
        show_default=False,
    ),
]
StdinFilename = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--stdin-filename", help="The file that stdin stands in for.", show_default=False),
]
Explain = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--explain", help="Explain one rule, e.g. AFT106.", show_default=False),
]
Statistics = Annotated[bool, typer.Option("--statistics", help="Count how often each rule fired.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Neither use nor keep results of single files.")]
CacheDir = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--cache-dir",
        help="Keep results of single files in this folder."
        "  [default: airflow-tune in XDG_CACHE_HOME, else in ~/.cache]",
        show_default=False,
    ),
]
Jobs = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(
        "--jobs", min=1, help="Processes that read files.  [default: one for each core]", show_default=False
    ),
]
Pools = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--pools", help="Read the pools from a file of `airflow pools export`.", show_default=False),
]


class LintFormat(str, Enum):
    """What lint can print."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"
