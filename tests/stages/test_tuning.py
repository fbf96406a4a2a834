"""prepare fine-tunes an encoder on meta-train classes alone, and whoever answers has the same."""

import numpy as np
import pytest

from fewqubit.base.extras import there
from fewqubit.base.io.files import read_json
from fewqubit.base.keys import root_key
from fewqubit.config import Text
from fewqubit.config.streams import Stream
from fewqubit.data import load_examples, load_transform
from fewqubit.data.embeddings import Embed, vectors
from fewqubit.data.embeddings.answer import embedded
from fewqubit.data.embeddings.settings import Tune
from fewqubit.data.settings import Tokens
from fewqubit.errors import DataError, SettingsError
from fewqubit.predict.door import rows_as_in_training
from fewqubit.stages.prepare import prepare
from fewqubit.stages.streams.arrive import arrive

CLASSES = "abcdefgh"
SPLIT = {"meta_train": [*"abc"], "validation": [*"de"], "meta_test": [*"fg"]}
EPISODES = {"n_way": 2, "n_shot": 1, "n_query": 2, "n_validation": 4, "n_test": 4}
TUNE = {"rank": 2, "steps": 4, "validate_every": 2, "n_way": 2, "n_query": 1, "learning_rate": 0.1}


@pytest.fixture
def asked(small_model, tmp_path, monkeypatch):
    """Settings of a table of texts, of which some of the last class may be given."""
    if not there("peft"):
        pytest.skip("the extra 'text' is not installed (pip install 'fewqubit[text]')")
    monkeypatch.chdir(tmp_path)

    def settings(last="w7", **embed):
        random, lines = np.random.default_rng(0), ["text,label"]
        for number, name in enumerate(CLASSES):
            word = last if name in "fgh" else f"w{number}"
            for row in range(5):
                some = " ".join(random.choice(["send", "money", "now"], 3))
                lines.append(f"{some} {word} {'x ' * row},{name}")
        (tmp_path / "texts.csv").write_text("\n".join(lines) + "\n")
        model = {"model": str(small_model), "library": "transformers", "tune": TUNE}
        return Text.model_validate(
            {
                "source": "text",
                "path": str(tmp_path / "texts.csv"),
                "embed": model | embed,
                "split": SPLIT,
                "episodes": EPISODES,
            }
        )

    return settings


def test_texts_of_test_classes_have_no_say_in_what_is_learned(asked, tmp_path):
    told = []
    for name, last in [("one", "w7"), ("two", "w9")]:
        prepare("toy", asked(last), root_key(0), tmp_path / name)
        told.append(read_json(tmp_path / name / "summary.json"))
    assert told[0]["tuned"] == told[1]["tuned"]
    assert told[0]["examples"] != told[1]["examples"]


@pytest.mark.parametrize(("with_frozen", "layers"), [(False, []), (True, []), (True, [0])])
def test_whoever_loads_the_transform_answers_as_prepare_did(
    asked, tmp_path, small_model, with_frozen, layers
):
    settings = asked(tune=TUNE | {"with_frozen": with_frozen}, layers=layers)
    prepare("toy", settings, root_key(0), tmp_path / "toy")
    x, _ = load_examples(tmp_path / "toy" / "examples.npz")
    transform = load_transform(tmp_path / "toy")
    summary = read_json(tmp_path / "toy" / "summary.json")["tuned"]
    assert transform.embedding is not None
    assert transform.embedding.adapter is not None
    assert transform.embedding.adapter.checksum == summary["adapter"]
    lines = (tmp_path / "texts.csv").read_text().splitlines()[1:]
    texts = [line.rpartition(",")[0] for line in lines]
    np.testing.assert_allclose(rows_as_in_training(texts, transform), x, atol=1e-5)
    frozen = vectors(texts, Embed(str(small_model), "transformers", layers=layers), cache=None)
    assert x.shape[1] == (2 if with_frozen else 1) * frozen.shape[1]
    if with_frozen:
        np.testing.assert_allclose(x[:, : frozen.shape[1]] * np.sqrt(2), frozen, atol=1e-5)
        x = x[:, frozen.shape[1] :] * np.sqrt(2)
    changed = np.abs(x - frozen).max()
    assert (changed > 1e-3) == (summary["best_step"] > 0)


def test_where_classes_or_labels_are_not_known_it_is_refused(asked, tmp_path, small_model):
    with pytest.raises(SettingsError, match=r"datasets.toy.embed.tune: expected an encoder as it"):
        arrive("s", Stream(datasets=["toy"]), {"toy": asked()}, root_key(0), tmp_path / "stream")
    embed = Embed(str(small_model), "transformers", tune=Tune(**TUNE))
    with pytest.raises(DataError, match=r"embed\.tune: expected an encoder as it came"):
        embedded(["send"], embed)
    words = {"source": "tokens", "path": "x", "embed": embed.model_dump(), "episodes": EPISODES}
    with pytest.raises(ValueError, match="expected no tune but with source: text"):
        Tokens.model_validate(words)
    with pytest.raises(SettingsError, match="expected tune beside a model of sentence"):
        Embed("own.texts:vectors", tune=Tune())
