"""How soon a served model answers, beside scikit-learn's nearest prototype served the same way.

Run as ``python -m benchmarks.served`` (minutes); writes docs/measured/served.md. Four servers on
loopback, one process each, are asked in turns by 64 clients, each server for a minute in all: 5-way
1-shot tasks of digits with 15 queries, adapted in the request, then by the name of a model that has
adapted. Times are those of a client, from the request's first byte to the answer's last. Then each
is asked once more for tasks of all sizes, which costs compiled programs. ``--small`` tries the way.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestCentroid

import fewqubit as fq
from fewqubit.pipeline.ports import free_port
from fewqubit.predict.served import server
from fewqubit.predict.served.app import build_app
from fewqubit.predict.served.service import Service

CLIENTS, WAYS, QUERIES = 64, 5, 15
SECONDS = 60  # for which each server is asked, half of it for each kind of request
MODELS = ("quantum", "twin", "maml", "prototype")
PAGE = Path(__file__).parents[1] / "docs/measured/served.md"


class Nearest:
    """scikit-learn's nearest prototype; shares are a softmax of the negative distances."""

    def __init__(self, rows: np.ndarray, labels: list[object]) -> None:
        with np.errstate(invalid="ignore"):  # deviations of one row, which are not asked for
            self.centroids = NearestCentroid().fit(rows, labels)
        self.classes_ = self.centroids.classes_

    def answer(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Shares, and that every row is of one of the classes."""
        distances = np.linalg.norm(rows[:, None] - self.centroids.centroids_, axis=-1)
        shares = np.exp(distances.min(axis=1, keepdims=True) - distances)
        return shares / shares.sum(axis=1, keepdims=True), np.ones(len(rows), bool)


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


def serve(model: str, folder: Path, port: int) -> None:
    """Serve in this process until it is ended."""
    if model == "prototype":
        app = build_app(Service(Nearest), {"learner": "nearest prototype"}, {})
    else:
        app = server.app_of(folder / model)
    server.serve(app, port)


def train(folder: Path, steps: int) -> None:
    """Circuits and a twin, meta-trained on halves of the digits' pixels: speed is asked here."""
    x, y = load_digits(return_X_y=True)
    training = fq.Training(steps=steps, validate_every=steps, tasks_per_step=4)
    shared = {"encoder": fq.Mlp((32,)), "training": training}
    circuit = fq.Circuit("hardware_efficient", n_qubits=6, repetitions=2)
    read = fq.Circuit("angle", n_qubits=6, ansatz="real_amplitudes", layers=2)
    learners = {
        "quantum": (fq.ProtoNet(circuit=circuit, **shared), "quantum"),
        "twin": (fq.ProtoNet(circuit=circuit, **shared), "twin"),
        "maml": (fq.Maml(circuit=read, **shared), "quantum"),
    }
    for name, (learner, arm) in learners.items():
        model = fq.FewShotClassifier(learner, arm=arm, n_validation=5, validation=0, verbose=False)
        model.meta_fit(x, y).save(folder / name)


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
    connection = HTTPConnection("127.0.0.1", port, timeout=300)
    content = None if body is None else json.dumps(body)
    connection.request(method, path, content, {"Content-Type": "application/json"})
    return connection.getresponse().read().decode()


def wait_for(port: int) -> None:
    for _ in range(600):
        try:
            request(port, "GET", "/health")
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"no server came up on port {port}")


