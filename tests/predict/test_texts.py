"""Texts go into a classifier as they are, and a model answers texts by the encoder it has met."""

import sys
import types

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import HashingVectorizer

import fewqubit as fq
from fewqubit.data.embeddings import answer
from fewqubit.errors import DataError

NGRAMS = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 3), n_features=48)
KINDS = ["card", "loan", "rent", "flight", "pizza", "weather", "music", "alarm"]
FORMS = ["my {}", "the {}?", "{} please", "where is {}", "a {} 🙂", "no {} now"]
TEXTS = [form.format(kind) for kind in KINDS for form in FORMS]
LABELS = [kind for kind in KINDS for _ in FORMS]


@pytest.fixture
def module(allow, monkeypatch, tmp_path):
    source = tmp_path / "ngrams.py"
    source.write_text("# the encoder\n")
    module = types.ModuleType("ngrams")
    module.__file__ = str(source)
    module.hashed = lambda texts: NGRAMS.transform(texts).toarray()
    module.hashed.__module__ = "ngrams"
    monkeypatch.setitem(sys.modules, "ngrams", module)
    allow("ngrams")
    answer._encoder.cache_clear()
    return module


@pytest.fixture
def model(module):
    learner = fq.ProtoNet(
        encoder=fq.Mlp(), circuit=fq.Circuit(n_qubits=2), training=fq.Training(steps=2)
    )
    few = {"n_way": 2, "n_query": 2, "n_validation": 4, "verbose": False}
    model = fq.FewShotClassifier(learner, embed=fq.Embed("ngrams:hashed"), **few)
    return model.meta_fit(TEXTS[:36], LABELS[:36])


@pytest.mark.parametrize(
    "given",
    [
        list,
        np.array,
        pd.Series,
        lambda texts: pd.DataFrame({"words": texts}),
        lambda texts: np.array(texts, dtype=object)[:, None],
        lambda texts: NGRAMS.transform(texts).toarray(),
    ],
)
def test_texts_come_as_any_list_or_as_their_vectors(model, given):
    expected = model.fit(TEXTS[36:42], ["a", "b"] * 3).predict_proba(TEXTS[42:])
    found = model.fit(given(TEXTS[36:42]), ["a", "b"] * 3).predict_proba(given(TEXTS[42:]))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_stored_model_answers_texts(model, tmp_path):
    model.fit(TEXTS[36:42], ["a", "b"] * 3).save(tmp_path / "model")
    model.save_adapted(tmp_path / "adapted")
    expected = model.predict_proba(TEXTS[42:])
    loaded = fq.FewShotClassifier.load(tmp_path / "model")
    assert loaded.embed == fq.Embed("ngrams:hashed")
    np.testing.assert_array_equal(loaded.predict_proba(TEXTS[42:]), expected)
    np.testing.assert_array_equal(
        fq.AdaptedClassifier.load(tmp_path / "adapted").predict_proba(TEXTS[42:]), expected
    )


def test_another_encoder_than_that_of_training_is_refused(model, module, tmp_path):
    model.fit(TEXTS[36:42], ["a", "b"] * 3)
    (tmp_path / "ngrams.py").write_text("# another encoder\n")
    answer._encoder.cache_clear()
    with pytest.raises(DataError, match="it has other contents now"):
        model.predict(TEXTS[42:])


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        ("one text", "put it into a list"),
        (["a", ""], "row 2 has no text"),
        (["a", None], "row 2 has no text"),
        (["a", 3], "expected a text in row 2, got int 3"),
        (pd.DataFrame({"a": ["x"], "b": ["y"]}), "expected one column of texts, got 2"),
        (np.zeros((2, 5)), "expected rows of 48 numbers"),
    ],
)
def test_what_is_no_text_is_one_line(model, texts, line):
    model.fit(TEXTS[36:42], ["a", "b"] * 3)
    with pytest.raises(DataError, match=line):
        model.predict(texts)


def test_what_is_foreign_is_answered_with_none(module, tmp_path):
    learner = fq.ProtoNet(
        encoder=fq.Mlp(),
        circuit=fq.Circuit(n_qubits=2),
        cosine=20.0,
        temperature=0.01,
        training=fq.Training(steps=1),
    )
    few = {"n_way": 2, "n_query": 2, "n_validation": 30, "validation": 0.5, "verbose": False}
    model = fq.FewShotClassifier(
        learner, embed=fq.Embed("ngrams:hashed"), none_of_these=0.9, **few
    ).meta_fit(TEXTS, LABELS)
    (calibration,) = model.meta_.card["none_of_these"]
    assert calibration["recall"] >= 0.9
    assert calibration["auroc"] > 0.7
    model.fit(TEXTS[:12], LABELS[:12])
    assert {*model.predict(TEXTS[:12])} == {"card", "loan"}
    strange = [text for text, label in zip(TEXTS, LABELS, strict=True) if label == "weather"]
    answers = model.predict(strange)
    assert sum(answer is None for answer in answers) > len(answers) / 2
    shares, known = model.answer(strange)
    assert known.tolist() == [answer is not None for answer in answers]
    np.testing.assert_allclose(shares.sum(1), 1, rtol=1e-6)
    model.save_adapted(tmp_path / "adapted")
    loaded = fq.AdaptedClassifier.load(tmp_path / "adapted")
    assert loaded.predict(strange).tolist() == answers.tolist()


@pytest.mark.parametrize("share", [0.0, 1.5])
def test_a_share_that_cannot_be_is_one_line(module, share):
    learner = fq.ProtoNet(
        encoder=fq.Mlp(), circuit=fq.Circuit(n_qubits=2), training=fq.Training(steps=1)
    )
    few = {"n_way": 2, "n_query": 2, "n_validation": 4, "validation": 0.5, "verbose": False}
    model = fq.FewShotClassifier(
        learner, embed=fq.Embed("ngrams:hashed"), none_of_these=share, **few
    )
    with pytest.raises(fq.FewqubitError, match="none_of_these: expected a share"):
        model.meta_fit(TEXTS, LABELS)
