"""What an Airflow version means. The only place that compares versions.

Sources are the code of Airflow 2.11.2 and 3.3.2; each property names the module it was read in.
"""

from __future__ import annotations

import re
from functools import total_ordering
from typing import NamedTuple

from airflow_tune.errors import SettingsError

FIRST_KNOWN = (2, 7)
LAST_KNOWN = (3, 3)
_LAST_MINOR_OF_2 = 11
FLOAT_AS_INT_SINCE = (3, 2)
BATCHED_CLEANING_SINCE = (3, 1)
# Oldest first; each has a catalog of its options.
KNOWN_MINORS = (
    *(f"{FIRST_KNOWN[0]}.{minor}" for minor in range(FIRST_KNOWN[1], _LAST_MINOR_OF_2 + 1)),
    *(f"{LAST_KNOWN[0]}.{minor}" for minor in range(LAST_KNOWN[1] + 1)),
)


class _Triple(NamedTuple):
    major: int
    minor: int
    patch: int


@total_ordering
class AirflowVersion:
    """A version of Airflow, asked for what it does rather than compared.

    `text` is kept as given ("3.3.2", "2.11", "2.10.0rc1"); comparing ignores pre-release marks.
    """

    __slots__ = ("_triple", "text")

    def __init__(self, text: str) -> None:
        found = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", text.strip())
        if not found:
            raise SettingsError(
                f'"{text}" is no Airflow version',
                remedy="give one such as 2.11.2 or 3.3",
            )
        self.text = text.strip().removeprefix("v")
        self._triple = _Triple(int(found[1]), int(found[2]), int(found[3] or 0))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"AirflowVersion({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AirflowVersion) and self._triple == other._triple

    def __lt__(self, other: AirflowVersion) -> bool:
        return self._triple < other._triple

    def __hash__(self) -> int:
        return hash(self._triple)

    @property
    def minor(self) -> str:
        """Return "major.minor" as given, such as "2.11"."""
        return f"{self._triple.major}.{self._triple.minor}"

    @property
    def known(self) -> bool:
        """Return whether the option catalog holds this minor version."""
        return FIRST_KNOWN <= self._triple[:2] <= LAST_KNOWN and not (
            self._triple.major == FIRST_KNOWN[0] and self._triple.minor > _LAST_MINOR_OF_2
        )

    @property
    def catalog(self) -> str:
        """Return the known minor version whose catalog serves this version best."""
        if self.known:
            return self.minor
        if self._triple[:2] < FIRST_KNOWN:
            return ".".join(map(str, FIRST_KNOWN))
        if self._triple.major == FIRST_KNOWN[0]:
            return f"{FIRST_KNOWN[0]}.{_LAST_MINOR_OF_2}"
        return ".".join(map(str, LAST_KNOWN))

    @property
    def _is_3(self) -> bool:
        return self._triple.major >= LAST_KNOWN[0]

    @property
    def ignores_files_by_globs(self) -> bool:
        """Return whether `.airflowignore` holds globs by default (3.x) or regular expressions (2.x).

        Read in `config_templates/config.yml`: core.dag_ignore_file_syntax.
        """
        return self._is_3

    @property
    def limits_active_tasks_per_run(self) -> bool:
        """Return whether `max_active_tasks` counts per DAG run (3.x) or per DAG (2.x).

        Read in `jobs/scheduler_job_runner.py:_executable_task_instances_to_queued`.
        """
        return self._is_3

    @property
    def catches_up_by_default(self) -> bool:
        """Return whether a DAG that says nothing catches up (2.x): `scheduler.catchup_by_default`."""
        return not self._is_3

    @property
    def task_limits_count_deferred(self) -> bool:
        """Return whether max_active_tis_per_dag and _per_dagrun count deferred task instances (3.x).

        Read in 3.x `jobs/scheduler_job_runner.py:ConcurrencyMap` and its callers.
        """
        return self._is_3

    @property
    def has_mini_scheduler(self) -> bool:
        """Return whether a worker schedules what follows its task (2.x only).

        Read in 2.x `jobs/local_task_job_runner.py:handle_task_exit`; 3.x has no such step.
        """
        return not self._is_3

    @property
    def local_executor_bounds_queued(self) -> bool:
        """Return whether LocalExecutor keeps at most `parallelism` task instances queued.

        3.x never fills `running` in `executors/local_executor.py`, so overflow waits in a FIFO.
        """
        return not self._is_3

    @property
    def starts_runs_of_idle_dags_first(self) -> bool:
        """Return whether queued DAG runs start first where their DAG has fewest running (3.x).

        Read in 3.x `models/dagrun.py:get_queued_dag_runs_to_set_running`; 2.x goes by date alone.
        """
        return self._is_3

    @property
    def zero_parallelism_is_unlimited(self) -> bool:
        """Return whether `core.parallelism = 0` means unlimited (2.x) or is refused (3.x)."""
        return not self._is_3

    @property
    def accepts_float_as_int(self) -> bool:
        """Return whether `getint` reads "32.0" as 32.

        Since 3.2, `_shared/configuration/parser.py`; 3.0 and 3.1 `configuration.py` refuse it.
        """
        return self._triple[:2] >= FLOAT_AS_INT_SINCE

    @property
    def tasks_use_database(self) -> bool:
        """Return whether running tasks open metadata DB connections of their own (2.x)."""
        return not self._is_3

    @property
    def api_serves_tasks(self) -> bool:
        """Return whether every task start, heartbeat and end passes the API server (3.x)."""
        return self._is_3

    @property
    def has_sequential_executor(self) -> bool:
        """Return whether SequentialExecutor exists (2.x); 3.x rewrites it to LocalExecutor."""
        return not self._is_3

    @property
    def opens_async_engine(self) -> bool:
        """Return whether server processes hold a second, async engine with a pool of its own.

        Read in 3.x `settings.py:_configure_async_session`.
        """
        return self._is_3

    @property
    def parsing_section(self) -> str:
        """Return the section of `parsing_processes` and `min_file_process_interval`."""
        return "dag_processor" if self._is_3 else "scheduler"

    @property
    def api_workers_option(self) -> tuple[str, str]:
        """Return section and option of the API server's (3.x) or webserver's (2.x) workers."""
        return ("api", "workers") if self._is_3 else ("webserver", "workers")

    @property
    def triggerer_capacity_option(self) -> tuple[str, str]:
        """Return section and option of the triggers that one triggerer may run."""
        return ("triggerer", "capacity" if self._is_3 else "default_capacity")

    @property
    def dag_processor_is_separate(self) -> bool:
        """Return whether the DAG processor is always a process of its own (3.x)."""
        return self._is_3

    @property
    def cleans_in_batches(self) -> bool:
        """Return whether `airflow db clean` takes --batch-size.

        Read in `cli/cli_config.py`: 3.3.2 has it, 2.11.2 has not.
        """
        return self._triple[:2] >= BATCHED_CLEANING_SINCE

    @property
    def dead_options(self) -> tuple[tuple[str, str], ...]:
        """Return the options that exist in `config.yml` but that no shipped code reads.

        Found by text search over the packages of 2.11.2 and 3.3.2.
        """
        both = (("scheduler", "create_delta_data_intervals"),)
        if not self._is_3:
            return both
        return (
            *both,
            ("api", "worker_timeout"),
            ("scheduler", "task_instance_heartbeat_sec"),
            ("scheduler", "ignore_first_depends_on_past_by_default"),
            ("database", "sql_engine_encoding"),
        )
