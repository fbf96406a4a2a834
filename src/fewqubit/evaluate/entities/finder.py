"""Finds entities of new types in sentences, after a few labelled sentences as support."""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from jaxtyping import Float

from fewqubit.base.io.files import REMEDY, read_json
from fewqubit.data.embeddings import FrozenEncoder, token_vectors
from fewqubit.data.embeddings.answer import checked_encoder
from fewqubit.data.embeddings.embedding import Embedding, unpacked
from fewqubit.data.embeddings.settings import Embed
from fewqubit.data.examples import load_sentences
from fewqubit.data.prepared import read_classes
from fewqubit.data.sources.sentences.sentence import OUTSIDE, Sentence, Span, kinds_of
from fewqubit.errors import ArtifactError, DataError
from fewqubit.evaluate.entities.decode import Transitions, count_transitions, decode, scores
from fewqubit.evaluate.entities.reading import Reading
from fewqubit.evaluate.entities.words import OUTSIDERS, evened
from fewqubit.predict.adapted import AdaptedClassifier
from fewqubit.predict.estimator import FewShotClassifier


class EntityFinder(NamedTuple):
    """Finds entities of the types in the support that ``fit`` received.

    classifier:   classifier of words, meta-trained; a saved finder has an adapted one
    embedding:    how words become vectors
    reading, transitions:  how probabilities of words become entities
    each:         support words of each type
    types:        entity types of the support
    """

    classifier: FewShotClassifier | AdaptedClassifier
    embedding: Embedding
    reading: Reading
    transitions: Transitions
    each: int
    types: tuple[str, ...] = ()

    @classmethod
    def load(cls, trained: Path, prepared: Path, evaluated: Path) -> Self:
        """The best training run of a learner, with the reading chosen on its validation tasks.

        Raises ArtifactError: a folder is damaged, or the learner was trained on other data.
        """
        known = read_classes(prepared, ("examples.npz",))
        sentences = load_sentences(prepared / "examples.npz")
        figures = read_json(evaluated / "metrics.json")
        if sentences is None or "reading_scale" not in figures:
            raise ArtifactError(f"{prepared}: expected words of sentences, got rows; {REMEDY}")
        reading = Reading(*(figures[f"reading_{name}"] for name in Reading._fields))
        rows = int(read_json(prepared / "summary.json")["n_words"])
        each = 2 * int(read_json(prepared / "summary.json")["episodes"]["n_shot"])
        return cls(
            FewShotClassifier.load(trained, prepared),
            unpacked(known["embedding"]),
            reading,
            count_transitions(sentences, rows),
            each,
        )

    def fit(self, sentences: Sequence[Sentence]) -> Self:
        """The finder adapted to ``sentences``.

        Raises DataError: the sentences have no entity, or no word outside entities; or this is a
        saved finder, which cannot learn other types.
        """
        if not isinstance(self.classifier, FewShotClassifier):
            raise DataError(
                "expected a meta-trained finder, got one that was kept; load the former"
            )
        types = sorted({span.kind for one in sentences for span in one.spans})
        if OUTSIDE in types:
            raise DataError(f"expected types of entities, got {OUTSIDE}, which is for other words")
        kinds = np.array([kind for one in sentences for kind in kinds_of(one)])
        if not types or OUTSIDE not in kinds:
            raise DataError("expected sentences that show entities, and words of none beside them")
        x = np.concatenate(self._vectors([one.words for one in sentences]))
        number = np.array([types.index(one) if one in types else len(types) for one in kinds])
        sizes = [self.each] * len(types) + [self.each * OUTSIDERS]
        shown = evened(np.arange(len(x)), np.arange(len(types) + 1), sizes, number)
        rows = np.concatenate(shown)
        self.classifier.fit(x[rows], np.array([*types, OUTSIDE])[number[rows]])
        return self._replace(types=tuple(types))

    def predict(self, sentences: Sequence[Sequence[str]]) -> list[list[Span]]:
        """The entities of each sentence, a list of words."""
        after = scores(self.transitions, len(self.types), self.reading.weight)
        found = []
        for log_p in self._log_p(sentences):
            tags = decode(log_p[None], after, np.ones((1, len(log_p)), bool))[0]
            found.append(_spans(tags.tolist(), self.types))
        return found

    def _log_p(self, sentences: Sequence[Sequence[str]]) -> list[Float[np.ndarray, "words n+1"]]:
        vectors = self._vectors(sentences)
        p = self.classifier.predict_proba(np.concatenate(vectors))
        known = self.classifier.classes_.tolist()
        order = [known.index(kind) for kind in (*self.types, OUTSIDE)]
        shift = np.append(np.zeros(len(self.types)), self.reading.outside)
        log_p = self.reading.scale * np.log(np.maximum(p[:, order], 1e-300)) + shift
        return np.split(log_p, np.cumsum([len(one) for one in vectors])[:-1])

    def _vectors(self, sentences: Sequence[Sequence[str]]) -> list[Float[np.ndarray, "words d"]]:
        if any(not len(one) for one in sentences) or not len(sentences):
            raise DataError("expected sentences of one word or more")
        embed, encoder = self.embedding.embed, _encoder(self.embedding.embed)
        checked_encoder(encoder.checksum, self.embedding)
        return token_vectors(sentences, embed, "sentences", cache=None, encoder=encoder)


@lru_cache(maxsize=4)
def _encoder(embed: Embed) -> FrozenEncoder:
    """The encoder, loaded and its checksum computed once per process."""
    return FrozenEncoder.of(embed, "tokens")


def _spans(tags: Sequence[int], types: Sequence[str]) -> list[Span]:
    """Entities from tags O, B-1 … B-n, I-1 … I-n."""
    spans: list[Span] = []
    for place, tag in enumerate(tags):
        if tag > len(types):
            spans[-1] = spans[-1]._replace(stop=place + 1)
        elif tag:
            spans.append(Span(place, place + 1, types[tag - 1]))
    return spans


def as_object(words: Sequence[str], spans: Sequence[Span]) -> dict[str, Any]:
    """A sentence as the object of a JSON line."""
    entities = [{"start": one.start, "end": one.stop, "label": one.kind} for one in spans]
    return {"tokens": list(words), "entities": entities}


def as_json_lines(sentences: Sequence[Sequence[str]], found: Sequence[Sequence[Span]]) -> str:
    """One JSON line for each sentence, in the format that ``data.sources.sentences`` reads."""
    lines = (
        json.dumps(as_object(words, spans), ensure_ascii=False)
        for words, spans in zip(sentences, found, strict=True)
    )
    return "".join(f"{line}\n" for line in lines)


def f1(truth: Sequence[Sequence[Span]], found: Sequence[Sequence[Span]]) -> float:
    """Micro-F1 of entities: 2 · right / (found + true)."""
    right = sum(len({*one} & {*other}) for one, other in zip(truth, found, strict=True))
    return 2 * right / max(sum(map(len, truth)) + sum(map(len, found)), 1)
