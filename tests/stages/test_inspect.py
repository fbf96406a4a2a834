"""A look before training, from prepared data to figures."""

from pathlib import Path

import numpy as np
import pytest

from fewqubit.base.io.cards import write_card
from fewqubit.config import FeatureMap, Settings, load_settings
from fewqubit.data.examples import save_examples
from fewqubit.errors import ArtifactError, SettingsError
from fewqubit.stages.inspect import inspect
from toy_project import PARAMS


@pytest.fixture(scope="module")
def settings() -> Settings:
    small = FeatureMap(kind="angle", n_qubits=3, repetitions=1, bandwidth=0.5)
    return load_settings(PARAMS).model_copy(update={"feature_maps": {"small": small}})


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("artifacts")
    x = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    save_examples(top / "prepared/digits/examples.npz", x, np.repeat(np.arange(4), 10))
    split = {"meta_train": [0, 1], "validation": [2], "meta_test": [3]}
    classes = {"names": [*"abcd"], "split": split}
    write_card(top / "prepared/digits/classes.json", classes, ["examples.npz"])
    return top


def test_every_reading_has_its_figure(settings, artifacts):
    inspection = inspect(settings, "digits", "small", artifacts)
    assert inspection.title == "digits · small: 20 meta-train rows"
    assert {*inspection.readings} < {*inspection.figures}
    assert inspection.figures["entangling_capability"] == pytest.approx(0.0, abs=1e-5)
    assert inspection.figures["effective_dimension"] == pytest.approx(3.0, abs=0.1)
    assert [point.n_qubits for point in inspection.scans.qubits] == [2, 3]
    assert [point[:2] for point in inspection.gradients] == [(2, 1), (3, 1), (3, 2), (3, 4), (3, 8)]


def test_unknown_names_and_data_that_are_not_there(settings, artifacts, tmp_path):
    with pytest.raises(SettingsError, match="unknown feature map 'none'"):
        inspect(settings, "digits", "none", artifacts)
    with pytest.raises(SettingsError, match="unknown data set 'none'"):
        inspect(settings, "none", "small", artifacts)
    with pytest.raises(ArtifactError, match=r"classes\.json: expected a file"):
        inspect(settings, "digits", "small", tmp_path)
