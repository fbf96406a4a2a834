"""States of a transformer's layers, beside the vector of a text."""

import numpy as np
import pytest

from fewqubit.config import Tokens
from fewqubit.data.embeddings import Embed, vectors
from fewqubit.data.embeddings.embedding import Embedding, packed, unpacked
from fewqubit.data.embeddings.hidden import check_layers
from fewqubit.errors import DataError, SettingsError

TEXTS = ["send money", "now", "send send money now", "money"]
LIBRARIES = ["sentence-transformers", "transformers"]


def states_of(folder, text):
    """The states before and after each layer, of one text alone: [layers + 1, length, width]."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        found = model(**tokenizer(text, return_tensors="pt"), output_hidden_states=True)
    return np.concatenate([one.numpy() for one in found.hidden_states])


def unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


@pytest.mark.parametrize("library", LIBRARIES)
def test_means_of_states_follow_the_vector(small_model, library):
    asked = Embed(str(small_model), library, batch=3, normalize=False, layers=[1, 0])
    found = vectors(TEXTS, asked, cache=None)
    alone = vectors(TEXTS, Embed(str(small_model), library, normalize=False), cache=None)
    for row, vector, text in zip(found, alone, TEXTS, strict=True):
        means = states_of(small_model, text)[[1, 0]].mean(axis=1)
        np.testing.assert_allclose(row, np.concatenate([vector, *means]), atol=1e-5)


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_vector_and_the_states_together_weigh_the_same(small_model, library):
    found = vectors(TEXTS, Embed(str(small_model), library, layers=[0, 1]), cache=None)
    alone = vectors(TEXTS, Embed(str(small_model), library), cache=None)
    for row, vector, text in zip(found, alone, TEXTS, strict=True):
        means = unit(states_of(small_model, text)[:2].mean(axis=1)) / np.sqrt(2)
        expected = np.concatenate([vector, *means]) / np.sqrt(2)
        np.testing.assert_allclose(row, expected, atol=1e-5)


def test_they_are_kept_under_a_name_of_their_own(small_model, tmp_path):
    plain = Embed(str(small_model), "transformers")
    for asked in (plain, Embed(str(small_model), "transformers", layers=[0]), plain):
        vectors(TEXTS, asked, cache=tmp_path)
    assert len([*tmp_path.glob("*.npz")]) == 2


def test_a_record_of_vectors_alone_is_what_it_was_before_there_were_layers(small_model):
    plain = Embed(str(small_model), "transformers")
    assert not {"layers", "tune"} & {*packed(Embedding("text", plain, "sum"))["embed"]}
    asked = Embedding("text", Embed(str(small_model), "transformers", layers=[1]), "sum")
    assert unpacked(packed(asked)) == asked


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_layer_that_the_model_lacks_is_one_line(small_model, library):
    asked = Embed(str(small_model), library, layers=[0, 9])
    with pytest.raises(DataError, match=r"embed\.layers: expected layers of .*, from 0 .*, got 9"):
        vectors(TEXTS, asked, cache=None)


def test_a_model_that_is_no_transformer_is_one_line():
    with pytest.raises(DataError, match=r"embed\.layers: a/b has no layers of a transformer"):
        check_layers(Embed("a/b", layers=[1]), None)


def test_what_has_no_layers_of_texts_is_refused():
    with pytest.raises(SettingsError, match="expected layers beside a model of sentence"):
        Embed("own.texts:vectors", layers=[1])
    with pytest.raises(SettingsError, match="expected layers beside a model of sentence"):
        Embed("timm/resnet18", "timm", layers=[1])
    with pytest.raises(SettingsError, match="more than once"):
        Embed("a/b", layers=[1, 1])
    embed, episodes = {"model": "a/b", "layers": [1]}, {"n_way": 2, "n_shot": 1, "n_query": 1}
    words = {"source": "tokens", "path": "x", "embed": embed, "episodes": episodes}
    with pytest.raises(ValueError, match="expected no layers but with source: text"):
        Tokens.model_validate(words)
