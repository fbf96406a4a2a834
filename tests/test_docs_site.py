"""What the site makes of docstrings."""

from docs.site.fields import listed


def test_columns_of_fields_become_a_list() -> None:
    shown = listed("depth:   of the deepest\nshots:   over all of them;\n         0: exact")
    assert shown == "- `depth`: of the deepest\n- `shots`: over all of them;\n  0: exact"


def test_other_paragraphs_stay_as_they_are() -> None:
    for text in ("Raises DataError: a row is bad.", "A line\nx: [n], θ: [m]", "    K = 1"):
        assert listed(text) == text
