"""A comparison in memory: what the pipeline would find, in a table, a picture and a page."""

from collections.abc import Callable
from pathlib import Path

import jax
import numpy as np
import pandas as pd
import pytest

import fewqubit as fq
from fewqubit.base.keys import root_key
from fewqubit.config import Episodes, Evaluation, Features, Fractions, Table, section_of
from fewqubit.errors import ArtifactError, DataError, SettingsError
from fewqubit.evaluate.result_files import read_episodes
from fewqubit.models.settings import OwnEncoder
from fewqubit.stages.evaluate import evaluate_and_save
from fewqubit.stages.meta_train import TrainingJob, train_and_save
from fewqubit.stages.prepare import prepare
from fewqubit.study.compared import Compared
from predict.test_inputs import sentences

LEARNER = fq.ProtoNet(
    encoder=fq.Mlp(),
    circuit=fq.Circuit("angle", n_qubits=2),
    training=fq.Training(steps=2, validate_every=1, learning_rate=0.01),
)
SHAPE = {"n_way": 2, "n_shot": 1, "n_query": 2, "n_validation": 5, "n_test": 30}


def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    x = np.repeat(rng.normal(size=(12, 3)), 6, axis=0) + 0.3 * rng.normal(size=(72, 3))
    frame = pd.DataFrame(x.round(4), columns=["width", "length", "height"])
    return frame.assign(kind=np.repeat([f"kind {number}" for number in range(12)], 6))


@pytest.fixture(scope="module")
def compared() -> Compared:
    rows = table()
    data = rows.drop(columns="kind"), rows["kind"]
    return fq.compare([LEARNER], data, **SHAPE, seeds=3, verbose=False)


def test_it_is_what_the_pipeline_finds(
    compared: Compared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    table().to_csv("table.csv", index=False)
    episodes = Episodes(**SHAPE)
    settings = Table(
        source="table",
        path="table.csv",
        label="kind",
        episodes=episodes,
        features=Features(scale="standard"),
        split=Fractions(),
    )
    key, folder = root_key(0), Path("trained")
    prepare("data", settings, key, "prepared")
    learner = section_of(LEARNER, 3)
    work = TrainingJob("data", "protonet", "twin", learner, episodes, Path("prepared"))
    train_and_save(work, key, folder)
    place = Path("evaluated/data/protonet/twin")
    evaluate_and_save(folder, Path("prepared"), Evaluation(), key, place)
    stored, found = read_episodes(place / "episodes.parquet"), compared.study.learners[1]
    jax.tree.map(np.testing.assert_array_equal, stored, found.accuracies)


def test_verdicts_are_a_table(compared: Compared) -> None:
    (row,) = compared.verdicts().reset_index().to_dict("records")
    assert row["learner"] == "protonet"
    assert row["difference"] == pytest.approx(row["quantum"] - row["twin"])
    assert row["low"] <= row["difference"] <= row["high"]
    assert 0 <= row["p"] <= 1
    assert row["word"] in ("ahead", "worse", "equivalent", "undecided")
    assert row["against"] == "twin"
    assert "On these" in repr(compared)
    assert "protonet" in compared._repr_html_()


def test_it_is_a_picture_and_a_page(compared: Compared, tmp_path: Path) -> None:
    (axes,) = (picture := compared.plot()).axes
    assert picture._repr_png_().startswith(b"\x89PNG")
    assert next(tick.get_text() for tick in axes.get_yticklabels()).startswith("protonet: ")
    compared.to_html(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert "protonet" in page
    assert page.startswith("<!")
    assert "that <code>compare</code> was given" in page
    assert "params.yaml" not in page
    assert {row.learner for row in compared.study.baselines} == {"prototype", "logistic", "svm"}


def test_what_is_finished_is_not_computed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = table()
    data = rows.drop(columns="kind"), rows["kind"]
    given = {**SHAPE, "seeds": 3, "folder": tmp_path, "verbose": False, "baselines": ["prototype"]}
    first = fq.compare([LEARNER], data, **given)
    monkeypatch.setattr("fewqubit.study.jobs.train", None)  # it would be called, if at all
    again = fq.compare([LEARNER], data, **given)
    pd.testing.assert_frame_equal(first.verdicts(), again.verdicts())
    first.to_html(tmp_path / "first.html")
    again.to_html(tmp_path / "again.html")
    assert (tmp_path / "first.html").read_bytes() == (tmp_path / "again.html").read_bytes()
    for piece in tmp_path.glob("*/piece.json"):
        piece.write_text(piece.read_text().replace("accuracy", "inaccuracy"))
    with pytest.raises(ArtifactError, match="edited or damaged; delete this folder"):
        fq.compare([LEARNER], data, **given)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"learners": []}, "learners: expected one at least"),
        ({"learners": "protonet"}, "learners: expected a list"),
        ({"learners": [3]}, "expected a learner"),
        ({"learners": {"../up": LEARNER}}, "expected a name"),
        ({"arms": ("twin",)}, "arms: expected quantum, twin"),
        ({"arms": ("quantum", "twin", "sideways")}, "arms: expected quantum, twin"),
        ({"baselines": ["forest"]}, "baselines: expected a list of some of prototype"),
        ({"seeds": 0}, "seeds: "),
        ({"n_way": 9}, "a 9-way task needs 9 classes"),
        ({"margin": 2}, "margin: "),
        ({"split": (0.5, 0.5, 0.5)}, "fractions sum to 1"),
        ({"split": 3}, "fractions"),
        ({"random_state": "x"}, "random_state: "),
        ({"data": np.zeros((3, 3))}, "data: expected rows and their labels"),
    ],
)
def test_what_cannot_be_compared_is_one_line(arguments: dict[str, object], words: str) -> None:
    rows = table()
    given = {"learners": [LEARNER], "data": (rows[["width"]], rows["kind"]), **SHAPE} | arguments
    with pytest.raises((DataError, SettingsError), match=words) as caught:
        fq.compare(given.pop("learners"), given.pop("data"), **given)
    assert "\n" not in str(caught.value)


def test_examples_of_several_arrays_are_compared(allow: Callable[[str], None]) -> None:
    """Tokens and their mask; the trained model reads each example as it came."""
    allow("predict.test_inputs")
    x, y = sentences()
    learner = LEARNER.model_copy(update={"encoder": OwnEncoder(kind="predict.test_inputs:bag")})
    split = {"split": (0.4, 0.3, 0.3), "seeds": 1, "verbose": False}
    found = fq.compare([learner], (x, y), **SHAPE, **split)
    quantum, _ = found.study.learners
    assert quantum.card["feature_shape"] == {"mask": ["bool", 6], "tokens": ["int32", 6]}
    assert found.study.baselines == []
    with pytest.raises(SettingsError, match="baselines: expected none"):
        fq.compare([learner], (x, y), **SHAPE, **split, baselines=["svm"])


def test_several_of_a_kind_have_names_of_their_own() -> None:
    from fewqubit.study.run import _named

    assert [*_named([LEARNER, LEARNER])] == ["protonet", "protonet_2"]
