import shutil

import pytest

from fewqubit.errors import ArtifactError
from fewqubit.report.gather import gather


def test_results_come_in_the_order_of_run(project, settings):
    (study,) = gather(project / "artifacts", settings.run)
    expected = [f"{name} {arm}" for name in settings.run.learners for arm in settings.run.arms]
    assert [row.name for row in study.results] == [*expected, *settings.run.baselines]
    assert study.find("maml", "twin").card["arm"] == "twin"
    assert study.find("maml", "frozen") is None


def test_a_stage_without_journal_has_no_time(project, settings):
    (study,) = gather(project / "artifacts", settings.run)
    assert study.find("maml", "quantum").seconds == {"meta_train": 41.2, "evaluate": 6.3}
    assert study.find("maml", "twin").seconds == {"evaluate": 6.3}
    assert study.baselines[0].seconds == {}


@pytest.mark.parametrize(
    "missing",
    [
        "evaluated/digits/maml/twin/episodes.parquet",
        "evaluated/digits/svm/baseline/confusion.csv",
        "trained/digits/maml/quantum/learner.json",
        "encoded/digits/zz/gram.png",
        "prepared/digits/summary.json",
    ],
)
def test_what_is_missing_is_named(project, settings, tmp_path, missing):
    shutil.copytree(project / "artifacts", tmp_path / "artifacts")
    (tmp_path / "artifacts" / missing).unlink()
    with pytest.raises(ArtifactError, match=missing):
        gather(tmp_path / "artifacts", settings.run)
