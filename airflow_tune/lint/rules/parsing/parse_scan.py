"""AFT105: parsing the file searches folders or reads many files."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.index import Site
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

SEARCHES = frozenset({"glob.glob", "glob.iglob", "os.walk", "os.listdir", "os.scandir"})
METHODS = frozenset({"glob", "rglob", "iterdir"})
READS = frozenset({"open", "yaml.load", "yaml.safe_load", "yaml.full_load", "json.load", "tomllib.load"})
TEXTS = frozenset({"read_text", "read_bytes"})


def check(subject: Subject) -> Iterator[Hit]:
    """Yield searches at parse time, and reads in loops, of which the search before is told already."""
    searched = False
    for site in subject.parse_sites:
        if site.name in SEARCHES or (site.last in METHODS and "." in site.name):
            searched = True
            yield Hit.on(site.node, f"{site.name}() searches a folder {subject.when(site)}")
        elif reads(site) and site.loops and not searched:
            searched = True
            yield Hit.on(site.node, f"{site.name}() reads a file for each item, at every parse")


def reads(site: Site) -> bool:
    """Return whether a call reads a file."""
    return site.name in READS or site.last in TEXTS


RULE = Rule(
    "AFT105",
    "file-scan-at-parse",
    Severity.INFO,
    Explanation(
        what="The top level of the file or a DAG's body lists a folder, or reads files in a loop.",
        why=(
            "The work grows with the number of files and is done again at every parse and at the start of "
            "every task; on a network mount each file is a round trip."
        ),
        example='for path in Path("configs").glob("*.yaml"):\n    make_dag(yaml.safe_load(path.read_text()))',
        instead="Write one file at deployment that holds all of it, and read that.",
        fix="No edit: where the collected file is made is a matter of the deployment.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/howto/dynamic-dag-generation.html",),
    ),
    check,
)
