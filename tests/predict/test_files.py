"""A file of labelled rows in, answers out."""

from pathlib import Path

import pandas as pd
import pytest

from fewqubit.config import load_settings
from fewqubit.errors import ArtifactError, DataError
from fewqubit.predict.files import adapt, answers, choose, read_task
from locked_project import Project
from trained_project import table, train


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    train(Project(root))
    return root / "artifacts"


@pytest.fixture
def support(tmp_path: Path) -> Path:
    """The rows of two classes, half of them without a label; the columns in another order."""
    rows = pd.read_csv(pd.io.common.StringIO(table())).query("kind in ['a', 'f']")
    rows.loc[rows.index[::2], "kind"] = None
    path = tmp_path / "support.csv"
    rows[["kind", "length", "width"]].to_csv(path, index=False)
    return path


def test_rows_with_a_label_teach_and_those_without_are_answered(
    artifacts: Path, support: Path
) -> None:
    chosen = choose(artifacts, None)
    rows = read_task(chosen.prepared, support, None, "kind")
    assert rows.support.columns.tolist() == ["width", "length"]
    answered = answers(adapt(chosen, rows), rows.query, "kind")
    assert answered["kind"].tolist() == ["a"] * 4 + ["f"] * 4
    assert answered.columns.tolist() == ["kind", "probability_a", "probability_f"]


def test_queries_of_their_own_may_know_their_truth(
    artifacts: Path, support: Path, tmp_path: Path
) -> None:
    query = tmp_path / "query.csv"
    query.write_text("width,length,kind\n1.0,0.0,a\n0.3,-0.9,\n")
    rows = read_task(artifacts / "prepared/digits", support, query, "kind")
    assert rows.truth.iloc[0] == "a"
    assert rows.truth.isna().tolist() == [False, True]
    assert len(rows.query) == 2


def test_the_truth_may_be_spelled_in_another_way(
    artifacts: Path, support: Path, tmp_path: Path
) -> None:
    query = tmp_path / "query.csv"
    query.write_text("width,length,kind\n1.0,0.0, A\n0.3,-0.9,z\n0,0,\n")
    rows = read_task(artifacts / "prepared/digits", support, query, "kind")
    assert rows.truth.fillna("none").tolist() == ["a", "z", "none"]


def test_the_choice_is_the_best_on_validation(artifacts: Path) -> None:
    chosen = choose(artifacts, None)
    assert chosen.validation == max(
        choose(artifacts, f"digits/protonet/{arm}").validation for arm in ("quantum", "twin")
    )
    with pytest.raises(ArtifactError, match=r"learner digits/none/quantum in .*fewqubit run"):
        choose(artifacts, "digits/none/quantum")


def test_only_what_the_run_has_is_picked_and_names_are_no_patterns(artifacts: Path) -> None:
    shipped = load_settings(artifacts.parent / "params.yaml").run
    for arm in ("quantum", "twin"):
        run = shipped.model_copy(update={"arms": [arm]})
        assert choose(artifacts, None, run).name == f"digits/protonet/{arm}"
        assert choose(artifacts, "digits/protonet/twin", run).name == "digits/protonet/twin"
    run = shipped.model_copy(update={"learners": ["maml"]})
    with pytest.raises(ArtifactError, match=r"of the run .* trained are: digits/protonet/quantum"):
        choose(artifacts, None, run)
    for name in ("**", "*/*/*", "digits/protonet", "../trained/digits/protonet/twin", "/"):
        with pytest.raises(ArtifactError, match="expected a meta-trained learner"):
            choose(artifacts, name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("width,kind\n1,a\n", "no column 'length', which the model was trained on"),
        ("width,length,depth,kind\n1,1,1,a\n", "was not trained on column 'depth'"),
        ("width,length,kind\n1,1,\n", "no row has a 'kind'.*--label"),
        ("width,length,kind\n1,1,a\n", "no row to answer"),
        ("width,length,kind\n1,x,a\n", "column 'length' must hold numbers, but row 1 has 'x'"),
    ],
)
def test_other_rows_than_in_training_are_named(
    artifacts: Path, tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_task(artifacts / "prepared/digits", path, None, "kind")
