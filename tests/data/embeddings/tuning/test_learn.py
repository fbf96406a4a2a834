"""Fine-tuning: it learns, goes on where it stood, and is the update that its formula says."""

import sys

import numpy as np
import pytest

from fewqubit.base.extras import there
from fewqubit.data.embeddings import Embed, FrozenEncoder, vectors
from fewqubit.data.embeddings.settings import Tune
from fewqubit.data.embeddings.tuning import learn
from fewqubit.data.embeddings.tuning.episodes import Texts
from fewqubit.data.embeddings.tuning.learn import tuned
from fewqubit.errors import DataError, MissingExtraError

SHORT = {"rank": 2, "steps": 6, "validate_every": 2, "n_way": 3, "n_query": 2, "patience": 9}


@pytest.fixture(autouse=True)
def _needs_peft():
    if not there("peft"):
        pytest.skip("the extra 'text' is not installed (pip install 'fewqubit[text]')")


def _texts(words, seed=0):
    """Six texts of each word, which stands among others."""
    random = np.random.default_rng(seed)
    fill = ["send", "money", "now", "x"]
    texts: dict[str, int] = {}
    for number, word in enumerate(words):
        while sum(one == number for one in texts.values()) < 6:
            some = [*random.choice(fill, 4), word]
            texts.setdefault(" ".join(random.permutation(some)), number)
    return Texts([*texts], np.array([*texts.values()]))


TAUGHT, ASKED = _texts(["w0", "w1", "w2", "w3"]), _texts(["w4", "w5", "w6"], seed=1)


def _embed(folder, **changes):
    return Embed(str(folder), "transformers", tune=Tune(**SHORT | changes))


@pytest.mark.parametrize("loss", ["episodes", "contrastive"])
def test_what_is_taught_is_learned(small_model, capsys, loss):
    asked = {"targets": ["query", "value", "dense"], "learning_rate": 0.01, "steps": 60}
    asked["loss"] = loss
    found = tuned(TAUGHT, TAUGHT, _embed(small_model, **asked, validate_every=20), [0], "me", None)
    assert found.summary["validation_accuracy"] > found.summary["validation_before"] + 0.1
    assert found.summary["best_step"] in (20, 40, 60)
    assert "me: fine-tuned" in capsys.readouterr().err


def test_a_run_that_was_stopped_ends_as_if_it_had_not_been(small_model, tmp_path, monkeypatch):
    whole = tuned(TAUGHT, ASKED, _embed(small_model), [0], "me", tmp_path / "whole")
    step = learn._Loop._step

    def stopped(self, number):
        if number == 3:
            raise KeyboardInterrupt
        return step(self, number)

    with monkeypatch.context() as patch:
        patch.setattr(learn._Loop, "_step", stopped)
        with pytest.raises(KeyboardInterrupt):
            tuned(TAUGHT, ASKED, _embed(small_model), [0], "me", tmp_path / "two")
    seen = []
    monkeypatch.setattr(learn._Loop, "_step", lambda self, n: (seen.append(n), step(self, n))[1])
    again = tuned(TAUGHT, ASKED, _embed(small_model), [0], "me", tmp_path / "two")
    assert seen == [2, 3, 4, 5]
    assert again.summary == whole.summary
    assert len([*(tmp_path / "two").glob("*.npz")]) == 1, "old states are gone"


def test_what_is_done_is_read_and_what_is_damaged_is_done_again(small_model, tmp_path, capsys):
    first = tuned(TAUGHT, ASKED, _embed(small_model), [0], "me", tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learn._Loop, "run", None)
        assert (
            tuned(TAUGHT, ASKED, _embed(small_model), [0], "me", tmp_path).summary == first.summary
        )
    (arrays,) = tmp_path.glob("*.npz")
    arrays.write_bytes(arrays.read_bytes()[:-9])
    capsys.readouterr()
    assert tuned(TAUGHT, ASKED, _embed(small_model), [0], "me", tmp_path).summary == first.summary
    assert "fine-tuned from its beginning" in capsys.readouterr().err


def test_another_seed_or_text_is_another_adapter(small_model):
    one, two = (tuned(TAUGHT, ASKED, _embed(small_model), [seed], "me", None) for seed in (0, 1))
    assert one.summary["adapter"] != two.summary["adapter"]


def test_no_step_that_is_better_leaves_the_encoder_as_it_is(small_model, monkeypatch):
    monkeypatch.setattr(learn, "share_right", lambda *asked: 0.5)
    found = tuned(TAUGHT, ASKED, _embed(small_model, patience=2), [0], "me", None)
    assert (found.summary["best_step"], found.summary["steps"]) == (0, 4), "patience ends it"
    embed = _embed(small_model)
    encoder = FrozenEncoder.of(embed, adapter=found.adapter)
    np.testing.assert_allclose(
        vectors(ASKED.texts, embed, cache=None, encoder=encoder),
        vectors(ASKED.texts, embed, cache=None),
        atol=1e-6,
    )


def test_vectors_of_the_frozen_encoder_may_stand_before_those_of_the_tuned_one(small_model):
    whole = _embed(small_model, learning_rate=0.1, with_frozen=True)
    adapter = tuned(TAUGHT, TAUGHT, whole, [0], "me", None).adapter
    assert adapter.weights
    found = vectors(
        ASKED.texts, whole, cache=None, encoder=FrozenEncoder.of(whole, adapter=adapter)
    )
    alone = whole.model_copy(update={"tune": whole.tune.model_copy(update={"with_frozen": False})})
    halves = [
        vectors(ASKED.texts, alone, cache=None, encoder=FrozenEncoder.of(alone, adapter=one))
        for one in (None, adapter)
    ]
    np.testing.assert_allclose(found * np.sqrt(2), np.concatenate(halves, axis=1), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)


def test_the_update_is_the_product_of_two_thin_matrices(small_model):
    """Against a transformer whose weights are changed by hand, without peft."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    embed = _embed(small_model, learning_rate=0.1, alpha=3.0)
    adapter = tuned(TAUGHT, TAUGHT, embed, [0], "me", None).adapter
    assert any(part.any() for name, part in adapter.weights.items() if ".lora_B" in name)
    found = vectors(
        ["w0 send"], embed, cache=None, encoder=FrozenEncoder.of(embed, adapter=adapter)
    )
    model, tokenizer = AutoModel.from_pretrained(small_model).eval(), AutoTokenizer
    for name, layer in model.named_modules():
        if f"{name}.lora_A.weight" in adapter.weights:
            a, b = (adapter.weights[f"{name}.lora_{part}.weight"] for part in "AB")
            layer.weight.data += torch.from_numpy(3.0 / 2 * (b @ a))
    with torch.inference_mode():
        asked = tokenizer.from_pretrained(small_model)("w0 send", return_tensors="pt")
        mean = model(**asked).last_hidden_state[0].mean(0).numpy()
    np.testing.assert_allclose(found[0], mean / np.linalg.norm(mean), atol=1e-5)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"targets": ["attention_of_others"]}, "no layer of the encoder is called attention_of"),
        ({"n_query": 50}, "expected two meta-train classes or more with 51 different texts"),
    ],
)
def test_what_cannot_be_is_one_line(small_model, changes, line):
    with pytest.raises(DataError, match=line) as caught:
        tuned(TAUGHT, ASKED, _embed(small_model, **changes), [0], "me", None)
    assert "\n" not in str(caught.value)


def test_a_missing_library_is_one_line(small_model, monkeypatch):
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(MissingExtraError, match=r"expected peft of the extra 'text'.*fewqubit\[te"):
        tuned(TAUGHT, ASKED, _embed(small_model), [0], "me", None)
