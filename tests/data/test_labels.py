"""One rule for what a label is and for what is the same class."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewqubit.data.labels import (
    Spellings,
    check_labels,
    label_key,
    label_text,
    number_key,
    quoted,
)
from fewqubit.errors import DataError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" a\t", "a"),
        ("e\u0301", "é"),
        ("\ufeff\u200ba\xa0", "a"),
        ("NA", "NA"),
        ("nan", "nan"),
        ("007", "007"),
        (" ", ""),
        (1.0, "1"),
        (1.5, "1.5"),
        (1e300, "1e+300"),
        (3, "3"),
        (True, "True"),
        (b"a", "a"),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"),
    ],
)
def test_labels_as_text(value, text):
    assert label_text(value) == text


@pytest.mark.parametrize(
    "alike",
    [
        ("1", "\uff11"),
        ("a", "A", "\uff21"),
        ("Straße", "STRASSE"),
        ("New York", "new  york", "New\xa0York", "New\nYork"),
        ("so\xadft", "soft", "so\u200bft"),
    ],
)
def test_spellings_of_one_class(alike):
    assert len({label_key(label_text(text)) for text in alike}) == 1


@pytest.mark.parametrize(
    "alike",
    [
        ("1", "01", "1.0", "+1", "1e0", "10e-1", "\uff11"),
        ("-0.5", "-.50", "-5e-1"),
        ("0", "-0", "0.00", "000"),
    ],
)
def test_spellings_of_one_number(alike):
    assert len({number_key(label_text(text)) for text in alike}) == 1


@pytest.mark.parametrize("known", [["7", "007", "8"], ["007", "8", "7"]])
def test_a_name_means_the_class_spelled_alike_before_the_same_number(known):
    def meant(label):
        return {known[place] for place in Spellings(known).places(label)}

    assert meant("007") == {"007"}
    assert meant("8.0") == {"8"}
    assert meant("7.0") == {"7", "007"}
    assert meant("9") == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "10"), ("1", "-1"), ("e5", "0"), (".", "0"), ("1.2.3", "1.23"), ("a", "ä"), ("", "0")],
)
def test_different_classes(one, other):
    assert number_key(one) != number_key(other)


@given(st.text(), st.text())
def test_the_rule_knows_no_other_normal_form(left, right):
    for form in ("NFC", "NFD"):
        other = unicodedata.normalize(form, left + right)
        assert label_text(other) == label_text(left + right)
    assert label_text(label_text(left)) == label_text(left)


@given(st.integers(-(10**20), 10**20))
def test_numbers_are_compared_by_value(number):
    assert number_key(f"{number:+}.0") == number_key(str(number))
    assert number_key(str(number)) != number_key(str(number + 1))


def test_two_spellings_are_named_with_their_rows():
    with pytest.raises(DataError, match=r"y: 'a' \(row 1\) and 'A' \(row 4\) are one class"):
        check_labels([("a", 1), ("A", 4)], "y")


def test_a_name_in_a_message_is_one_short_line():
    assert quoted("a\n\x1b[31m") == r"'a\n\x1b[31m'"
    assert len(quoted("z" * 1000)) < 70
