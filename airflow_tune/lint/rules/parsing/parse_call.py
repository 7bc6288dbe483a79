"""AFT102: another system is called each time the file is parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

HTTP = r"(get|post|put|patch|delete|head|options|request|stream|urlopen|urlretrieve|send)"
CALLS = re.compile(
    rf"(requests|httpx|aiohttp|urllib3|urllib\.request)\.(.*\.)?{HTTP}"
    r"|boto3\.(.*\.)?(client|resource)"
    r"|google\.cloud\.(\w+\.)*(\w+Client|Client)|googleapiclient\.discovery\.build"
    r"|gspread\.(authorize|service_account|oauth)|gspread\..*\.open(_by_key|_by_url)?"
    r"|subprocess\.(run|call|check_call|check_output|Popen|getoutput|getstatusoutput)"
    r"|os\.(system|popen)"
    r"|socket\.(create_connection|getaddrinfo|gethostbyname|gethostbyaddr|getfqdn)"
    r"|(paramiko\.Transport|smtplib\.SMTP|smtplib\.SMTP_SSL|ftplib\.FTP|ftplib\.FTP_TLS)"
)
"""Calls that leave the process. Making a session, an adapter or a retry policy does not."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield calls at parse time that leave the process."""
    for site in subject.parse_sites:
        if CALLS.fullmatch(site.name):
            yield Hit.on(site.node, f"{site.name}() runs {subject.when(site)}")


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
