from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.documents import load_document, parse_document
from airflow_tune.errors import DocumentError
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "memory": {"type": ["string", "number"], "format": "bytes"},
        "cores": {"type": ["string", "number"], "format": "cores"},
        "pause": {"type": ["string", "number"], "format": "timespan"},
        "kind": {"enum": ["batch", "stream", 3]},
        "names": {"type": "array", "uniqueItems": True},
        "groups": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "count"],
                "additionalProperties": False,
                "patternProperties": {"^x-": {}},
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 5},
                    "count": {"type": "integer", "minimum": 1, "exclusiveMaximum": 10},
                },
            },
        },
        "pooler": {
            "anyOf": [
                {"const": "none"},
                {"type": "null"},
                {"type": "object", "required": ["mode", "size"], "properties": {"size": {"type": "integer"}}},
            ]
        },
    },
}


def refused(text: str) -> list[str]:
    with pytest.raises(DocumentError) as error:
        parse_document(text, SCHEMA, what="test file", path=Path("t.yaml"))
    return str(error.value).splitlines()


def one(text: str) -> str:
    return refused(text)[0].replace("the test file cannot be used: ", "")


def test_a_document_names_the_place_of_each_value(tmp_path):
    path = tmp_path / "t.yaml"
    path.write_text("memory: 2GiB\n\ngroups:\n  - name: a\n    count: 2\n", encoding="utf-8")
    document = load_document(path, SCHEMA, what="test file", kind=OriginKind.DEPLOYMENT)
    assert document.data == {"memory": "2GiB", "groups": [{"name": "a", "count": 2}]}
    assert document.line_of("groups", 0, "count") == 5
    assert document.line_of("groups", 0, "none", "deeper") == 4
    assert document.line_of() == 1
    assert document.bytes_at("memory") == Measured(2 * 1024**3, Origin(OriginKind.DEPLOYMENT, str(path), 1))
    assert document.count_at("groups", 0, "count").origin.line == 5


def test_quantities_are_text_with_units_or_plain_numbers():
    document = parse_document("memory: 2048\ncores: 500m\npause: 1m 30s\n", SCHEMA, what="test file")
    assert document.bytes_at("memory").value == 2048
    assert document.cores_at("cores").value == 0.5
    assert document.seconds_at("pause").value == 90
    assert str(document.seconds_at("pause").origin) == "<text>:3"
    assert parse_document("cores: 1.5\n", SCHEMA, what="test file").cores_at("cores").value == 1.5


def test_values_that_are_not_written_have_a_default():
    document = parse_document("groups: [{name: a, count: 1, x-note: [1]}]", SCHEMA, what="test file")
    assert document.value("groups", 0, "name") == "a"
    assert document.value("groups", 0, "x-note", 0) == 1
    assert document.value("groups", 7, default="none") == "none"
    assert document.value("groups", "name") is None
    assert document.value("memory") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1, 2]", "t.yaml:1: at the top there must be keys with values, such as `name: value`"),
        ("memroy: 1", 't.yaml:1: memroy: this key is not known, did you mean "memory"?'),
        ("\nkind: strem", 't.yaml:2: kind: "strem" is not known, did you mean "stream"?'),
        ("kind: 4", "t.yaml:1: kind: 4 is not known, known: batch, stream, 3"),
        ("memory: [1]", "t.yaml:1: memory: expected text or a number, found a list"),
        ("memory: []", "t.yaml:1: memory: expected text or a number, found an empty list"),
        ("memory: {}", "t.yaml:1: memory: expected text or a number, found keys with values"),
        ("memory: true", "t.yaml:1: memory: expected text or a number, found true"),
        ("memory:", "t.yaml:1: memory: expected text or a number, found nothing"),
        ("memory: -1", "t.yaml:1: memory: -1 is less than nothing: write a number of zero or more"),
        ("cores: -2m", 't.yaml:1: cores: "-2m" is no number of cores: write one such as 2, 1.5 or 500m'),
        ("pause: 1 2", 't.yaml:1: pause: "1 2" is no duration: write one such as 90s, 5m, 2h, 14d or 1h 30m'),
        ("groups: []", "t.yaml:1: groups: expected at least one entry, found an empty list"),
        ("groups:\n- name: a", 't.yaml:2: groups[0]: "count" is missing'),
        ("groups: [{name: a, count: 0}]", "t.yaml:1: groups[0].count: expected at least 1, found 0"),
        ("groups: [{name: a, count: 10}]", "t.yaml:1: groups[0].count: expected less than 10, found 10"),
        ("groups: [{name: a, count: 1.5}]", "t.yaml:1: groups[0].count: expected a whole number, found 1.5"),
        ("groups: [{name: '', count: 1}]", "t.yaml:1: groups[0].name: expected some text, found none"),
        ("names:\n- a\n- b\n- a", 't.yaml:4: names[2]: "a" is in the list twice'),
        ("groups: [{name: abcdef, count: 1}]", "t.yaml:1: groups[0].name: 'abcdef' is too long"),
        ("pooler: 3", 't.yaml:1: pooler: expected "none" or nothing or keys with values, found 3'),
    ],
)  # fmt: skip
def test_each_violation_is_said_in_plain_words(text, message):
    assert one(text) == message


