"""Names whose code is not read: modules, functions and classes of other packages."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache

# Packages that DAG files use at top level and that never add tasks: third-party ones seen in public
# DAG repositories, beside the standard library and airflow itself (whose callables are known here).
HARMLESS = frozenset(
    [
        "airflow",
        "attr",
        "attrs",
        "azure",
        "bs4",
        "boto3",
        "botocore",
        "croniter",
        "cryptography",
        "dateutil",
        "docker",
        "dotenv",
        "git",
        "google",
        "great_expectations",
        "httpx",
        "jinja2",
        "jsonschema",
        "kubernetes",
        "loguru",
        "matplotlib",
        "numpy",
        "packaging",
        "pandas",
        "pendulum",
        "plotly",
        "psycopg2",
        "pydantic",
        "pyarrow",
        "pymongo",
        "pyspark",
        "pytest",
        "pytz",
        "redis",
        "requests",
        "scipy",
        "seaborn",
        "simplejson",
        "six",
        "sklearn",
        "slugify",
        "snowflake",
        "sqlalchemy",
        "tabulate",
        "tenacity",
        "torch",
        "tqdm",
        "typing_extensions",
        "tzlocal",
        "ujson",
        "urllib3",
        "yaml",
    ]
) | frozenset(sys.stdlib_module_names)


@dataclass(frozen=True, slots=True, eq=False)
class Symbol:
    """A dotted name that leads outside the project, such as `airflow.operators.bash.BashOperator`."""

    name: str

    @property
    def last(self) -> str:
        """Return the part after the last dot."""
        return self.name.rpartition(".")[2]

    @property
    def foreign(self) -> bool:
        """Return whether its package is one that could add tasks unseen."""
        return self.name.partition(".")[0] not in HARMLESS

    @property
    def standard(self) -> bool:
        """Return whether it is of Python's own library."""
        return self.name.partition(".")[0] in sys.stdlib_module_names

    def member(self, attribute: str) -> Symbol:
        """Return the symbol of an attribute."""
        return symbol(f"{self.name}.{attribute}")


@lru_cache(maxsize=4096)
def symbol(name: str) -> Symbol:
    """Return the one symbol of a dotted name, so that identity compares as it does in Python."""
    return Symbol(name)


@dataclass(frozen=True, slots=True, eq=False)
class Opaque:
    """A real object that says nothing about the graph, such as an asset or a DAG's parameter; it is true."""

    kind: str
    name: str = ""
