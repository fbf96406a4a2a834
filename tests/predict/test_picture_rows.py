"""From a folder of pictures to answers: prepared, trained a step, adapted to files and bytes."""

import base64
from contextlib import chdir
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter

from drawn_pictures import draw_digits
from fewqubit.base.keys import root_key
from fewqubit.config import AnyLearner, Images
from fewqubit.data.pictures.settings import Pictures
from fewqubit.errors import DataError
from fewqubit.predict.adapted import AdaptedClassifier
from fewqubit.predict.estimator import FewShotClassifier
from fewqubit.predict.files import Rows, adapt, answers, choose, read_task
from fewqubit.stages.meta_train import TrainingJob, train_and_save
from fewqubit.stages.prepare import prepare

EPISODES = {"n_way": 2, "n_shot": 2, "n_query": 3, "n_validation": 5, "n_test": 5}
LEARNER = {
    "kind": "protonet",
    "encoder": {"kind": "strided_conv", "widths": [4]},
    "circuit": {"feature_map": "angle", "n_qubits": 2},
    "seeds": 1,
    "training": {"steps": 1, "n_query": 2},
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six digits prepared, and a learner one step old."""
    root = tmp_path_factory.mktemp("pictures")
    draw_digits(root / "pictures", 6, 6)
    settings = Images(
        source="images",
        path="pictures",
        pictures=Pictures(8, channels="colour", invert=True),
        split={"fractions": (0.34, 0.33, 0.33)},
        episodes=EPISODES,
    )
    prepared, learner = Path("artifacts/prepared/pics"), TypeAdapter(AnyLearner)
    with chdir(root):
        prepare("pics", settings, root_key(0), prepared)
        made = learner.validate_python(LEARNER)
        plan = TrainingJob("pics", "protonet", "twin", made, settings.episodes, prepared)
        train_and_save(plan, root_key(0), Path("artifacts/trained/pics/protonet/twin"))
    return root


def task(project: Path, support: Path, query: Path | None) -> Rows:
    return read_task(project / "artifacts/prepared/pics", support, query, "label")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of class folders, and one in which the same files lie side by side."""
    support, query = draw_digits(tmp_path / "support", 2, 3), tmp_path / "query"
    query.mkdir()
    for path in support.glob("*/*"):
        (query / f"{path.parent.name} {path.name}").write_bytes(path.read_bytes())
    return support, query


def test_a_folder_teaches_and_files_are_answered_by_name(
    project: Path, folders: tuple[Path, Path]
) -> None:
    chosen = choose(project / "artifacts", None)
    rows = task(project, *folders)
    answered = answers(adapt(chosen, rows), rows.query)
    assert answered.index.name == "file"
    assert Path(answered.index[0]).name == "digit 0 0.png"
    assert answered.columns.tolist() == ["label", "probability_digit 0", "probability_digit 1"]
    one = task(project, folders[0], folders[1] / "digit 0 0.png")
    alone = answers(adapt(chosen, one), one.query)
    assert np.allclose(alone.iloc[0, 1:].tolist(), answered.iloc[0, 1:].tolist(), atol=1e-6)
    truth = task(project, folders[0], folders[0]).truth
    assert truth.value_counts().to_dict() == {"digit 0": 3, "digit 1": 3}


def test_the_first_task_can_be_adapted_to_as_it_is(project: Path) -> None:
    """Its pictures are files in base64, of the size of the rows; they decode to the rows."""
    prepared = project / "artifacts/prepared/pics"
    table = prepared / "first_task.csv"
    assert table.read_text().splitlines()[0] == "label,picture"
    rows = task(project, table, None)
    assert len(rows.support) == 4
    assert len(rows.query) == 2
    assert answers(adapt(choose(project / "artifacts", None), rows), rows.query).shape == (2, 3)


def test_a_list_of_files_may_be_the_support(project: Path, folders: tuple[Path, Path]) -> None:
    support, _ = folders
    names = sorted(path.relative_to(support).as_posix() for path in support.glob("*/*"))
    lines = [f"{name},{'' if number % 3 == 2 else name[:7]}" for number, name in enumerate(names)]
    table = support / "list.csv"
    table.write_text("\n".join(["file,label", *lines]) + "\n")
    rows = task(project, table, None)
    assert (len(rows.support), len(rows.query)) == (4, 2)


def test_a_stored_model_takes_the_bytes_of_files(
    project: Path, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    rows = task(project, *folders)
    model = adapt(choose(project / "artifacts", None), rows)
    model.save_adapted(tmp_path / "kept")
    stored = AdaptedClassifier.load(tmp_path / "kept")
    content = [path.read_bytes() for path in rows.query["picture"]]
    texts = [base64.b64encode(one).decode() for one in content]
    for cells in (content, texts, [f"data:image/png;base64,{text}" for text in texts]):
        given = stored.predict_proba(pd.DataFrame({"picture": cells}))
        assert np.array_equal(given, model.predict_proba(rows.query))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"picture": ["/etc/passwd"]}, "row 1: expected the bytes of a picture file in base64"),
        ({"picture": ["aGVsbG8="]}, "row 1: is no picture that can be read"),
        ({"picture": [b"x"], "size": [1]}, "the column 'picture' alone; beside it: 'size'"),
        ({"pictures": [b"x"]}, "expected the columns of training"),
    ],
)
def test_a_bad_cell_is_one_line(project: Path, table: dict[str, list], said: str) -> None:
    chosen = choose(project / "artifacts", None)
    model = FewShotClassifier.load(chosen.trained, chosen.prepared)
    with pytest.raises(DataError, match=said) as raised:
        model.fit(pd.DataFrame(table), ["a"])
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("x,label\n1,a\n", "expected a column 'file' of paths, or 'picture'"),
        ("", "expected a column 'file'"),
    ],
)
def test_a_bad_list_is_one_line(project: Path, tmp_path: Path, lines: str, said: str) -> None:
    (tmp_path / "list.csv").write_text(lines)
    with pytest.raises(DataError, match=said):
        task(project, tmp_path / "list.csv", None)
