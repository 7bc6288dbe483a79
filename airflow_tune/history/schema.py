"""What a metadata DB looks like: probed by its columns, since one revision covers many versions."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import inspect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import NoSuchTableError

from airflow_tune.errors import SourceError
from airflow_tune.versions import AirflowVersion

_TABLES = (
    "dag_run",
    "task_instance",
    "task_instance_history",
    "task_reschedule",
    "dag",
    "slot_pool",
    "serialized_dag",
    "dag_version",
    "job",
)
_NEEDED = ("dag_run", "task_instance", "slot_pool", "dag")


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns that each of the tables we read has; a table that is missing has none."""

    columns: dict[str, frozenset[str]]

    def has(self, table: str, *columns: str) -> bool:
        """Return whether `table` is there with all of `columns`."""
        found = self.columns[table]
        return bool(found) and found.issuperset(columns)

    @property
    def has_scheduled(self) -> bool:
        """Return whether task instances keep `scheduled_dttm` (3.x, migration 0057)."""
        return self.has("task_instance", "scheduled_dttm")

    @property
    def has_run_after(self) -> bool:
        """Return whether DAG runs keep the indexed `run_after` (3.x)."""
        return self.has("dag_run", "run_after")

    @property
    def version(self) -> AirflowVersion:
        """Return the oldest minor version that these columns fit: what they say is all that we ask.

        Read in Airflow's migrations: 3.0 brought `scheduled_dttm`, 2.10 task_instance_history.
        """
        if self.has_scheduled:
            return AirflowVersion("3.2" if self.has("dag_run", "created_at") else "3.0")
        return AirflowVersion("2.10" if self.has("task_instance_history") else "2.7")


def _columns(inspector: object, table: str) -> frozenset[str]:
    try:
        found = inspector.get_columns(table)  # type: ignore[attr-defined]
    except NoSuchTableError:
        return frozenset()
    return frozenset(column["name"] for column in found)


def probe(connection: Connection) -> Schema:
    """Return the schema of the DB behind `connection`.

    Raises SourceError where a table is missing that every Airflow since 2.7 has.
    """
    inspector = inspect(connection)
    schema = Schema({table: _columns(inspector, table) for table in _TABLES})
    lost = [table for table in _NEEDED if not schema.columns[table]]
    if lost:
        raise SourceError(
            f"no Airflow metadata DB: it has no table {' and no table '.join(lost)}",
            where=connection.engine.url.render_as_string(hide_password=True),
            remedy="check the database's name, or run `airflow db migrate` first",
        )
    return schema
