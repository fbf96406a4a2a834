"""From a plan to a prepared data set in memory: features, frozen episodes, and a summary."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.config import Dataset, Episodes, Features
from fewqubit.data import RawData, Split, Transform, apply_all, feature_shape, fit
from fewqubit.data.raw import GivenEpisodes
from fewqubit.errors import SettingsError
from fewqubit.evaluate.entities.manifest import draw_sentences
from fewqubit.stages.plan import Plan
from fewqubit.stages.whitening import whitening
from fewqubit.tasks.class_sets import class_sets
from fewqubit.tasks.inputs import Inputs
from fewqubit.tasks.manifest import asked_hash, draw_manifest
from fewqubit.tasks.sampler import ClassIndex
from fewqubit.tasks.scores import ENTITY_F1, EXPLAINED, FIELD
from fewqubit.tasks.sentences import SentenceEpisodes
from fewqubit.tasks.shape import Shape
from fewqubit.tasks.task import Episode

PARTS = {"manifest_validation": "validation", "manifest_test": "meta_test"}


class Prepared(NamedTuple):
    """A data set as learners see it.

    features:   of all rows; uint8 levels if no transform changes them
    manifests:  frozen episodes, ``manifest_validation`` and ``manifest_test``
    summary:    counts, shapes, sets of classes
    asked:      hash of the episodes' contents, by manifest
    sentences:  sentences of the episodes of each manifest; empty unless rows are words
    """

    planned: Plan
    transform: Transform
    features: Inputs
    manifests: Mapping[str, Episode]
    summary: dict[str, Any]
    asked: dict[str, str]
    sentences: Mapping[str, SentenceEpisodes]


def prepared(planned: Plan, settings: Dataset, key: PRNGKeyArray) -> Prepared:
    """Features, fitted on meta-train classes only, and episodes, each from its own key stream."""
    raw, split = planned.raw, planned.split
    taught = np.isin(raw.y, split.meta_train)
    manifests, sentences = _manifests(planned, settings.episodes, key)

    def fitted(one: Features) -> Transform:
        return fit(raw.x[taught], one, raw.schema, raw.y[taught])

    chosen = whitening(
        settings.features,
        lambda one, rows: apply_all(fitted(one), raw.x[rows]),
        manifests["manifest_validation"],
    )
    transform = fitted(chosen.features)._replace(
        columns=raw.columns,
        pictures=raw.pictures,
        embedding=None if raw.sentences else raw.embedding,
    )
    summary = _summary(raw, split, transform, settings) | {
        "class_sets": {
            part: _sets(manifests[name], planned.indices[part]) for name, part in PARTS.items()
        }
    }
    asked = {name: asked_hash(one, raw.x, raw.names) for name, one in manifests.items()}
    if raw.targets is not None:
        summary[FIELD] = EXPLAINED.name
    if raw.sentences is not None:
        summary |= {FIELD: ENTITY_F1.name, "n_words": len(raw.y)}
    if raw.pictures is not None:
        summary["pictures"] = raw.pictures.model_dump()
    if chosen.summary is not None:
        summary["whitening"] = chosen.summary
    features = apply_all(transform, raw.x)
    return Prepared(planned, transform, features, manifests, summary, asked, sentences)


def _manifests(
    planned: Plan, episodes: Episodes, key: PRNGKeyArray
) -> tuple[dict[str, Episode], dict[str, SentenceEpisodes]]:
    """The frozen episodes of validation and test; those that come with the data are the test."""
    numbers = {"manifest_validation": episodes.n_validation, "manifest_test": episodes.n_test}
    shape = Shape(episodes.n_way, episodes.n_shot, episodes.n_query)
    if planned.raw.sentences is not None:
        return _of_sentences(planned, numbers, shape, key)
    drawn = {
        name: draw_manifest(stream(key, name), planned.indices[part], *shape, numbers[name])
        for name, part in PARTS.items()
    }
    asked = planned.raw.asked
    if asked is None:
        return drawn, {}
    _check_shape(asked, episodes)
    given = Episode(*(np.asarray(part, np.int32) for part in asked))
    return drawn | {"manifest_test": given}, {}


def _of_sentences(
    planned: Plan, numbers: Mapping[str, int], shape: Shape, key: PRNGKeyArray
) -> tuple[dict[str, Episode], dict[str, SentenceEpisodes]]:
    """Episodes of words, drawn sentence by sentence."""
    raw = planned.raw
    assert raw.sentences is not None
    drawn = {}
    for number, (name, part) in enumerate(PARTS.items(), 1):
        types = [one for one in getattr(planned.split, part) if one < min(raw.sentences.outside)]
        drawn[name] = draw_sentences(stream(key, name), raw, number, types, shape, numbers[name])
    manifests, sentences = zip(*drawn.values(), strict=True)
    return dict(zip(drawn, manifests, strict=True)), dict(zip(drawn, sentences, strict=True))


def _check_shape(asked: GivenEpisodes, episodes: Episodes) -> None:
    """Raise SettingsError if the settings give another task shape than the episodes of the data."""
    n_episodes, n_way = asked.class_ids.shape
    given = {
        "n_way": n_way,
        "n_shot": asked.support_rows.shape[1] // n_way,
        "n_query": asked.query_rows.shape[1] // n_way,
        "n_test": n_episodes,
    }
    configured = {name: getattr(episodes, name) for name in given}
    if configured != given:
        raise SettingsError(
            f"episodes: the test tasks that come with the data have {given}, got {configured}"
        )


def _summary(raw: RawData, split: Split, transform: Transform, settings: Dataset) -> dict[str, Any]:
    """Counts and shapes of a prepared data set, as DVC metrics."""
    parts = split._asdict()
    return {
        "source": getattr(settings, "source", "memory"),
        "n_examples": {part: int(np.isin(raw.y, ids).sum()) for part, ids in parts.items()},
        "n_classes": {part: len(ids) for part, ids in parts.items()},
        "n_classes_left_out": len(raw.names) - sum(len(ids) for ids in parts.values()),
        "feature_shape": feature_shape(transform),
        "episodes": settings.episodes.model_dump(),
    }


def _sets(episodes: Episode, index: ClassIndex) -> dict[str, int]:
    """How many different sets of classes the frozen episodes use, and how many are possible."""
    groups = [0] * len(index.class_ids) if index.groups is None else np.asarray(index.groups)
    return class_sets(episodes, list(groups))._asdict()
