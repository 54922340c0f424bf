"""Sums, counts and names per label; label -1 is left out, unknown is not zero."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from oi_geo.study_area import study_area
from oi_geo.tally import count, distinct, names, plain, practice_labels, total, uncounted
from tests.conftest import draw, practice_table

LABELS = np.array([0, 2, 0, -1, 2])


def test_total_leaves_out_unknown_values_and_rows_without_a_label():
    assert total(LABELS, 3, [1, 2, np.nan, 8, 16]).tolist() == [1, 0, 18]


def test_count_counts_every_label_also_the_empty_ones():
    assert count(LABELS, 4).tolist() == [2, 0, 2, 0]
    assert count(LABELS, 3, [True, False, False, True, True]).tolist() == [1, 0, 1]


def test_distinct_and_names_ignore_doubles_and_missing_texts():
    texts = pd.Series(["b", "a", "a", "c", "a"])
    assert distinct(LABELS, 3, texts).tolist() == [2, 0, 1]
    assert names(LABELS, 3, texts) == [("a", "b"), (), ("a",)]
    assert distinct(LABELS, 3, pd.Series([None] * 5, dtype="str")).tolist() == [0, 0, 0]


@given(st.lists(st.tuples(st.integers(-1, 3), st.one_of(st.none(), st.sampled_from("abc")))))
def test_the_twin_in_plain_python(rows):
    labels = np.array([label for label, _ in rows], int)
    texts = pd.Series([text for _, text in rows], dtype="str")
    sets = [sorted({t for k, t in rows if k == group and t}) for group in range(4)]
    assert names(labels, 4, texts) == [tuple(found) for found in sets]
    assert distinct(labels, 4, texts).tolist() == [len(found) for found in sets]


def test_practices_take_the_label_of_their_unit():
    area = study_area(
        draw("ABC"),
        practices=practice_table(
            [{"eenheid": "WK0001CC"}, {"eenheid": None}, {"eenheid": "WK0001AA"}, {"eenheid": "X"}]
        ),
    )
    assert practice_labels(area, np.array([5, 6, 7])).tolist() == [7, -1, 5, -1]
    assert practice_labels(area, np.array([5, 6, -1])).tolist() == [-1, -1, 5, -1]


def test_plain_folds_case_and_spaces():
    folded = plain(pd.Series([" RO  Ons ", "ro ons", "", None]))
    assert folded[:2].tolist() == ["ro ons", "ro ons"]
    assert folded[2:].isna().all()


def test_a_row_that_may_be_of_a_huisarts_may_hold_more_than_is_counted():
    rows = [("huisarts", None), ("huisarts", 5.0), (None, None), (None, 7.0), (None, 0.0)]
    frame = pd.DataFrame([*rows, ("apotheek", None)], columns=["discipline", "ion"])
    frame = frame.astype({"discipline": "str"})
    assert uncounted(frame, "ion").tolist() == [True, False, True, True, False, False]
