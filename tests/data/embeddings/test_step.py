"""Raw examples become vectors once: by content, in parts, by a model or by one's own function."""

import json
import os
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import HashingVectorizer

from fewqubit.base.extras import there
from fewqubit.data.embeddings import Embed, token_vectors, vectors
from fewqubit.data.embeddings import step as step_module
from fewqubit.errors import DataError, MissingExtraError, OwnCodeError, SettingsError

TEXTS = ["send money", "", "отправить деньги", "💸💸", "send money", "x" * 5000]
NGRAMS = HashingVectorizer(analyzer="char_wb", ngram_range=(1, 3), n_features=64, norm=None)


@pytest.fixture
def asked(allow, monkeypatch):
    """A project's own encoder; the list of what it was asked for, batch by batch."""
    seen = []

    def hashed(texts, scale=1.0):
        seen.append(texts)
        return scale * NGRAMS.transform(texts).toarray()

    module = types.ModuleType("texts")
    module.hashed = hashed
    module.words = lambda sentences: [NGRAMS.transform(one).toarray() for one in sentences]
    module.few = lambda texts: np.ones((1, 3))
    module.flat = lambda texts: np.ones(len(texts))
    module.text = lambda texts: np.array([["a"]] * len(texts))
    module.infinite = lambda texts: np.full((len(texts), 2), np.inf)
    module.failing = lambda texts: {}["missing"]
    monkeypatch.setitem(sys.modules, "texts", module)
    allow("texts")
    return seen


def test_each_content_is_embedded_once_in_batches(asked):
    found = vectors(TEXTS, Embed("texts:hashed", batch=2, normalize=False))
    np.testing.assert_array_equal(found, np.float32(NGRAMS.transform(TEXTS).toarray()))
    assert [len(batch) for batch in asked] == [2, 2, 1]
    assert [text for batch in asked for text in batch] == TEXTS[:4] + TEXTS[5:]


def test_a_second_time_nothing_is_asked_and_a_longer_list_asks_for_its_end(asked, monkeypatch):
    monkeypatch.setattr(step_module, "PART", 2)
    first = vectors(TEXTS[:4], Embed("texts:hashed"))
    asked.clear()
    np.testing.assert_array_equal(vectors(TEXTS[:4], Embed("texts:hashed")), first)
    assert asked == []
    vectors([*TEXTS[:4], "new"], Embed("texts:hashed"))
    assert asked == [["new"]]
    vectors(TEXTS[:2], Embed("texts:hashed", options={"scale": 2.0}))
    assert asked[1] == TEXTS[:2], "other options are another encoder"


def test_an_interrupted_run_goes_on_where_it_stood(asked, monkeypatch):
    monkeypatch.setattr(step_module, "PART", 2)
    encode = NGRAMS.transform

    def once_more(texts):
        if "отправить деньги" in texts:
            raise KeyboardInterrupt
        return encode(texts)

    with monkeypatch.context() as patch:
        patch.setattr(NGRAMS, "transform", once_more)
        with pytest.raises(KeyboardInterrupt):
            vectors(TEXTS, Embed("texts:hashed"))
    asked.clear()
    vectors(TEXTS, Embed("texts:hashed"))
    assert TEXTS[:2] not in asked


def test_a_damaged_part_is_embedded_again(asked, capsys):
    first = vectors(TEXTS, Embed("texts:hashed"))
    (part,) = Path(".cache/embeddings").glob("*.npz")
    part.write_bytes(part.read_bytes()[:-20] + b"x" * 20)
    np.testing.assert_array_equal(vectors(TEXTS, Embed("texts:hashed")), first)
    assert "embedded again" in capsys.readouterr().err


def test_vectors_have_length_one_unless_they_are_wanted_as_they_are(asked):
    lengths = np.linalg.norm(vectors(TEXTS, Embed("texts:hashed"), cache=None), axis=1)
    np.testing.assert_allclose(lengths, [1, 0, 1, 1, 1, 1], atol=1e-6)
    assert not Path(".cache").exists()


def test_images_and_other_arrays_are_told_apart_by_shape_and_content(asked, monkeypatch):
    pixels = lambda images: np.array([[image.sum(), len(image)] for image in images])  # noqa: E731
    monkeypatch.setattr(sys.modules["texts"], "pixels", pixels, raising=False)
    images = [np.ones((2, 3), np.uint8), np.ones((3, 2), np.uint8), np.ones((2, 3), np.uint8)]
    found = vectors(images, Embed("texts:pixels", normalize=False))
    np.testing.assert_array_equal(found, [[6, 2], [6, 3], [6, 2]])


def test_words_have_a_vector_each(asked):
    sentences = [["send", "money"], ["now"], ["a", "b", "c"]]
    found = token_vectors(sentences, Embed("texts:words", batch=2, normalize=False))
    for rows, sentence in zip(found, sentences, strict=True):
        np.testing.assert_array_equal(rows, np.float32(NGRAMS.transform(sentence).toarray()))


