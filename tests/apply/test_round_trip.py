"""Generated files keep every byte but those of the intended lines; configparser itself is the oracle."""

from __future__ import annotations

import collections
import configparser
import dataclasses
import io
import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_tune.apply.change import Change
from airflow_tune.apply.document import CfgDocument
from airflow_tune.errors import ApplyError

EXAMPLES = 10_000 if os.environ.get("AIRFLOW_TUNE_THOROUGH") else 300

ENDS = ("\n", "\r\n", "\r")
NAMES = st.sampled_from(["parallelism", "PARALLELISM", "a", "b.c", "d-e", "max_active_runs", "größe", "x y"])
SECTIONS = st.sampled_from(["core", "CORE", "celery", "a.b", "日本", "team=core", "x y"])
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n%"), max_size=12
) | st.sampled_from(["32", "7 # no comment", "7 ; none", '"7"', "$HOME", "[core]", "a = b", "50%%", "%(a)s"])
BLANKS = st.sampled_from(["", "", "", " ", "\t ", "\u00a0"])
SEPARATORS = st.sampled_from(["=", " = ", ":", " : ", "=\t", "   =", ": "])


@st.composite
def comments(draw):
    name = draw(NAMES)
    text = draw(st.sampled_from(["", f" {name} = 32", f"{name}: 1", " airflow-tune: was 3: old"]) | TEXT)
    return draw(st.sampled_from(["", "  "])) + draw(st.sampled_from("#;")) + text


@st.composite
def options(draw, name, indent):
    """Return the lines of one option: those that belong to it as True, its comments as False."""
    value = draw(TEXT).strip()
    lines = [(indent + name + draw(SEPARATORS) + value + draw(BLANKS), True)]
    rest = draw(st.lists(st.one_of(comments(), st.just(""), TEXT), max_size=4)) if draw(st.booleans()) else []
    for text in rest:
        part = text.strip()
        lines.append((f"{indent}  {part}", not part.startswith(("#", ";"))))
    # Blank lines and comments after the last text are none of the value's.
    last = max(at for at, (line, own) in enumerate(lines) if at == 0 or (own and line.strip()))
    return [(line, own and at <= last) for at, (line, own) in enumerate(lines)]


@st.composite
def sections(draw, header):
    indent = draw(st.sampled_from(["", "", "", " ", "\t"]))
    lines = [(f"[{header}]" + draw(st.sampled_from(["", " ; x"])), None)]
    for name in draw(st.lists(NAMES, unique=True, max_size=5)):
        lines += [(line, None) for line in draw(st.lists(comments() | BLANKS, max_size=2))]
        key = (header, name)
        lines += [(line, key if own else None) for line, own in draw(options(name, indent))]
    lines += [(line, None) for line in draw(st.lists(comments() | BLANKS, max_size=3))]
    if draw(st.integers(0, 400)) == 137:
        lines += [(f"{indent}filler_{n} = {n}", (header, f"filler_{n}")) for n in range(5000)]
    return lines


@dataclasses.dataclass
class File:
    """Lines with their ends, each with the option that owns it or None."""

    lines: list

    @property
    def data(self):
        return "".join(line for line, _ in self.lines).encode()

    def __repr__(self):
        return f"File({self.data[:3000]!r})"


@st.composite
def files(draw):
    lines = [(line, None) for line in draw(st.lists(comments() | BLANKS, max_size=2))]
    for header in draw(st.lists(SECTIONS, unique=True, max_size=4)):
        lines += draw(sections(header))
    usual = draw(st.sampled_from([*ENDS, None]))
    ended = [(line + (usual or draw(st.sampled_from(ENDS))), key) for line, key in lines[:300]]
    ended += [(line + (usual or "\n"), key) for line, key in lines[300:]]
    # A lone CR before an empty LF line is one CRLF to every reader: not what is meant here.
    for at in range(len(ended) - 1):
        if ended[at][0].endswith("\r") and ended[at + 1][0].startswith("\n"):
            ended[at] = (ended[at][0] + "\n", ended[at][1])
    if ended and draw(st.booleans()):
        line, key = ended[-1]
        ended[-1] = (line.rstrip("\r\n"), key)
    return File(ended)


