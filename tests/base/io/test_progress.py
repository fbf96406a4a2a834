"""Progress: at most a line every two seconds, the last one always."""

import pytest

from fewqubit.base.io.progress import Progress


def test_lines_tell_share_figures_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("meta_train a/b", 4)
    progress.update(1, loss=0.5)
    progress.update(2, loss=0.4)
    progress.update(4, loss=0.25)
    first, last = capsys.readouterr().err.splitlines()
    assert first.startswith("meta_train a/b   25%  step 1/4  loss 0.500  left ")
    assert last == "meta_train a/b  100%  step 4/4  loss 0.250"
