"""The learning curve as a file, against pandas, which reads it again."""

from math import inf, nan
from pathlib import Path

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from fewqubit.predict.trained import CURVE, write_curve

ROW = st.fixed_dictionaries({"step": st.integers(0, 10_000), "train_loss": st.floats(width=32)})


@given(st.lists(ROW, min_size=1, max_size=5))
def test_a_curve_is_the_table_that_pandas_writes(tmp_path_factory, rows) -> None:
    folder = tmp_path_factory.mktemp("curve")
    write_curve(folder, rows)
    expected = pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")
    assert (folder / CURVE).read_text() == expected


def test_what_is_not_known_is_empty(tmp_path: Path) -> None:
    write_curve(tmp_path, [{"step": 0, "loss": nan}, {"step": 1, "loss": inf}])
    assert (tmp_path / CURVE).read_text() == "step,loss\n0,\n1,inf\n"
