from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.errors import UnitError
from airflow_tune.units import (
    format_bytes,
    format_duration,
    format_share,
    parse_bytes,
    parse_cores,
    parse_duration,
    parse_share,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2048", 2048),
        ("0", 0),
        ("7B", 7),
        ("2GiB", 2 * 1024**3),
        ("2Gi", 2 * 1024**3),
        ("2 gib", 2 * 1024**3),
        ("512MiB", 512 * 1024**2),
        ("1.5G", 1_500_000_000),
        ("1.5GB", 1_500_000_000),
        (" .5 KiB ", 512),
        ("3k", 3000),
        ("4TiB", 4 * 1024**4),
    ],
)
def test_sizes_are_read(text, expected):
    assert parse_bytes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", 90.0),
        ("90", 90.0),
        ("5m", 300.0),
        ("5 min", 300.0),
        ("2h", 7200.0),
        ("14d", 1_209_600.0),
        ("2w", 1_209_600.0),
        ("250ms", 0.25),
        ("30µs", 0.00003),
        ("1h 30m", 5400.0),
        ("1H30M", 5400.0),
    ],
)
def test_durations_are_read(text, expected):
    assert parse_duration(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("2", 2.0), ("1.5", 1.5), ("500m", 0.5), ("1500M", 1.5)])
def test_cores_are_read(text, expected):
    assert parse_cores(text) == expected


NO_QUANTITY = ["", " ", "x", "-1", "1e5", "1,5", "nan", "inf", "GiB", "1 2", "²", "1" * 41]


@pytest.mark.parametrize("parse", [parse_bytes, parse_duration, parse_cores])
@pytest.mark.parametrize("text", [*NO_QUANTITY, "1h 30", "2q"])
def test_what_is_no_quantity_is_refused(parse, text):
    with pytest.raises(UnitError) as refused:
        parse(text, where="--flag")
    assert str(refused.value).startswith(f'--flag: "{text[:40]}')
    assert "\n  → " in str(refused.value)


def test_messages_say_what_to_write():
    with pytest.raises(UnitError) as size:
        parse_bytes("two", where="--memory")
    assert str(size.value) == '--memory: "two" is no size\n  → write one such as 2GiB, 512MiB or 1.5G'
    with pytest.raises(UnitError, match='"2x" has no unit of bytes that is known'):
        parse_bytes("2x")
    with pytest.raises(UnitError, match='"9EiB" is more than any machine holds'):
        parse_bytes("9EiB")
    with pytest.raises(UnitError, match='"2y" has no unit of time that is known\n  → units: ms, s'):
        parse_duration("2y")
    with pytest.raises(UnitError, match='"2k" has no unit of cores that is known\n  → write cores as 2'):
        parse_cores("2k")


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (1024**2 - 1, "1 MiB"),
        (1.5 * 1024**3, "1.5 GiB"),
        (-512 * 1024**2, "-512 MiB"),
        (2**80, "1048576 EiB"),
    ],
)
def test_sizes_are_printed(count, expected):
    assert format_bytes(count) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0s"),
        (0.000_000_4, "400ns"),
        (0.000_000_000_4, "0s"),
        (0.00003, "30µs"),
        (0.00142, "1.42ms"),
        (0.25, "250ms"),
        (0.9999, "1s"),
        (1.75, "1.75s"),
        (42.34, "42.3s"),
        (59.96, "1m"),
        (272, "4m 32s"),
        (3599.6, "1h"),
        (7200, "2h"),
        (86_399, "1d"),
        (90_000, "1d 1h"),
        (-90, "-1m 30s"),
    ],
)
def test_durations_are_printed(seconds, expected):
    assert format_duration(seconds) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0, "0%"),
        (0.0001, "<0.1%"),
        (0.0004999, "<0.1%"),
        (0.5, "50%"),
        (0.873, "87.3%"),
        (0.9999, ">99.9%"),
        (1, "100%"),
        (1.25, "125%"),
    ],
)
def test_shares_are_printed(share, expected):
    assert format_share(share) == expected


@given(st.integers(0, 2**63 - 2**55))
def test_printed_sizes_are_read_back(count):
    assert parse_bytes(format_bytes(count)) == pytest.approx(count, rel=0.005)


@given(st.floats(0, 1e9))
def test_printed_durations_are_read_back(seconds):
    # Half of the smaller unit shown is at most half an hour beside a day: one part in 48.
    assert parse_duration(format_duration(seconds)) == pytest.approx(seconds, rel=1 / 48, abs=0.000_001)


@given(st.sampled_from([parse_bytes, parse_duration, parse_cores]), st.text(max_size=50))
def test_any_text_is_read_or_refused(parse, text):
    try:
        value = parse(text)
    except UnitError:
        return
    assert value >= 0


@pytest.mark.parametrize(
    ("text", "share"), [("10%", 0.1), ("0.1", 0.1), ("2.5 %", 0.025), ("0", 0.0), ("150%", 1.5)]
)
def test_a_share_is_per_cent_or_plain(text, share):
    assert parse_share(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["", "%", "10p", "ten", "-1%", "10 m"])
def test_what_is_no_share(text):
    with pytest.raises(UnitError, match=r"here: .*is no share"):
        parse_share(text, where="here")
