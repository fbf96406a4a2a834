"""Entities over HTTP: what a finder finds, and one line for what is wrong."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import pytest

from fewqubit.data.sources.sentences.sentence import Sentence, Span
from fewqubit.evaluate.entities.served import EXAMPLE, EntityService, build_entity_app
from fewqubit.predict.served.service import Limits

testclient = pytest.importorskip("fastapi.testclient")


class Memory(NamedTuple):
    """Finds the very words that it was shown."""

    types: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    def fit(self, sentences: Sequence[Sentence]) -> Self:
        names = {one.words[span.start]: span.kind for one in sentences for span in one.spans}
        return self._replace(types=tuple(sorted({*names.values()})), names=tuple(names.items()))

    def predict(self, sentences: Sequence[Sequence[str]]) -> list[list[Span]]:
        known = dict(self.names)
        return [
            [Span(n, n + 1, known[word]) for n, word in enumerate(words) if word in known]
            for words in sentences
        ]


def client(finder: Memory, **limits: int) -> Any:
    service = EntityService(finder, Limits(**limits))  # type: ignore[arg-type]
    return testclient.TestClient(build_entity_app(service, {"dataset": "people"}))


SHOWN = EXAMPLE["shown"]
KEPT = Memory(("PER",), (("Ada", "PER"),))


def test_the_shown_types_are_found_in_words_and_in_texts() -> None:
    answer = client(Memory()).post(
        "/predict", json={"shown": SHOWN, "sentences": [["Emmy", "left"], "Then Ada stayed."]}
    )
    ada = {"start": 1, "end": 2, "label": "PER"}
    assert answer.json() == {
        "types": ["PER"],
        "sentences": [
            {"tokens": ["Emmy", "left"], "entities": []},
            {"tokens": ["Then", "Ada", "stayed", "."], "entities": [ada]},
        ],
    }


def test_a_kept_finder_answers_alone() -> None:
    served = client(KEPT)
    answer = served.post("/predict", json={"sentences": [["Ada"]]}).json()
    assert [one["label"] for one in answer["sentences"][0]["entities"]] == ["PER"]
    assert served.get("/health").json()["model"] == {"dataset": "people", "types": ["PER"]}
    assert "programs_compiled" in served.get("/metrics").text


@pytest.mark.parametrize(
    ("finder", "body", "said"),
    [
        (Memory(), {"sentences": [["Ada"]]}, "expects `shown`: it has no types"),
        (KEPT, {"sentences": [["Ada"]], "shown": SHOWN}, "expects no sentences under `shown`"),
        (KEPT, {"sentences": []}, "sentences: expected 1 to 5 words, got 0"),
        (KEPT, {"sentences": [["a"] * 6]}, "sentences: expected 1 to 5 words, got 6"),
        (KEPT, {"sentences": [["a"], " "]}, "sentences 2: expected `tokens`"),
        (Memory(), {"sentences": ["a"], "shown": [{"tokens": ["a"], "entities": [[0, 2, "x"]]}]},
         "shown 1: the span 0 … 2 is not in 0 … 1"),
        (KEPT, {"sentences": [[1]]}, "sentences.0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line(finder: Memory, body: dict[str, Any], said: str) -> None:
    answer = client(finder, queries=5).post("/predict", json=body)
    assert answer.status_code == 422
    assert said in answer.json()["error"]
    assert "\n" not in answer.json()["error"]
