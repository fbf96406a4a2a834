"""HTTP around an entity finder: sentences in, entities out."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import fewqubit
from fewqubit.data.sources.sentences.sentence import Sentence
from fewqubit.data.sources.sentences.spans import sentence_of
from fewqubit.errors import DataError
from fewqubit.evaluate.entities.finder import EntityFinder, as_object
from fewqubit.evaluate.entities.kept import CARD, load_finder
from fewqubit.predict.served.app import Body
from fewqubit.predict.served.guard import guarded_app
from fewqubit.predict.served.meter import Meter
from fewqubit.predict.served.service import Limits

MOST_TYPES = 20  # of a request: adaptation is compiled for each number of them
EXAMPLE = {
    "shown": [
        {"tokens": ["Ada", "met", "Grace"], "entities": [{"start": 0, "end": 1, "label": "PER"}]}
    ],
    "sentences": [["Emmy", "left"], "David stayed."],
}


class Asked(Body):
    """Sentences to answer, as words or as text; ``shown``: some with their entities."""

    sentences: list[list[str] | str]
    shown: list[dict[str, Any]] | None = None


class Found(Body):
    """The types that were looked for, and each sentence with its words and entities."""

    types: list[str]
    sentences: list[dict[str, Any]]


class EntityService:
    """Answers one request after the other: a finder that adapts holds one task at a time."""

    def __init__(self, finder: EntityFinder, limits: Limits | None = None) -> None:
        self.finder, self.limits, self._lock = finder, limits or Limits(), Lock()

    def find(self, asked: Sequence[Any], shown: Sequence[Any] | None) -> Found:
        """The entities of ``asked``; ``shown`` is for a finder without types, and only for it.

        Raises DataError: what is wrong with the sentences, in one line.
        """
        keeps, given = bool(self.finder.types), shown is not None
        if keeps == given:
            expected = "no sentences under `shown`: it has" if keeps else "`shown`: it has no"
            raise DataError(f"this model expects {expected} types of its own")
        words = [one.words for one in self._sentences("sentences", [*map(_object, asked)])]
        support = self._sentences("shown", shown) if shown is not None else []
        if (n := len({span.kind for one in support for span in one.spans})) > MOST_TYPES:
            raise DataError(f"shown: expected at most {MOST_TYPES} types, got {n}")
        with self._lock:
            finder = self.finder.fit(support) if support else self.finder
            found = finder.predict(words)
        told = [as_object(*both) for both in zip(words, found, strict=True)]
        return Found(types=list(finder.types), sentences=told)

    def _sentences(self, what: str, given: Sequence[Any]) -> list[Sentence]:
        read = [sentence_of(one, f"{what} {place}") for place, one in enumerate(given, 1)]
        n, most = sum(len(one.words) for one in read), self.limits.queries
        if not 0 < n <= most:
            raise DataError(f"{what}: expected 1 to {most} words, got {n}")
        return read


def _object(sentence: list[str] | str) -> dict[str, Any]:
    return {"text" if isinstance(sentence, str) else "tokens": sentence}


def is_kept(folder: Path) -> bool:
    """Whether ``folder`` holds an adapted finder."""
    return (folder / CARD).is_file()


def kept_app(folder: Path) -> Any:
    """The application of an adapted finder. Raises ArtifactError: it is not as it was written."""
    return build_entity_app(EntityService(load_finder(folder)), {"folder": folder.name})


def build_entity_app(service: EntityService, about: dict[str, Any]) -> Any:
    """The FastAPI application. Raises MissingExtraError: FastAPI is not installed."""
    title, what = "Fewqubit: entities from few sentences", "Show some, and ask for others."
    app = guarded_app(title, what, service, Meter(), lambda: 1)

    def predict(body: Asked) -> Found:
        """Find entities."""
        return service.find(body.sentences, body.shown)

    def health() -> dict[str, Any]:
        """That the server answers, and what it serves."""
        model = {**about, "types": list(service.finder.types)}
        limits = service.limits._asdict()
        return {"status": "ok", "version": fewqubit.__version__, "model": model, "limits": limits}

    app.post("/predict", response_model=Found)(predict)
    app.get("/health")(health)
    return app
