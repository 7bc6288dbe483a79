"""AFT102: another system is called each time the file is parsed."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

PACKAGES = (
    "requests",
    "httpx",
    "urllib.request",
    "urllib3",
    "boto3",
    "aiohttp",
    "subprocess",
    "socket",
    "paramiko",
    "smtplib",
    "ftplib",
)
NAMES = frozenset({"os.system", "os.popen"})
HARMLESS = ("Retry", "Timeout", "list2cmdline", "gethostname", "Session", "Config")


def check(subject: Subject) -> Iterator[Hit]:
    """Yield calls at parse time that leave the process."""
    for site in subject.index.sites:
        outside = site.name in NAMES or site.name.startswith(tuple(f"{package}." for package in PACKAGES))
        if site.at_parse and outside and "()" not in site.name and site.last not in HARMLESS:
            yield Hit.on(site.node, f"{site.name}() runs at every parse of the file")


RULE = Rule(
    "AFT102",
    "external-call-at-parse",
    Severity.ERROR,
    Explanation(
        what=(
            "The top level of the file or a DAG's body calls a service, a cloud client or another program."
        ),
        why=(
            "Its latency is paid at every parse, and while it is down the DAG processor stalls and "
            "its DAGs go stale."
        ),
        example='tables = requests.get("https://catalog/tables").json()',
        instead=(
            "Call it in a task and map over the result, or write its answer to a file that the DAG reads."
        ),
        fix="No edit: the call has to move to where it belongs, which only its author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
)