@pytest.mark.parametrize(
    ("model", "error", "line"),
    [
        ("texts:few", DataError, "gave 1 rows for 5"),
        ("texts:flat", OwnCodeError, r"expected an array \[n, d\] of numbers"),
        ("texts:text", OwnCodeError, r"expected an array \[n, d\] of numbers"),
        ("texts:infinite", DataError, "expected a vector of finite numbers for each example"),
        ("texts:failing", OwnCodeError, "KeyError"),
        ("texts:nothing", SettingsError, "has no such name"),
        ("os:system", SettingsError, "module os is neither below own/"),
        ("./nowhere", DataError, "expected a folder with a model, found none at nowhere"),
    ],
)
def test_what_cannot_be_is_one_line(asked, model, error, line):
    with pytest.raises(error, match=line) as caught:
        vectors(TEXTS, Embed(model))
    assert "\n" not in str(caught.value)


def test_nothing_to_embed_is_one_line(asked):
    with pytest.raises(DataError, match="expected examples to embed, got none"):
        vectors([], Embed("texts:hashed"))


@pytest.mark.skipif(there("sentence_transformers"), reason="the extra 'text' is installed")
@pytest.mark.parametrize("library", ["sentence-transformers", "transformers"])
def test_a_missing_extra_is_one_line(library, tmp_path):
    with pytest.raises(MissingExtraError, match="extra 'text'"):
        vectors(TEXTS, Embed(str(tmp_path), library), cache=None)


@pytest.mark.parametrize("pooling", ["mean", "first"])
def test_a_transformer_in_a_folder_is_pooled_as_asked(small_model, pooling):
    import torch
    from transformers import AutoModel, AutoTokenizer

    texts = ["send money", "now", "send send money now"]
    asked = Embed(str(small_model), "transformers", pooling=pooling, normalize=False)
    found = vectors(texts, asked, cache=None)
    tokenizer = AutoTokenizer.from_pretrained(small_model)
    model = AutoModel.from_pretrained(small_model).eval()
    for row, text in zip(found, texts, strict=True):
        with torch.inference_mode():
            states = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].numpy()
        expected = states.mean(0) if pooling == "mean" else states[0]
        np.testing.assert_allclose(row, expected, atol=1e-5)


@pytest.mark.parametrize("library", ["transformers", "sentence-transformers"])
def test_half_the_digits_are_nearly_the_same_vectors_under_another_name(
    small_model, tmp_path, library
):
    texts, found = ["send money", "now"], []
    for precision in ("float32", "bfloat16"):
        asked = Embed(str(small_model), library, precision=precision)
        found.append(vectors(texts, asked, cache=tmp_path))
    assert found[1].dtype == np.float32
    assert 0 < np.abs(found[0] - found[1]).max() < 0.05
    assert len([*tmp_path.glob("*.npz")]) == 2


def test_a_text_that_is_cut_short_is_said(small_model, capsys):
    asked = Embed(str(small_model), "transformers", length=4)
    vectors(["send money now send", "now"], asked, cache=None)
    assert "1 of 2 examples are longer than what the model reads" in capsys.readouterr().err


def test_words_of_a_transformer_are_the_mean_of_their_pieces(small_model):
    asked = Embed(str(small_model), "transformers", length=6, normalize=False)
    (found,) = token_vectors([["send", "moneyy", "now", "x", "x"]], asked, cache=None)
    assert found.shape == (5, 8)
    assert not found[4].any(), "beyond the length that the model reads"
    assert np.linalg.norm(found[:3], axis=1).min() > 0


def test_a_folder_that_holds_no_model_is_one_line(small_model, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({}))
    with pytest.raises(DataError, match="cannot be read as a model") as caught:
        vectors(["x"], Embed(str(tmp_path), "transformers"), cache=None)
    assert "\n" not in str(caught.value)


def test_a_name_that_the_hub_does_not_give_is_one_line(small_model, monkeypatch):
    import huggingface_hub

    def unreachable(*args, **kwargs):
        raise ConnectionError("no network\nat all")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", unreachable)
    with pytest.raises(DataError, match="could not fetch 'a/b' from the hub: no network at all"):
        vectors(["x"], Embed("a/b"), cache=None)


def test_minilm_knows_what_is_alike():
    """With the real weights, where FEWQUBIT_MINILM names their folder."""
    folder = os.environ.get("FEWQUBIT_MINILM")
    if not folder or not there("sentence_transformers"):
        pytest.skip("FEWQUBIT_MINILM names no folder of all-MiniLM-L6-v2, or no extra 'text'")
    texts = ["How do I top up my card?", "Adding money to my card", "My passport got stolen"]
    a, b, c = vectors(texts, Embed(folder), cache=None)
    assert a.shape == (384,)
    assert a @ b > 0.5 > a @ c