def test_the_nearest_branch_of_a_choice_is_explained():
    assert refused("pooler:\n  size: big")[1:3] == [
        '  t.yaml:1: pooler: "mode" is missing',
        '  t.yaml:2: pooler.size: expected a whole number, found "big"',
    ]


def test_all_violations_stand_in_one_error_in_the_order_of_lines():
    assert refused("kind: x\ncores: -1\nfoo: 1\ngroups:\n- {}\n") == [
        "t.yaml: the test file cannot be used, 5 things are wrong:",
        '  t.yaml:1: kind: "x" is not known, known: 3, batch, stream',
        "  t.yaml:2: cores: -1 is less than nothing: write a number of zero or more",
        "  t.yaml:3: foo: this key is not known, known: cores, groups, kind, memory, names, pause, pooler",
        '  t.yaml:5: groups[0]: "name" is missing',
        '  t.yaml:5: groups[0]: "count" is missing',
        "  → correct these lines and run again",
    ]


def test_what_yaml_cannot_say_is_refused_before_the_schema():
    assert refused("kind: x\nkind: y\n") == [
        't.yaml:2: the test file cannot be used: the key "kind" stands twice, first in line 1',
        "  → correct it and run again",
    ]


def test_a_flood_of_violations_is_cut():
    lines = refused("\n".join(f"k{n}: 1" for n in range(150)))
    assert lines[0] == "t.yaml: the test file cannot be used, 150 things are wrong:"
    assert lines[-2] == "  … and 50 more"
    assert len(lines) == 103


def test_long_values_are_shortened():
    assert one(f"kind: {'z' * 500}") == f't.yaml:1: kind: "{"z" * 58}… is not known, known: 3, batch, stream'


def test_an_unknown_format_of_json_schema_is_no_violation():
    schema = {"properties": {"when": {"format": "date-time"}}}
    assert parse_document("when: soon", schema, what="test file").data == {"when": "soon"}


SNIPPETS = ["a", "<<", ": ", "- ", "\n  ", "memory", "groups", "1", "&a", "*a", *"[]{}:,-?*&!|>'\"%@`#~ \n\t"]
YAML_LIKE = st.lists(st.sampled_from(SNIPPETS), max_size=60).map("".join)


@given(YAML_LIKE | st.text(max_size=80))
def test_junk_gives_a_document_or_one_document_error(text):
    with contextlib.suppress(DocumentError):
        assert set(parse_document(text, SCHEMA, what="test file").data) <= set(SCHEMA["properties"])


@given(content=st.binary(max_size=200))
def test_junk_bytes_give_a_document_or_one_document_error(content, tmp_path_factory):
    path = tmp_path_factory.mktemp("junk") / "t.yaml"
    path.write_bytes(content)
    with contextlib.suppress(DocumentError):
        assert set(load_document(path, SCHEMA, what="test file").data) <= set(SCHEMA["properties"])
