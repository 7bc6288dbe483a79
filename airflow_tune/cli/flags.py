"""Flags that several commands share: where each input comes from, and how results leave."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Optional

import typer

# typer reads these annotations at run time, on Python 3.10 too: hence Optional.
AirflowHome = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--airflow-home",
        help="Airflow's home, e.g. /opt/airflow.  [default: AIRFLOW_HOME, else ~/airflow]",
        show_default=False,
    ),
]
Cfg = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--cfg",
        help="The airflow.cfg to read.  [default: AIRFLOW_CONFIG, else HOME/airflow.cfg]",
        show_default=False,
    ),
]
Dags = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--dags",
        help="The DAG folder, whose files are counted, never imported.  [default: core.dags_folder]",
        show_default=False,
    ),
]
Db = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--db",
        help="Read version, pools and connection limit from this metadata DB, e.g."
        " postgresql://user@host/airflow, or 'cfg' for the one that airflow.cfg names.",
        show_default=False,
    ),
]
Api = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--api",
        help="Read from the REST API of Airflow 3 at this URL instead of a DB, e.g. https://airflow.example.com."
        " Who asks: AIRFLOW_TUNE_API_USER and AIRFLOW_TUNE_API_PASSWORD, or AIRFLOW_TUNE_API_TOKEN.",
        show_default=False,
    ),
]
API_PAGE_LIMIT = 1000
"""Listings by POST take any number; a page of 1000 task instances is some 2 MB."""
ApiPageLimit = Annotated[
    int,
    typer.Option("--api-page-limit", min=1, help="Rows of one page that --api asks for."),
]
Since = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--since",
        help="How much of the history to read by --db or --api, e.g. 36h or 14d.  [default: 14d]",
        show_default=False,
    ),
]
Snapshot = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--snapshot",
        help="Read the history from this file, written by `airflow-tune snapshot`, instead of a DB.",
        show_default=False,
    ),
]
Logs = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--logs",
        help="Folder of the task logs: the end of those of failed tries is read."
        "  [default: logging.base_log_folder, where it is there]",
        show_default=False,
    ),
]
DeploymentFile = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--deployment",
        help="YAML that describes schedulers, workers and database, e.g. deployment.yaml."
        "  [default: this host alone]",
        show_default=False,
    ),
]
ProfileName = Annotated[
    str,
    typer.Option(
        "--profile",
        help="Workload profile: a name of `airflow-tune profiles list`, or a YAML file.",
    ),
]
AirflowVersionFlag = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--airflow-version",
        help="Airflow's version, e.g. 2.11.2.  [default: as found]",
        show_default=False,
    ),
]
Cores = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--cores",
        help="Cores of this host, e.g. 1.5 or 1500m.  [default: as the kernel grants them]",
        show_default=False,
    ),
]
Memory = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--memory",
        help="Memory of this host, e.g. 2GiB.  [default: as the kernel grants it]",
        show_default=False,
    ),
]
Workers = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(
        "--workers",
        help="Number of workers of the only worker group, e.g. 4.  [default: as the deployment says]",
        show_default=False,
    ),
]
Bench = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--bench",
        metavar="FILE",
        help="A result of `airflow-tune bench`: what it measured goes before start values.",
        show_default=False,
    ),
]
AllowCommands = Annotated[
    bool,
    typer.Option(
        "--allow-commands",
        help="Run the `_cmd` options of airflow.cfg, as Airflow does, instead of showing them as set.",
    ),
]
Output = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--output",
        "-o",
        help="Write the result to this file, whole or not at all.  [default: stdout]",
        show_default=False,
    ),
]


class ReportFormat(str, Enum):
    """What every reporting command can print."""

    TEXT = "text"
    JSON = "json"


class FailOn(str, Enum):
    """From which severity on findings make the exit code 1."""

    INFO = "info"
    WARN = "warn"
    ERROR = "error"
    NEVER = "never"
