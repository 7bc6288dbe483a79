import configparser
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.errors import SettingsError
from airflow_tune.settings.cfg_file import MAX_BYTES, read_cfg

CFG = b"""# head
[core]
parallelism = 32
bundles: [
    {"name": "a"},

    {"name": "b"}
    ]

# between
dags_folder = /dags ; kept
[DEFAULT]
zebra = striped
[my section]
  indented = 1
  next = %(zebra)s, 50%%
empty =
"""


def refused(data):
    with pytest.raises(SettingsError) as caught:
        read_cfg(data, "airflow.cfg")
    return str(caught.value)


def test_values_and_their_lines():
    cfg = read_cfg(CFG, "airflow.cfg")
    assert [(e.section, e.option, e.first_line, e.last_line) for e in cfg.entries.values()] == [
        ("DEFAULT", "zebra", 13, 13),
        ("core", "parallelism", 3, 3),
        ("core", "bundles", 4, 8),
        ("core", "dags_folder", 11, 11),
        ("my section", "indented", 15, 15),
        ("my section", "next", 16, 16),
        ("my section", "empty", 17, 17),
    ]
    assert cfg.sections == {"core": 2, "my section": 14}
    assert cfg.entries["core", "bundles"].raw == '[\n{"name": "a"},\n\n{"name": "b"}\n]'
    assert cfg.entries["my section", "next"].raw == "%(zebra)s, 50%%"
    assert cfg.value("my section", "next") == "striped, 50%"
    assert cfg.value("core", "dags_folder") == "/dags ; kept"
    assert cfg.value("my section", "empty") == ""


def test_options_of_default_hold_in_every_section_of_the_file():
    cfg = read_cfg(CFG, "airflow.cfg")
    assert cfg.has("core", "zebra")
    assert not cfg.has("elsewhere", "zebra")
    assert cfg.place("core", "zebra") == "airflow.cfg:13"
    assert cfg.place("core", "nothing") == "airflow.cfg"


def test_names_keep_their_case():
    cfg = read_cfg(b"[core]\nParallelism = 1\nparallelism = 2\n", "airflow.cfg")
    assert cfg.value("core", "parallelism") == "2"
    assert cfg.value("core", "Parallelism") == "1"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["unix", "windows", "old mac"])
def test_line_ends(end):
    cfg = read_cfg(CFG.replace(b"\n", end), "airflow.cfg")
    assert cfg.entries["my section", "empty"].first_line == 17


def test_every_repetition_is_named_with_the_line_that_was_first():
    message = refused(
        b"[core]\na = 1\na = 2\n[x]\n  b = 1\n  b: 2\n[core]\nc = 1\nc = 2\n[DEFAULT]\nd = 1\nd = 2\n"
    )
    assert message == (
        "airflow.cfg:3: Airflow cannot read this file: line 3 gives a in [core] again, after line 2; "
        "line 6 gives b in [x] again, after line 5; line 7 opens [core] again, after line 1; "
        "line 9 gives c in [core] again, after line 8; line 12 gives d in [DEFAULT] again, after line 11\n"
        "  → correct these lines; Airflow does not start with them either"
    )


def test_repetitions_before_another_fault():
    assert "line 3 gives a in [core] again" in refused(b"[core]\na = 1\na = 2\nno separator\n")


def test_many_repetitions_are_cut():
    lines = b"".join(b"a = 1\n" for _ in range(60))
    assert refused(b"[core]\n" + lines).count("again") == 20


def test_what_stands_before_the_first_section():
    assert "airflow.cfg:2: Airflow cannot read this file: line 2 stands before the first section" in refused(
        b"# c\na = 1\nb = 2\n"
    )


def test_every_line_without_separator_is_named_and_none_is_repeated():
    message = refused(b"[core]\nhunter2\na = 1\nhunter3\n= 4\n")
    assert "airflow.cfg:2" in message
    assert "line 2 is no section" in message
    assert "line 4 is no section" in message
    assert "line 5 is no section" in message
    assert "hunter" not in message


def test_many_faults_are_counted():
    assert "and 30 more" in refused(b"[core]\n" + b"junk\n" * 50)


def test_text_that_is_no_utf_8():
    assert (
        "airflow.cfg:2: Airflow cannot read this file: line 2 is no UTF-8 text; line 4 is no UTF-8"
        in refused(b"[core]\na = \xff\nb = \xc3\xa9\nc = \xfe\n")
    )


def test_binary_and_huge_files():
    assert "binary data" in refused(b"[core]\na = \0\n")
    assert "more than 10 MiB" in refused(b"#" * (MAX_BYTES + 1))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("hunter2%", "a % stands neither"),
        ("%(nope)s", "refers to %(nope)s"),
        ("%(a)s", "refers to itself"),
    ],
)
def test_percent_signs_that_cannot_be_read(value, reason):
    cfg = read_cfg(f"[core]\nb = 1\na = {value}\n".encode(), "airflow.cfg")
    with pytest.raises(SettingsError) as caught:
        cfg.value("core", "a")
    message = str(caught.value)
    assert message.startswith("airflow.cfg:3: Airflow cannot read the value of a in [core]: ")
    assert reason in message
    assert "write %% for a percent sign" in message
    assert "hunter2" not in message


LINE = st.sampled_from([
    "[core]", "[other]", "[DEFAULT]", "a = 1", "b: 2", "  more", "", "   ", "# note", "  # inner", "; note",
    "c =", "d = %(a)s", "  e = 5", "f=g=h", "\tg = tab",
])  # fmt: skip


@given(st.lists(LINE, max_size=25))
def test_it_reads_what_configparser_reads(lines):
    text = "\n".join(lines)
    theirs = configparser.ConfigParser()
    theirs.optionxform = str
    try:
        theirs.read_file(io.StringIO(text))
    except configparser.Error:
        assert "Airflow cannot read this file" in refused(text.encode())
        return
    cfg = read_cfg(text.encode(), "airflow.cfg")
    written = {
        (section, option): value
        for section in [*theirs.sections(), "DEFAULT"]
        for option, value in theirs._sections.get(section, theirs._defaults).items()
    }
    assert {name: entry.raw for name, entry in cfg.entries.items()} == written
    for (_, option), entry in cfg.entries.items():
        assert lines[entry.first_line - 1].strip().startswith(option)
        assert entry.first_line <= entry.last_line
