"""Sizes, durations and cores as people write them, and as reports print them.

Bytes: KiB, MiB, … and Ki, Mi, … count in 1024; KB, MB, … and K, M, … count in 1000, as Kubernetes
does, so that a doubtful "2G" never promises more memory than there is. Capitals do not matter.
Durations: ms, s, m (minutes), h, d, w, also joined ("1h 30m"). Cores: "1.5" or millicores "1500m".
A number without a unit means bytes, seconds or cores.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from airflow_tune.errors import UnitError

_LONGEST_TEXT = 40
_NUMBER = r"(\d+(?:\.\d*)?|\.\d+)"
_QUANTITY = re.compile(rf"{_NUMBER}\s*([a-zµμ]*)", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(rf"(?:{_NUMBER}\s*[a-zµμ]+\s*)+|{_NUMBER}", re.ASCII | re.IGNORECASE)

_PREFIXES = "kmgtpe"
_BYTES: dict[str, int] = {
    "": 1,
    "b": 1,
    **{prefix + unit: 1000**power for power, prefix in enumerate(_PREFIXES, 1) for unit in ("", "b")},
    **{prefix + unit: 1024**power for power, prefix in enumerate(_PREFIXES, 1) for unit in ("i", "ib")},
}
# The largest number that the kernel, Kubernetes and Airflow keep in a signed 64-bit integer.
_MOST_BYTES = 2**63 - 1
_BINARY_STEP = 1024
_BINARY_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")

_SECONDS = {
    "": Decimal(1),
    "ns": Decimal("0.000000001"),
    "us": Decimal("0.000001"),
    "µs": Decimal("0.000001"),
    "μs": Decimal("0.000001"),
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "m": Decimal(60),
    "min": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
    "w": Decimal(604800),
}
_STEPS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
_MINUTE = 60
_SHORT_STEPS = (("s", 1), ("ms", 0.001), ("µs", 0.000_001), ("ns", 0.000_000_001))
_CORES = {"": Decimal(1), "m": Decimal("0.001")}


def parse_bytes(text: str, *, where: str = "") -> int:
    """Return the bytes that `text` ("2GiB", "512 MiB", "1.5G", "2048") stands for.

    `where` names the flag or file:line in the UnitError raised when it stands for none.
    """
    number, unit = _split(text, "size", "write one such as 2GiB, 512MiB or 1.5G", where)
    if unit not in _BYTES:
        raise UnitError(
            f'"{text}" has no unit of bytes that is known',
            where=where,
            remedy="units: B, KiB, MiB, GiB, TiB (1024) and K, M, G, T, KB, MB, GB, TB (1000)",
        )
    count = int((number * _BYTES[unit]).to_integral_value())
    if count > _MOST_BYTES:
        raise UnitError(f'"{text}" is more than any machine holds', where=where, remedy="check the unit")
    return count


def parse_duration(text: str, *, where: str = "") -> float:
    """Return the seconds that `text` ("90s", "5m", "1h 30m", "14d", "2.5") stands for.

    `where` names the flag or file:line in the UnitError raised when it stands for none.
    """
    _check_text(text, "duration", _DURATION, "write one such as 90s, 5m, 2h, 14d or 1h 30m", where)
    parts = _QUANTITY.findall(text.strip())
    if not all(unit.lower() in _SECONDS for _, unit in parts):
        raise UnitError(
            f'"{text}" has no unit of time that is known',
            where=where,
            remedy="units: ms, s, m (minutes), h, d, w",
        )
    return float(sum(Decimal(number) * _SECONDS[unit.lower()] for number, unit in parts))


def parse_cores(text: str, *, where: str = "") -> float:
    """Return the cores that `text` ("2", "1.5", or millicores "500m" as in Kubernetes) stands for.

    `where` names the flag or file:line in the UnitError raised when it stands for none.
    """
    number, unit = _split(text, "number of cores", "write one such as 2, 1.5 or 500m", where)
    if unit not in _CORES:
        raise UnitError(
            f'"{text}" has no unit of cores that is known',
            where=where,
            remedy="write cores as 2 or 1.5, or millicores as 500m",
        )
    return float(number * _CORES[unit])


def parse_share(text: str, *, where: str = "") -> float:
    """Return the share that `text` ("10%", "2.5 %", "0.1") stands for, as 0.1 for 10 %.

    `where` names the flag or file:line in the UnitError raised when it stands for none.
    """
    plain = text.strip()
    number = plain.removesuffix("%").rstrip()
    if not re.fullmatch(_NUMBER, number, re.ASCII):
        raise UnitError(
            f'"{text[:_LONGEST_TEXT]}" is no share', where=where, remedy="write one such as 10% or 0.1"
        )
    return float(Decimal(number) / (100 if plain.endswith("%") else 1))


def format_bytes(count: float) -> str:
    """Return `count` bytes in the largest unit of 1024 that it fills, such as "1.5 GiB"."""
    size, power = abs(float(count)), 0
    # What rounds up to 1024 belongs to the next unit: "1 MiB", not "1024 KiB".
    while round(size, 2) >= _BINARY_STEP and power < len(_BINARY_UNITS) - 1:
        size, power = size / _BINARY_STEP, power + 1
    sign = "-" if count < 0 else ""
    return f"{sign}{_trimmed(size, 2)} {_BINARY_UNITS[power]}"


def format_duration(seconds: float) -> str:
    """Return `seconds` to three digits, from a minute on in the two largest units: "1.75s", "4m 32s"."""
    if seconds < 0:
        return f"-{format_duration(-seconds)}"
    if round(seconds, 1) >= _MINUTE:
        return _format_long(seconds)
    for unit, size in _SHORT_STEPS:
        shown = f"{seconds / size:.3g}"
        if float(shown) >= 1:
            return f"{shown}{unit}"
    return "0s"


def format_share(share: float) -> str:
    """Return a share of 1 as per cent; what is nearly none or nearly all is not rounded to it."""
    if 0 < share < 0.0005:  # noqa: PLR2004 - half of the last digit shown
        return "<0.1%"
    if 0.9995 <= share < 1:  # noqa: PLR2004 - likewise
        return ">99.9%"
    return f"{_trimmed(share * 100, 1)}%"


def _format_long(seconds: float) -> str:
    """Return a duration of a minute or more in its two largest units, rounded to the smaller one."""
    (unit, size), (small_unit, small) = next(
        pair for pair in pairwise(_STEPS) if round(seconds / pair[1][1]) * pair[1][1] >= pair[0][1]
    )
    whole, rest = divmod(round(seconds / small) * small, size)
    return f"{whole}{unit} {rest // small}{small_unit}" if rest else f"{whole}{unit}"


def _trimmed(number: float, digits: int) -> str:
    return f"{number:.{digits}f}".rstrip("0").rstrip(".")


def _split(text: str, what: str, remedy: str, where: str) -> tuple[Decimal, str]:
    """Return the number and the lower-case unit of a text that holds one of each."""
    _check_text(text, what, _QUANTITY, remedy, where)
    number, unit = _QUANTITY.findall(text.strip())[0]
    return Decimal(number), unit.lower()


def _check_text(text: str, what: str, pattern: re.Pattern[str], remedy: str, where: str) -> None:
    if len(text) > _LONGEST_TEXT or not pattern.fullmatch(text.strip()):
        raise UnitError(f'"{text[:_LONGEST_TEXT]}" is no {what}', where=where, remedy=remedy)


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return `count` with its noun: "1 task", "3 tasks", or "2 retries" where `nouns` says so."""
    return f"{count} {noun}" if count == 1 else f"{count} {nouns or f'{noun}s'}"
