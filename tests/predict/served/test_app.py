"""The REST face of a few-shot model: answers, names, limits, errors in one line, many at once."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import fewqubit as fq
from fewqubit.predict.programs import n_compiled
from fewqubit.predict.served.app import Support
from fewqubit.predict.served.guard import Guard
from fewqubit.predict.served.meter import Meter
from fewqubit.predict.served.server import app_of
from fewqubit.predict.served.service import Limits

testclient = pytest.importorskip("fastapi.testclient")

LIMITS = Limits(rows=40, queries=50, classes=10, models=3, body=20_000)
CIRCUIT = fq.Circuit("angle", n_qubits=2)
X = np.random.default_rng(0).normal(size=(24, 4)) + np.repeat(np.eye(4) * 6, 6, axis=0)
Y = np.repeat(np.arange(4), 6)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "model"
    training = fq.Training(steps=2, tasks_per_step=2)
    learner = fq.ProtoNet(encoder=fq.Mlp(()), circuit=CIRCUIT, training=training)
    model = fq.FewShotClassifier(learner, n_way=2, n_validation=4, validation=0.5, verbose=False)
    model.meta_fit(X, Y).save(folder)
    return folder


@pytest.fixture(scope="module")
def client(saved: Path) -> Iterator[Any]:
    with testclient.TestClient(app_of(saved, limits=LIMITS)) as client:
        yield client


def rows(*places: int) -> list[list[float]]:
    return X[list(places)].tolist()


@pytest.mark.parametrize(
    "labels", [["b", "a", "b"], [7, 3, 7], [True, False, True], [0.5, 2.5, 0.5]]
)
def test_answers_are_those_of_the_classifier(client: Any, saved: Path, labels: list) -> None:
    """Whatever the type of the labels, and although supports and classes are padded."""
    support, queries = rows(0, 6, 1), rows(2, 7, 8)
    body = {"rows": support, "labels": labels, "queries": queries}
    answered = client.post("/predict", json=body).json()
    model = fq.FewShotClassifier.load(saved).fit(np.array(support), labels)
    assert answered["classes"] == model.classes_.tolist()
    assert answered["labels"] == model.predict(np.array(queries)).tolist()
    assert [type(one) for one in answered["labels"]] == [type(labels[0])] * 3
    np.testing.assert_allclose(
        answered["probabilities"], model.predict_proba(np.array(queries)), atol=1e-5
    )


def test_a_model_adapts_once_and_is_asked_by_name(client: Any) -> None:
    support = {"rows": rows(0, 6, 12), "labels": ["x", "y", "z"]}
    made = client.put("/models/letters", json=support)
    assert (made.status_code, made.json()) == (201, {"name": "letters", "classes": ["x", "y", "z"]})
    once = client.post("/predict", json=support | {"queries": rows(1, 7)}).json()
    assert client.post("/models/letters/predict", json={"queries": rows(1, 7)}).json() == once
    assert {"name": "letters", "classes": ["x", "y", "z"]} in client.get("/models").json()
    assert client.delete("/models/letters").status_code == 204
    gone = client.post("/models/letters/predict", json={"queries": rows(1)})
    assert gone.status_code == 404
    assert "expected the name of an adapted model, got 'letters'" in gone.json()["error"]


def test_models_are_bounded(client: Any) -> None:
    support = {"rows": rows(0, 6), "labels": [1, 2]}
    made = [client.put(f"/models/m{n}", json=support).status_code for n in range(4)]
    assert made == [201, 201, 201, 409]
    assert client.put("/models/m0", json=support).status_code == 201  # in place of the older one
    for n in range(3):
        client.delete(f"/models/m{n}")


GOOD = {"rows": rows(0, 6), "labels": ["a", "b"], "queries": rows(1)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": ["a"]}, "expected a label for each of 2 rows"),
        ({"labels": ["a", 1]}, "labels must be of one type"),
        ({"labels": ["a", "a"]}, "two classes or more"),
        ({"rows": [[1.0, 2.0], [1.0, 2.0]]}, "rows of 4 numbers"),
        ({"rows": [*rows(0), [1.0]]}, "row 2: expected 4 numbers as in row 1, got 1"),
        ({"rows": [*rows(0), {"feature_0": 1.0}]}, "rows of one form"),
        ({"rows": "x"}, "rows: "),
        ({"rows": [*rows(0), [1.0, None, 2.0, 3.0]]}, "rows, row 2: expected a list of numbers"),
        ({"queries": [[1.0, "Oslo", 2.0, 3.0]]}, "queries, row 1: expected a list of numbers"),
        ({"queries": [{"town": ["Oslo"]}]}, "queries, row 1: expected a list of numbers, or an ob"),
        (
            {"labels": ["a", None]},
            "labels, row 2: expected a text, a number or a boolean, got None",
        ),
        (
            {"labels": ["a", ["b"]]},
            "row 2: expected a text, a number or a boolean, got ['b']",
        ),
        ({"labels": [1, "1"]}, "labels must be of one type, but row 1 has '1' (int)"),
        ({"labels": [1, True]}, "labels must be of one type"),
        ({"labels": ["", "b"]}, "row 1 has no label"),
        ({"queries": []}, "queries: expected 1 to 50, got 0"),
        ({"queries": rows(0) * 51}, "queries: expected 1 to 50, got 51"),
        ({"rows": rows(0) * 41, "labels": ["a"] * 41}, "rows: expected 1 to 40, got 41"),
        ({"extra": 1}, "extra: "),
        ({"rows": [*rows(0), [1e39, 0, 0, 0]]}, "row 2"),
    ],
)
def test_what_is_wrong_is_one_line(client: Any, change: dict, message: str) -> None:
    answer = client.post("/predict", json=GOOD | change)
    assert answer.status_code == 422
    assert message in answer.json()["error"]
    assert "\n" not in answer.json()["error"]


def test_no_json_and_no_name_and_too_much(client: Any) -> None:
    assert client.post("/predict", content=b"{").status_code == 422
    assert (
        client.put("/models/a b", json={k: GOOD[k] for k in ("rows", "labels")}).status_code == 422
    )
    large = client.post("/predict", content=b" " * 20_001)
    assert (large.status_code, "20000 bytes" in large.json()["error"]) == (413, True)
    parts = client.post("/predict", content=(b" " * 5000 for _ in range(5)))
    assert parts.status_code == 413


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"\xff", 422),
        (b"[" * 10_000, 422),
        (b'{"rows": [[' + b"9" * 5000 + b"]]}", 422),
        (b"null", 422),
        (b"", 422),
    ],
)
def test_what_is_no_request_gets_one_line_of_the_same_form(
    client: Any, body: bytes, status: int
) -> None:
    answer = client.post("/predict", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/predict", 405), ("GET", "/nothing", 404), ("PUT", "/models/a%2Fb", 404)],
)
def test_what_is_not_there_gets_one_line_too(
    client: Any, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert "is not answered; /openapi.json lists what is" in answer.json()["error"]


def test_a_body_that_says_it_is_too_large_is_not_waited_for() -> None:
    """Nor one that does not come: whoever holds a connection holds a place of few."""
    sent: list[dict[str, Any]] = []

    async def silent() -> dict[str, Any]:
        await asyncio.sleep(3600)
        return {}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def ask(headers: list[tuple[bytes, bytes]]) -> int:
        sent.clear()
        scope = {"type": "http", "method": "POST", "path": "/predict", "headers": headers}
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("fewqubit.predict.served.guard.BODY_S", 0.05)
            await Guard(None, SimpleNamespace(limits=LIMITS), Meter())(scope, silent, send)
        return int(sent[0]["status"])

    assert asyncio.run(ask([(b"content-length", b"9" * 30)])) == 413
    assert asyncio.run(ask([])) == 408


def test_a_cell_that_is_yes_or_no_may_be_a_boolean() -> None:
    [row] = Support.model_validate({"rows": [{"paid": True, "n": 1}], "labels": ["a"]}).rows
    assert row == {"paid": True, "n": 1}
    assert isinstance(row, dict)
    assert row["paid"] is True


def test_names_of_columns_may_stand_in_rows(client: Any) -> None:
    named = [{f"feature_{n}": v for n, v in reversed([*enumerate(row)])} for row in rows(0, 6)]
    by_name = client.post("/predict", json=GOOD | {"rows": named}).json()
    assert by_name == client.post("/predict", json=GOOD).json()


def test_the_schema_has_an_example_that_is_answered(client: Any) -> None:
    schema = client.get("/openapi.json").json()
    asked = schema["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    (example,) = asked["schema"].get("examples") or asked["examples"]
    assert client.post("/predict", json=example).status_code == 200


def test_many_at_once_compile_little(client: Any) -> None:
    """Requests of all shapes, 64 at a time: answers as alone, and programs for a few sizes."""

    def ask(number: int) -> tuple[int, list[object]]:
        n = 2 + number % 4
        support = {"rows": rows(*range(0, 24, 24 // n))[:n], "labels": [*range(n)]}
        answer = client.post("/predict", json=support | {"queries": rows(*range(1 + number % 9))})
        return answer.status_code, answer.json()["labels"]

    before = n_compiled()
    alone = [ask(number) for number in range(36)]
    with ThreadPoolExecutor(64) as pool:
        assert [*pool.map(ask, [*range(36)] * 3)] == alone * 3
    assert {status for status, _ in alone} == {200}
    assert n_compiled() - before <= 8


def test_it_tells_how_it_is(client: Any) -> None:
    health = client.get("/health").json()
    assert health["status"] == "ok"
    assert health["model"]["learner"] == "protonet"
    assert client.post("/predict", json=GOOD).status_code == 200
    metrics = client.get("/metrics").text
    assert 'fewqubit_requests_total{route="POST /predict",status="200"}' in metrics
    assert 'quantile="0.95"' in metrics
    assert "fewqubit_programs_compiled" in metrics
