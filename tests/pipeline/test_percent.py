"""Progress lines are read as they are written."""

import pytest

from fewqubit.base.io.progress import Progress
from fewqubit.pipeline.percent import percent_in


@pytest.mark.parametrize(("done", "percent"), [(0, 0), (7, 7), (42, 42), (100, 100)])
def test_reads_what_progress_writes(
    capsys: pytest.CaptureFixture[str], done: int, percent: int
) -> None:
    Progress("meta_train digits/maml/quantum", 100).update(done, loss=0.5)
    assert percent_in(capsys.readouterr().err.rstrip("\n")) == percent


@pytest.mark.parametrize("line", ["", "Running stage 'a':", "ran 3% of it", "loss fell by 12%"])
def test_other_lines_say_nothing(line: str) -> None:
    assert percent_in(line) is None
