"""The words of a prepared data set, and its validation and test tasks."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.base.io.files import REMEDY
from fewqubit.data import load_examples
from fewqubit.data.examples import load_sentences
from fewqubit.data.raw import Sentences
from fewqubit.errors import ArtifactError
from fewqubit.evaluate.entities.batch import TokenTasks, token_tasks
from fewqubit.evaluate.entities.decode import Transitions, count_transitions
from fewqubit.tasks.manifest import load_manifest
from fewqubit.tasks.sentences import load_sentence_episodes


class Words(NamedTuple):
    """Words of a data set and the tasks on them.

    x, y:         vector and class of each word
    transitions:  tag transitions, counted on meta-train types
    """

    x: Float[np.ndarray, "N d"]
    y: Int[np.ndarray, " N"]
    transitions: Transitions
    validation: TokenTasks
    test: TokenTasks


class ValidationWords(NamedTuple):
    """Words of a data set, and the tasks that training is validated on."""

    x: Float[np.ndarray, "N d"]
    transitions: Transitions
    tasks: TokenTasks


def load_words(prepared: Path) -> Words:
    """Load words and tasks. Raises ArtifactError: rows are not words, or a file is damaged."""
    (x, y), sentences = load_examples(prepared / "examples.npz"), _sentences(prepared)
    validation, test = (
        token_tasks(load_manifest(path), load_sentence_episodes(path), sentences, y)
        for path in (prepared / "manifest_validation.npz", prepared / "manifest_test.npz")
    )
    return Words(x, y, count_transitions(sentences, len(y)), validation, test)


def load_validation_words(prepared: Path) -> ValidationWords:
    """Load only what training may see. Raises ArtifactError as ``load_words`` does."""
    (x, y), sentences = load_examples(prepared / "examples.npz"), _sentences(prepared)
    path = prepared / "manifest_validation.npz"
    tasks = token_tasks(load_manifest(path), load_sentence_episodes(path), sentences, y)
    return ValidationWords(x, count_transitions(sentences, len(y)), tasks)


def _sentences(prepared: Path) -> Sentences:
    sentences = load_sentences(prepared / "examples.npz")
    if sentences is None:
        raise ArtifactError(f"{prepared}: expected sentences of words, got other rows; {REMEDY}")
    return sentences