def measure(
    folder: Path, n_requests: int, seconds: float
) -> tuple[list[Asked], dict[str, tuple[str, str]]]:
    """All servers, asked in turns, so that what else the machine does meets all of them.

    What each tells of itself after one size of task, and after all sizes.
    """
    ports = {model: free_port(8100 + 50 * n) for n, model in enumerate(MODELS)}
    own = [sys.executable, "-m", "benchmarks.served", "--folder", str(folder), "--serve"]
    running = [subprocess.Popen([*own, m, "--port", str(port)]) for m, port in ports.items()]
    try:
        made = [tasks(number) for number in range(n_requests)]
        for port in ports.values():
            wait_for(port)
            request(port, "PUT", "/models/one", {key: made[0][key] for key in ("rows", "labels")})
            request(port, "POST", "/predict", made[0])  # compiled once
        found: dict[tuple[str, str], Asked] = {}
        while not found or min(one.seconds for one in found.values()) < seconds / 2:
            for model, port in ports.items():
                for path in ("/predict", "/models/one/predict"):
                    keep = ("queries",) if path != "/predict" else tuple(made[0])
                    bodies = [json.dumps({k: one[k] for k in keep}).encode() for one in made]
                    new = ask_all(port, model, path, bodies)
                    old = found.get((new.kind, model))
                    found[new.kind, model] = old.with_(new) if old else new
        before = {model: request(port, "GET", "/metrics") for model, port in ports.items()}
        any_size = [json.dumps(any_task(number)).encode() for number in range(2 * n_requests)]
        metrics: dict[str, tuple[str, str]] = {}
        for model, port in ports.items():
            last = ask_all(port, model, "/predict", any_size)
            found["adapt and answer", model] = found["adapt and answer", model]._replace(
                errors=found["adapt and answer", model].errors + last.errors
            )
            metrics[model] = before[model], request(port, "GET", "/metrics")
        return [*found.values()], metrics
    finally:
        for process in running:
            process.terminate()


def gauge(metrics: str, name: str) -> float:
    line = next(line for line in metrics.splitlines() if line.startswith(f"fewqubit_{name} "))
    return float(line.split()[1])


def page(found: list[Asked], metrics: dict[str, tuple[str, str]], load: float) -> str:
    """The measured table."""
    lines = [
        "# A served model, measured",
        "",
        f"`python -m benchmarks.served`: {CLIENTS} clients at once, {WAYS}-way 1-shot tasks of "
        f"8 × 8 digits with {QUERIES} queries; `protonet` on 6 qubits, its classical twin, `maml` "
        "on 6 qubits, and scikit-learn's nearest prototype behind the same HTTP, asked in turns, "
        f"each for {SECONDS} s. Milliseconds as a client sees them, with 64 requests in the queue.",
        "",
        "| request | model | asked | errors | p50 | p95 | answered in a second |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for kind, model, taken, seconds, errors in sorted(found):
        low, high = np.quantile(taken, (0.5, 0.95))
        rate = len(taken) / seconds
        cells = f"{len(taken)} | {errors} | {low:.0f} | {high:.0f} | {rate:.0f}"
        lines.append(f"| {kind} | {model} | {cells} |")
    lines += [
        "",
        "*Of all sizes*: after tasks of 2 to 10 classes, 1 to 10 examples of each and 1 to 60 "
        "queries besides, drawn at random.",
        "",
        "| server | peak memory, MB | of all sizes | compiled programs | of all sizes |",
        "|---|---:|---:|---:|---:|",
    ]
    for model, both in metrics.items():
        memory = " | ".join(f"{gauge(one, 'memory_peak_bytes') / 1e6:.0f}" for one in both)
        programs = " | ".join(f"{gauge(one, 'programs_compiled'):.0f}" for one in both)
        lines.append(f"| {model} | {memory} | {programs} |")
    cores = os.cpu_count()
    lines += [
        "",
        f"Measured on {cores} cores whose load average was {load:.1f} before it began. Above "
        f"{cores}, others were at work too: all times are longer, and differences between models "
        "that are not severalfold are luck.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", choices=MODELS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--port", type=int)
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.folder, given.port)
        return
    load = os.getloadavg()[0]
    with TemporaryDirectory() as place:
        train(Path(place), 2 if given.small else 20)
        asked = (64, 1.0) if given.small else (128, SECONDS)
        found, metrics = measure(Path(place), *asked)
    text = page(found, metrics, load)
    sys.stdout.write(text)
    if not given.small:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
