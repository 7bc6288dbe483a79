"""What logs say of why a task failed, as one table; the first pattern that matches decides.

Exceptions go by their class names: 2.x logs write them with their module, 3.x logs without. A pattern
that is `loose` is also looked for in plain lines, such as what a shell command wrote; the others would
find there what was only mentioned.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from airflow_tune.history.cause import CODE, DATABASE, NETWORK, RESOURCE, TIMEOUT, VALIDATION, ZOMBIE


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression, the cause that it shows, and in our own words what was seen."""

    cause: int
    sign: str
    regex: re.Pattern[str]
    loose: bool = False


def _named(cause: int, sign: str, *classes: str) -> Pattern:
    """Return the pattern of exception classes, which stand first in an error line."""
    return Pattern(cause, sign, re.compile(rf"^(?:[\w<>]+\.)*(?:{'|'.join(classes)})\b"))


def _said(cause: int, sign: str, *words: str) -> Pattern:
    return Pattern(cause, sign, re.compile("|".join(words), re.IGNORECASE), loose=True)


PATTERNS: tuple[Pattern, ...] = (
    # What Airflow, the kernel or Kubernetes did to the task.
    _said(ZOMBIE, "no heartbeat", r"detected zombie job", r"did not emit heartbeat", r"without a heartbeat"),
    _said(ZOMBIE, "state set from outside", r"has been externally set to", r"shouldn't be running anymore"),
    _said(
        RESOURCE,
        "out of memory",
        r"\bOOM ?Killed\b",
        r"out of memory",
        r"\bCannot allocate memory\b",
        r"OutOfMemoryError",
        r"\boom-kill",
        r"memory limit exceeded",
    ),
    _said(
        RESOURCE,
        "killed, as for want of memory",
        r"exit code:? 137\b",
        r"return code -9\b",
        r"exit_code=-9\b",
        r"exited with -9\b",
        r"\bSIGKILL\b",
    ),
    _said(RESOURCE, "disk full", r"No space left on device", r"Disk quota exceeded"),
    _said(RESOURCE, "too many open files", r"Too many open files"),
    _said(RESOURCE, "evicted", r"\bEvicted\b", r"Preempted by scheduler", r"node was low on resource"),
    _named(RESOURCE, "MemoryError", "MemoryError", "ArrayMemoryError", "OutOfMemoryError"),
    _said(TIMEOUT, "execution_timeout", r"AirflowTaskTimeout", r"Timeout, PID:"),
    _said(TIMEOUT, "sensor timeout", r"AirflowSensorTimeout", r"Sensor has timed out"),
    _said(
        TIMEOUT, "trigger timeout", r"TaskDeferralTimeout", r"Trigger timeout", r"Trigger/execution timeout"
    ),
    _named(TIMEOUT, "subprocess timeout", "TimeoutExpired"),
    _said(ZOMBIE, "SIGTERM", r"Received SIGTERM", r"\bSIGTERM\b", r"exit code:? 143\b", r"return code -15\b"),
    # What says at once that trying again is in vain, whatever else it is.
    _named(VALIDATION, "failed on purpose", "AirflowFailException"),
    # Databases: what refuses data or a statement is no trouble of the database.
    _named(
        VALIDATION,
        "data refused by the database",
        "IntegrityError",
        "DataError",
        "UniqueViolation",
        "NotNullViolation",
        "CheckViolation",
        "ForeignKeyViolation",
        "NumericValueOutOfRange",
    ),
    _named(
        CODE,
        "statement refused by the database",
        "ProgrammingError",
        "UndefinedTable",
        "UndefinedColumn",
        "NoSuchTableError",
    ),
    _said(
        CODE,
        "statement refused by the database",
        r"no such (?:table|column)\b",
        r"relation \S+ does not exist",
    ),
    _said(
        DATABASE,
        "deadlock",
        r"deadlock (?:detected|found)",
        r"Lock wait timeout exceeded",
        r"could not serialize access",
    ),
    _said(DATABASE, "database locked", r"database is locked"),
    _said(
        DATABASE,
        "no connection left",
        r"too many (?:clients|connections)",
        r"remaining connection slots",
        r"QueuePool limit of size",
        r"max_user_connections",
    ),
    _said(
        DATABASE,
        "connection to the database lost",
        r"server closed the connection",
        r"terminating connection due to",
        r"Lost connection to MySQL",
        r"MySQL server has gone away",
        r"SSL SYSCALL error",
        r"the database system is \w+",
    ),
    _said(DATABASE, "statement timeout", r"canceling statement due to", r"maximum statement execution time"),
    _said(DATABASE, "Oracle error", r"\bORA-\d{5}\b"),
    _named(
        DATABASE,
        "database error",
        "OperationalError",
        "InterfaceError",
        "DatabaseError",
        "InternalError",
        "DBAPIError",
        "QueryCanceled",
        "SnowflakeError",
        "AdminShutdown",
    ),
    # The network and what is behind it.
    _said(
        NETWORK,
        "name not resolved",
        r"Name or service not known",
        r"name resolution",
        r"getaddrinfo failed",
        r"Could not resolve host",
        r"nodename nor servname",
    ),
    _said(NETWORK, "connection refused", r"Connection refused", r"ECONNREFUSED"),
    _said(
        NETWORK,
        "connection lost",
        r"Connection reset",
        r"Broken pipe",
        r"Remote end closed connection",
        r"Connection aborted",
        r"RemoteDisconnected",
        r"IncompleteRead",
    ),
    _said(
        NETWORK,
        "unreachable",
        r"No route to host",
        r"Network is unreachable",
        r"Could not connect to the endpoint",
    ),
    _said(
        NETWORK,
        "network timeout",
        r"Connection timed out",
        r"Read timed out",
        r"timed out\. \(connect timeout",
        r"ETIMEDOUT",
        r"StatusCode\.DEADLINE_EXCEEDED",
        r"\[Errno 110\]",
    ),
    _said(
        NETWORK,
        "rate limited",
        r"\b429\b.{0,40}(?:Client Error|Too Many Requests)",
        r"Too Many Requests",
        r"Throttling(?:Exception)?\b",
        r"\bSlowDown\b",
        r"rate limit exceeded",
    ),
    _said(
        NETWORK,
        "server error",
        r"\b50[0234]\b.{0,20}(?:Server Error|Bad Gateway|Service Unavailable|Gateway Time)",
        r"HTTP Error 50[0234]",
        r"StatusCode\.UNAVAILABLE",
        r"Service Unavailable",
    ),
    _said(NETWORK, "TLS error", r"CERTIFICATE_VERIFY_FAILED", r"SSLEOFError", r"SSL: \w+"),
    _named(
        NETWORK,
        "connection error",
        "ConnectionError",
        "ConnectionRefusedError",
        "ConnectionResetError",
        "ConnectionAbortedError",
        "BrokenPipeError",
        "gaierror",
        "ConnectTimeout",
        "ReadTimeout",
        "ConnectError",
        "ReadError",
        "RemoteProtocolError",
        "NewConnectionError",
        "MaxRetryError",
        "ProtocolError",
        "SSLError",
        "ChunkedEncodingError",
        "ClientConnectorError",
        "ClientOSError",
        "ServerDisconnectedError",
        "URLError",
        "EndpointConnectionError",
        "SSHException",
        "NoValidConnectionsError",
        "ServiceUnavailable",
    ),
    _named(TIMEOUT, "timeout", "TimeoutError", "Timeout", "timeout"),
    # Data that is not as it should be, or not there.
    _said(
        VALIDATION,
        "request refused",
        r"\b40[0-57-9]\b.{0,10}Client Error",
        r"HTTP Error 40[0-57-9]",
        r"AccessDenied",
        r"Permission denied",
        r"Access Denied",
    ),
    _said(VALIDATION, "data check failed", r"data quality", r"Test failed\.", r"check(?:s)? failed"),
    _named(
        VALIDATION,
        "input missing",
        "FileNotFoundError",
        "NoSuchKey",
        "NoSuchBucket",
        "ResourceNotFoundException",
    ),
    _named(
        VALIDATION,
        "data not valid",
        "ValidationError",
        "ValueError",
        "AssertionError",
        "JSONDecodeError",
        "UnicodeDecodeError",
        "ParserError",
        "EmptyDataError",
        "InvalidOperation",
        "SchemaError",
        "ParseError",
        "BadZipFile",
        "ArrowInvalid",
    ),
    _named(VALIDATION, "not permitted", "PermissionError", "Forbidden", "Unauthorized", "NoCredentialsError"),
    # What only a change of code or configuration mends.
    _said(CODE, "command not found", r"command not found", r"exit code:? 12[67]\b"),
    _said(
        CODE,
        "connection not defined",
        r"The conn_id .* isn't defined",
        r"Connection not found",
        r"conn_id .{0,80} not found",
    ),
    _named(
        CODE,
        "template error",
        "UndefinedError",
        "TemplateNotFound",
        "TemplateSyntaxError",
        "TemplateAssertionError",
    ),
    _named(
        CODE,
        "error in code",
        "AttributeError",
        "NameError",
        "TypeError",
        "ImportError",
        "ModuleNotFoundError",
        "SyntaxError",
        "IndentationError",
        "KeyError",
        "IndexError",
        "ZeroDivisionError",
        "NotImplementedError",
        "UnboundLocalError",
        "RecursionError",
        "LookupError",
        "AirflowNotFoundException",
        "DagNotFound",
        "XComNotFound",
        "StopIteration",
    ),
)
