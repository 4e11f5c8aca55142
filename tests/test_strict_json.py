"""Bytes become a value only when every reader would read the same value; what is wrong is said with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.strict_json import MAX_NUMBER, MAX_PROBLEMS, decode, decode_large
from engine.errors import Refused

NAMES = frozenset({"a", "b", "patient", "x/y", "x~y", ""})

HOSTILE: list[tuple[bytes, str, str]] = [
    # nothing there, and things that are not JSON
    (b"", "json-empty", ""),
    (b" \t\r\n ", "json-empty", ""),
    (b"{", "json-syntax", ""),
    (b"}", "json-syntax", ""),
    (b'{"a":1,}', "json-syntax", ""),
    (b"[1,]", "json-syntax", ""),
    (b"[1 2]", "json-syntax", ""),
    (b'{"a" 1}', "json-syntax", ""),
    (b"{'a':1}", "json-syntax", ""),
    (b"{a:1}", "json-syntax", ""),
    (b'{"a":1}x', "json-syntax", ""),
    (b"{} {}", "json-syntax", ""),
    (b"{}\x00", "json-syntax", ""),
    (b"// no\n{}", "json-syntax", ""),
    (b"/* no */{}", "json-syntax", ""),
    (b'"abc', "json-syntax", ""),
    (b'"a\nb"', "json-syntax", ""),
    (b'"a\x00b"', "json-syntax", ""),
    (b'"\\x41"', "json-syntax", ""),
    (b'"\\u12"', "json-syntax", ""),
    (b"True", "json-syntax", ""),
    (b"nul", "json-syntax", ""),
    (b"undefined", "json-syntax", ""),
    (b"01", "json-syntax", ""),
    (b"+1", "json-syntax", ""),
    (b".5", "json-syntax", ""),
    (b"1.", "json-syntax", ""),
    (b"0x10", "json-syntax", ""),
    (b"1e", "json-syntax", ""),
    (b"--1", "json-syntax", ""),
    (b"\x0b{}", "json-syntax", ""),
    ("\u00a0{}".encode(), "json-syntax", ""),
    # other encodings
    (b"\xef\xbb\xbf{}", "json-byte-order-mark", ""),
    ("{}".encode("utf-16"), "json-byte-order-mark", ""),
    ("{}".encode("utf-16-be"), "json-syntax", ""),
    ("{}".encode("utf-32-be"), "json-syntax", ""),
    (b'"\xff"', "json-encoding", ""),
    (b'"\xc0\xaf"', "json-encoding", ""),
    (b'"\xed\xa0\x80"', "json-encoding", ""),
    (b'"\xf8\x88\x80\x80\x80"', "json-encoding", ""),
    (b'"\xe2\x82"', "json-encoding", ""),
    # a key that stands twice
    (b'{"a":1,"a":1}', "json-duplicate-key", "/a"),
    (b'{"a":1,"\\u0061":2}', "json-duplicate-key", "/a"),
    (b'{"b":[{"a":{"b":1,"b":2}}]}', "json-duplicate-key", "/b/0/a/b"),
    (b'{"x/y":1,"x/y":2}', "json-duplicate-key", "/x~1y"),
    (b'{"x~y":1,"x~y":2}', "json-duplicate-key", "/x~0y"),
    (b'{"":1,"":2}', "json-duplicate-key", "/"),
    (b'{"secret":1,"secret":2}', "json-duplicate-key", ""),
    (b'{"a":{"secret":1,"secret":2}}', "json-duplicate-key", "/a"),
    # numbers that are none, or that not every reader can hold
    (b"NaN", "json-not-a-number", ""),
    (b'{"a":NaN}', "json-not-a-number", "/a"),
    (b'{"a":[0,Infinity]}', "json-not-a-number", "/a/1"),
    (b'{"a":{"b":-Infinity}}', "json-not-a-number", "/a/b"),
    (b'{"secret":NaN}', "json-not-a-number", ""),
    (b'{"a":1e999}', "json-number-too-large", "/a"),
    (b'{"a":-1e400}', "json-number-too-large", "/a"),
    (b'{"a":9007199254740992}', "json-number-too-large", "/a"),
    (b'{"a":-9007199254740992.0}', "json-number-too-large", "/a"),
    (b'{"a":9223372036854775808}', "json-number-too-large", "/a"),
    (b'{"a":' + b"9" * 5000 + b"}", "json-number-too-large", "/a"),
    (b'{"a":' + b"9" * 400 + b".5}", "json-number-too-large", "/a"),
    # halves of characters
    (b'{"a":"\\ud800"}', "json-lone-surrogate", "/a"),
    (b'{"a":["\\uDFFF x"]}', "json-lone-surrogate", "/a/0"),
    (b'{"a":"\\udc00\\ud800"}', "json-lone-surrogate", "/a"),
    (b'{"\\ud800":1}', "json-lone-surrogate", ""),
    # depth
    (b"[" * 65 + b"]" * 65, "json-too-deep", ""),
    (b'{"a":' * 65 + b"1" + b"}" * 65, "json-too-deep", ""),
    (b"[" * 100_000, "json-too-deep", ""),
    (b'{"a":[' * 50_000, "json-too-deep", ""),
]


@pytest.mark.parametrize(("data", "code", "where"), HOSTILE, ids=[f"{index}-{code}" for index, (_, code, _) in enumerate(HOSTILE)])
def test_hostile_input_is_refused_with_its_place(data: bytes, code: str, where: str) -> None:
    with pytest.raises(Refused) as refused:
        decode(data, NAMES)
    assert [(item.code, item.where) for item in refused.value.problems] == [(code, where)]
    assert all(item.what and item.do for item in refused.value.problems)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(("data", "code", "where"), [item for item in HOSTILE if item[1] != "json-number-too-large"])
def test_large_bodies_are_held_to_the_same(data: bytes, code: str, where: str) -> None:
    with pytest.raises(Refused) as refused:
        decode_large(data, NAMES)
    assert [(item.code, item.where) for item in refused.value.problems] == [(code, where)]


@pytest.mark.parametrize("space", ["", " ", "\n\t\r"])
@pytest.mark.parametrize("text", ['"', 'a":', '\\" :', "\\"])
def test_no_text_hides_a_key_that_stands_twice(space: str, text: str) -> None:
    twice = f'{{"a"{space}:1,"b":{json.dumps(text)},"a"{space}:2}}'.encode()
    assert decode_large(twice.replace(b'"a"', b'"c"', 1)) == {"c": 1, "b": text, "a": 2}
    with pytest.raises(Refused):
        decode_large(twice)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b" {} ", {}),
        (b"null", None),
        (b"271.0", 271),
        (b"2.71e2", 271),
        (b"-0.0", 0),
        (b"9007199254740991", MAX_NUMBER),
        (b"-9007199254740991", -MAX_NUMBER),
        (b"0.1", 0.1),
        (b"1e-400", 0),
        (b'"\\ud83d\\ude00 \\u0000"', "\U0001f600 \x00"),
        ('"ñ"'.encode(), "ñ"),
        (b'{"a":{"a":1},"b":{"a":1}}', {"a": {"a": 1}, "b": {"a": 1}}),
        (b"[" * 64 + b"]" * 64, json.loads("[" * 64 + "]" * 64)),
        (b'"\\\\ud800"', "\\ud800"),
    ],
)
def test_what_every_reader_reads_the_same_is_read(data: bytes, value: Any) -> None:
    decoded = decode(data)
    assert decoded == value
    assert type(decoded) is type(value)


def test_every_problem_is_told_and_not_only_the_first() -> None:
    with pytest.raises(Refused) as refused:
        decode(b'{"a":[NaN,1e999,"\\ud800"],"b":{"a":1,"a":2}}', NAMES)
    assert [(item.where, item.code) for item in refused.value.problems] == [
        ("/a/0", "json-not-a-number"),
        ("/a/1", "json-number-too-large"),
        ("/a/2", "json-lone-surrogate"),
        ("/b/a", "json-duplicate-key"),
    ]


def test_no_more_problems_than_anybody_reads() -> None:
    with pytest.raises(Refused) as refused:
        decode(b"[" + b"NaN," * 10_000 + b"0]")
    assert len(refused.value.problems) == MAX_PROBLEMS


def test_the_line_and_column_of_broken_json_are_told() -> None:
    with pytest.raises(Refused, match="line 2, column 7"):
        decode(b'{"a":1,\n  "b":!}')


_SCALARS = st.none() | st.booleans() | st.integers(-MAX_NUMBER, MAX_NUMBER) | st.text() | st.floats(-1e15, 1e15)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4), max_leaves=20
)


@given(_VALUES)
@settings(max_examples=150)
def test_whatever_is_sound_is_read_as_it_was_meant(value: Any) -> None:
    assert decode(json.dumps(value).encode()) == value
    assert decode(json.dumps(value, ensure_ascii=False).encode()) == value
    assert decode_large(json.dumps(value, indent=1).encode()) == value


@given(st.binary(max_size=60) | st.text('[]{}":,0123456789.eE+-nulltrefasNIiy\\ud8', max_size=40).map(str.encode))
@settings(max_examples=400)
def test_no_bytes_do_anything_but_be_read_or_refused(data: bytes) -> None:
    try:
        value = decode(data, NAMES)
    except Refused as refused:
        assert all(item.code.startswith("json-") for item in refused.problems)
    else:
        assert value == json.loads(data) == decode_large(data, NAMES)
