"""Requests of many clients at once, and how long each of them took."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any, NamedTuple

import numpy as np
from sklearn.datasets import load_digits

CLIENTS, WAYS, QUERIES = 64, 5, 15


class Asked(NamedTuple):
    """A kind of request: how long each took, in milliseconds, all together, and how many failed."""

    kind: str
    model: str
    milliseconds: list[float]
    seconds: float
    errors: int

    def with_(self, other: "Asked") -> "Asked":
        """Both together."""
        taken = [*self.milliseconds, *other.milliseconds]
        seconds, errors = self.seconds + other.seconds, self.errors + other.errors
        return Asked(self.kind, self.model, taken, seconds, errors)


def tasks(number: int, ways: int = WAYS, shots: int = 1, queries: int = QUERIES) -> dict[str, Any]:
    """A task's request; another one for each number."""
    x, y = load_digits(return_X_y=True)
    random = np.random.default_rng(number)
    classes = random.choice(10, ways, replace=False)
    each = shots + -(-queries // ways)
    rows = [random.choice(np.flatnonzero(y == c), each, replace=False) for c in classes]
    return {
        "rows": x[np.concatenate([own[:shots] for own in rows])].tolist(),
        "labels": classes.repeat(shots).tolist(),
        "queries": x[np.concatenate([own[shots:] for own in rows])[:queries]].tolist(),
    }


def any_task(number: int) -> dict[str, Any]:
    """A task of any size: 2 to 10 classes, 1 to 10 examples of each, 1 to 60 queries."""
    random = np.random.default_rng(10_000 + number)
    ways, shots, queries = (int(random.integers(*ends)) for ends in ((2, 11), (1, 11), (1, 61)))
    return tasks(number, ways, shots, queries)


def ask_all(port: int, model: str, path: str, bodies: list[bytes]) -> Asked:
    """``bodies`` from 64 clients at once, each on a connection of its own that stays open."""
    taken: list[float] = []
    failed: list[bytes] = []
    local = threading.local()

    def ask(body: bytes) -> None:
        if not hasattr(local, "connection"):
            local.connection = HTTPConnection("127.0.0.1", port, timeout=300)
        began = time.perf_counter()
        local.connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = local.connection.getresponse()
        content = answer.read()
        taken.append(1e3 * (time.perf_counter() - began))
        if answer.status != 200:
            failed.append(content)

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(ask, bodies))
    kind = "adapt and answer" if path == "/predict" else "answer, by name"
    return Asked(kind, model, taken, time.perf_counter() - began, len(failed))


def request(port: int, method: str, path: str, body: object = None) -> str:
    """What the server on ``port`` answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=300)
    content = None if body is None else json.dumps(body)
    connection.request(method, path, content, {"Content-Type": "application/json"})
    return connection.getresponse().read().decode()


def wait_for(port: int) -> None:
    """Until the server on ``port`` is well. Raises SystemExit: it is not, for five minutes."""
    for _ in range(600):
        try:
            request(port, "GET", "/health")
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"no server came up on port {port}")
