"""Codes are text: letters, leading zeros and what a spreadsheet does to them."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oi_geo.codes import (
    area_kind,
    gemeente_of,
    parse_agb,
    parse_area,
    parse_areas,
    parse_pc4,
    parse_pc6,
)

DIGIT = "0123456789"
LETTER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
GEMEENTE = st.text(DIGIT, min_size=4, max_size=4)
BODIES = {
    "gemeente": ("GM", GEMEENTE),
    "wijk": ("WK", st.tuples(GEMEENTE, st.text(DIGIT + LETTER, min_size=2, max_size=2))),
    "buurt": ("BU", st.tuples(GEMEENTE, st.text(DIGIT + LETTER, min_size=4, max_size=4))),
}
KINDS = st.sampled_from(sorted(BODIES))


@st.composite
def codes(draw: st.DrawFn) -> tuple[str, str]:
    kind = draw(KINDS)
    prefix, body = BODIES[kind]
    return kind, prefix + "".join(draw(body))


@given(codes(), st.data())
def test_a_code_survives_case_and_spaces(code, data):
    kind, text = code
    at = data.draw(st.integers(0, len(text)))
    gap = data.draw(st.sampled_from(["", " ", "-", "\u00a0"]))
    messy = f" {text[:at]}{gap}{text[at:]} ".lower()
    assert parse_area(text) == text
    assert parse_area(messy) == text
    assert area_kind(text) == kind


@given(codes())
def test_a_code_without_its_letters_is_found_by_its_length(code):
    kind, text = code
    assert parse_area(text[2:], kind) == text
    if text[2:].isdigit():
        assert parse_area(text[2:]) == text
        assert parse_area(f"{text[2:]}.0", kind) == text


@given(KINDS, st.integers(1, 9), st.data())
def test_the_zeros_that_excel_strips_are_put_back_where_the_kind_is_known(kind, first, data):
    length = {"gemeente": 4, "wijk": 6, "buurt": 8}[kind]
    zeros = data.draw(st.integers(1, 3))
    rest = data.draw(st.text(DIGIT, min_size=length - zeros - 1, max_size=length - zeros - 1))
    stripped = f"{first}{rest}"
    assert parse_area(stripped, kind) == BODIES[kind][0] + "0" * zeros + stripped


@pytest.mark.parametrize(
    ("text", "expected", "code"),
    [
        ("wk0344ad", None, "WK0344AD"),
        ("WK 0344 AD", None, "WK0344AD"),
        ("0344", "gemeente", "GM0344"),
        ("344", "gemeente", "GM0344"),
        ("344.0", "gemeente", "GM0344"),
        ("34401", "wijk", "WK034401"),
        ("344AD", "wijk", "WK0344AD"),
        ("3440107", "buurt", "BU03440107"),
        ("344", None, None),
        ("34401", None, None),
        ("GM0344", "wijk", "GM0344"),
        ("GM344", None, None),
        ("Utrecht", None, None),
        ("WK0344A", None, None),
        ("WK0344ADX", None, None),
        ("", None, None),
        ("٠٣٤٤", None, None),
        ("GM٠٣٤٤", None, None),
        (None, None, None),
        (float("nan"), None, None),
        (344, "gemeente", "GM0344"),
    ],
)
def test_area_codes(text, expected, code):
    assert parse_area(text, expected) == code


@given(st.text(max_size=12), st.sampled_from([None, "wijk", "buurt", "gemeente"]))
def test_whatever_comes_out_is_a_code_in_ascii_and_parses_to_itself(text, expected):
    code = parse_area(text, expected)
    if code is not None:
        assert code.isascii()
        assert area_kind(code) is not None
        assert parse_area(code) == code


def test_a_column_keeps_its_index_and_its_gaps():
    texts = pd.Series(["344", None, "x", "GM0310"], index=[5, 3, 9, 3], dtype="str")
    result = parse_areas(texts, "gemeente")
    assert result.index.tolist() == [5, 3, 9, 3]
    assert result.isna().tolist() == [False, True, True, False]
    assert result.dropna().tolist() == ["GM0344", "GM0310"]
    assert str(result.dtype) == "str"


@pytest.mark.parametrize("texts", [[], ["x", "y"], [None, None]])
def test_a_column_without_any_code_is_missing_text(texts):
    result = parse_areas(pd.Series(texts, dtype="str"))
    assert str(result.dtype) == "str"
    assert result.isna().all()
    assert len(result) == len(texts)


def test_the_gemeente_follows_from_the_code():
    found = gemeente_of(pd.Index(["WK0344AD", "BU0344AD07", "GM0310"]))
    assert found.tolist() == ["GM0344", "GM0344", "GM0310"]
    assert found.index.tolist() == ["WK0344AD", "BU0344AD07", "GM0310"]
    assert gemeente_of(pd.Series(["WK0344AD", None], index=[2, 3])).isna().tolist() == [False, True]


@given(
    st.integers(1000, 9999),
    st.text(LETTER, min_size=2, max_size=2),
    st.sampled_from(["", " ", "  ", "\u00a0"]),
    st.booleans(),
)
def test_postcodes_survive_case_and_spaces(digits, letters, gap, lower):
    text = f" {digits}{gap}{letters.lower() if lower else letters} "
    assert parse_pc6(text) == f"{digits}{letters}"
    assert parse_pc4(text) == str(digits)
    assert parse_pc4(digits) == parse_pc4(float(digits)) == str(digits)
    assert parse_pc6(digits) is None


@pytest.mark.parametrize(
    "text", ["0999AB", "358", "35841", "3584C", "3584CJ1", "", None, "٣٥٨٤", "3٥٨٤", "3٥٨٤AB"]
)
def test_what_is_no_postcode(text):
    assert parse_pc6(text) is None
    assert parse_pc4(text) is None


@given(st.integers(1, 99_999_999))
def test_agb_codes_get_back_one_stripped_zero(number):
    code = f"{number:08d}"
    assert parse_agb(code) == (code, False)
    assert parse_agb(f"{code[:2]}-{code[2:]}") == (code, False)
    assert parse_agb(f" {code}.0 ") == (code, False)
    stripped = str(number)
    if len(stripped) == 7:
        assert parse_agb(stripped) == (code, True)
        assert parse_agb(f"{stripped}.0") == (code, True)
    elif len(stripped) < 7:
        assert parse_agb(stripped) == (None, False)


@pytest.mark.parametrize("text", ["1.00123E+06", "123456789", "0100123A", "", None, "٠١٠٠١٢٣٤"])
def test_what_is_no_agb_code(text):
    assert parse_agb(text) == (None, False)