CHANGES = st.dictionaries(
    st.tuples(SECTIONS | st.just("brand_new"), st.sampled_from(["parallelism", "a", "b.c", "d-e", "new"])),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=8).map(str.strip)
    | st.sampled_from(["16", "50%", '{"a": 1}', "%(a)s", "# no comment", "[x]"]),
    min_size=1,
    max_size=4,
)


def parsed(data):
    parser = configparser.ConfigParser()
    parser.optionxform = str
    parser.read_file(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
    return parser


def effective(parser):
    return {
        (section, option): parser.get(section, option)
        for section in parser.sections()
        for option in parser[section]
    }


def wanted(data, values):
    """Return what shall be effective afterwards, or None where other values depend on the changed ones."""
    parser = parsed(data)
    expected = effective(parser) | values
    for (section, option), value in values.items():
        if expected.get((section, option)) != effective(parser).get((section, option)):
            if not parser.has_section(section):
                parser.add_section(section)
            parser.set(section, option, value.replace("%", "%%"))
    try:
        return expected if effective(parser) == expected else None
    except configparser.InterpolationError:
        return None


def is_own(line, keys):
    """Return whether an added line is one that a change may bring."""
    text = line.strip()
    return (
        not text
        or text.startswith("# airflow-tune: was ")
        or any(
            text == f"[{section}]" or re.match(rf"{re.escape(option)}\s*[=:]", text)
            for section, option in keys
        )
    )


def must_hold_kept(lines, after, changed):
    """Assert that all lines which no change owns stand in `after`, in order and byte for byte."""
    found = collections.deque(re.split(r"(?<=\n)|(?<=\r)(?!\n)", after.decode()))
    for line, key in lines:
        if key in changed or line.strip().startswith("# airflow-tune: was "):
            continue
        while found and found[0] != line and found[0].rstrip("\r\n") != line:
            assert is_own(found.popleft(), changed), "only lines of the changes may be new"
        assert found, f"the line {line!r} is gone"
        found.popleft()
    assert all(is_own(line, changed) for line in found)


@given(files(), CHANGES)
@settings(max_examples=EXAMPLES)
def test_only_the_intended_lines_change(file, values):
    changes = [Change(*key, value, "because") for key, value in values.items()]
    try:
        before = effective(parsed(file.data))
    except configparser.Error:
        with pytest.raises(ApplyError):
            CfgDocument.parse(file.data, "airflow.cfg")
        return
    document = CfgDocument.parse(file.data, "airflow.cfg")
    expected = wanted(file.data, values)
    if expected is None:
        with pytest.raises(ApplyError, match=r"would change as well|unreadable"):
            document.edited(changes)
        return

    after = document.edited(changes)
    changed = {key for key, value in values.items() if before.get(key) != value}
    assert effective(parsed(after)) == expected
    assert (after == file.data) == (not changed)
    must_hold_kept(file.lines, after, changed)
    assert CfgDocument.parse(after, "airflow.cfg").edited(changes) == after
    if file.data:
        assert after.endswith((b"\n", b"\r")) == file.data.endswith((b"\n", b"\r"))


def test_a_long_file_keeps_its_other_lines():
    options = [f"# option_{n} = 0\r\n\r\noption_{n} = {n}\r\n" for n in range(2000)]
    before = "".join(["[core]\r\n", *options])
    data = CfgDocument.parse(before.encode(), "airflow.cfg").edited(
        [Change("core", "option_1500", "x", "why")]
    )
    after = before.replace("option_1500 = 1500", "# airflow-tune: was 1500: why\r\noption_1500 = x")
    assert data == after.encode()
