"""How soon a served model answers, beside scikit-learn's nearest prototype served the same way.

Run as ``python -m benchmarks.served`` (minutes); writes docs/measured/served.md. Three servers on
loopback, one process each, are asked in turns by 64 clients: 5-way 1-shot tasks of digits with 15
queries, adapted in the request, then by the name of a model that has adapted. Times are those of a
client, from the request's first byte to the answer's last. ``--small`` tries the way.
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

CLIENTS, ROUNDS, WAYS, QUERIES = 64, 5, 5, 15
MODELS = ("quantum", "twin", "prototype")
PAGE = Path(__file__).parents[1] / "docs/measured/served.md"


class Nearest:
    """scikit-learn's nearest prototype; shares are a softmax of the negative distances."""

    def __init__(self, rows: np.ndarray, labels: list[object]) -> None:
        with np.errstate(invalid="ignore"):  # deviations of one row, which are not asked for
            self.centroids = NearestCentroid().fit(rows, labels)
        self.classes_ = self.centroids.classes_

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        distances = np.linalg.norm(rows[:, None] - self.centroids.centroids_, axis=-1)
        shares = np.exp(distances.min(axis=1, keepdims=True) - distances)
        return shares / shares.sum(axis=1, keepdims=True)


class Asked(NamedTuple):
    """A kind of request, and how long each took, in milliseconds."""

    kind: str
    model: str
    milliseconds: list[float]
    seconds: float


def serve(model: str, folder: Path, port: int) -> None:
    """Serve in this process until it is ended."""
    if model == "prototype":
        app = build_app(Service(Nearest), {"learner": "nearest prototype"}, {})
    else:
        app = server.app_of(folder / model)
    server.serve(app, port)


def train(folder: Path, steps: int) -> None:
    """A circuit and its twin, meta-trained on halves of the digits' pixels: speed is asked here."""
    x, y = load_digits(return_X_y=True)
    training = fq.Training(steps=steps, validate_every=steps, tasks_per_step=4)
    circuit = fq.Circuit("hardware_efficient", n_qubits=6, repetitions=2)
    learner = fq.ProtoNet(encoder=fq.Mlp((32,)), circuit=circuit, training=training)
    for arm in ("quantum", "twin"):
        model = fq.FewShotClassifier(learner, arm=arm, n_validation=5, validation=0, verbose=False)
        model.meta_fit(x, y).save(folder / arm)


def tasks(number: int) -> dict[str, Any]:
    """A task's request; another one for each number."""
    x, y = load_digits(return_X_y=True)
    random = np.random.default_rng(number)
    classes = random.choice(10, WAYS, replace=False)
    rows = [random.choice(np.flatnonzero(y == c), 1 + QUERIES // WAYS) for c in classes]
    return {
        "rows": x[[own[0] for own in rows]].tolist(),
        "labels": classes.tolist(),
        "queries": x[np.concatenate([own[1:] for own in rows])].tolist(),
    }


def ask_all(port: int, model: str, path: str, bodies: list[bytes]) -> Asked:
    """``bodies`` from 64 clients at once, each on a connection of its own that stays open."""
    taken: list[float] = []
    local = threading.local()

    def ask(body: bytes) -> None:
        if not hasattr(local, "connection"):
            local.connection = HTTPConnection("127.0.0.1", port, timeout=300)
        began = time.perf_counter()
        local.connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = local.connection.getresponse()
        told = answer.read()
        taken.append(1e3 * (time.perf_counter() - began))
        assert answer.status == 200, told

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(ask, bodies))
    kind = "adapt and answer" if path == "/predict" else "answer, by name"
    return Asked(kind, model, taken, time.perf_counter() - began)


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


def measure(folder: Path, n_requests: int) -> tuple[list[Asked], dict[str, str]]:
    """All servers, asked in turns, so that what else the machine does meets all of them."""
    ports = {model: free_port(8100 + 50 * n) for n, model in enumerate(MODELS)}
    own = [sys.executable, "-m", "benchmarks.served", "--folder", str(folder), "--serve"]
    running = [subprocess.Popen([*own, m, "--port", str(port)]) for m, port in ports.items()]
    try:
        made = [tasks(number) for number in range(n_requests)]
        support = {key: made[0][key] for key in ("rows", "labels")}
        found: dict[tuple[str, str], Asked] = {}
        for port in ports.values():
            wait_for(port)
            request(port, "PUT", "/models/one", support)
            request(port, "POST", "/predict", made[0])  # compiled once
        for _ in range(ROUNDS):
            for model, port in ports.items():
                for path in ("/predict", "/models/one/predict"):
                    keep = ("queries",) if path != "/predict" else tuple(made[0])
                    bodies = [json.dumps({k: one[k] for k in keep}).encode() for one in made]
                    new = ask_all(port, model, path, bodies)
                    old = found.get((new.kind, model), new._replace(milliseconds=[], seconds=0.0))
                    together = [*old.milliseconds, *new.milliseconds]
                    found[new.kind, model] = Asked(
                        new.kind, model, together, old.seconds + new.seconds
                    )
        return [*found.values()], {m: request(port, "GET", "/metrics") for m, port in ports.items()}
    finally:
        for process in running:
            process.terminate()


def gauge(metrics: str, name: str) -> float:
    line = next(line for line in metrics.splitlines() if line.startswith(f"fewqubit_{name} "))
    return float(line.split()[1])


def page(found: list[Asked], metrics: dict[str, str], load: float) -> str:
    """The measured table."""
    lines = [
        "# A served model, measured",
        "",
        f"`python -m benchmarks.served`: {CLIENTS} clients at once, {WAYS}-way 1-shot tasks of "
        f"8 × 8 digits with {QUERIES} queries; `protonet` on 6 qubits, its classical twin, and "
        "scikit-learn's nearest prototype behind the same HTTP, asked in turns. Milliseconds as a "
        "client sees them, with 64 requests in the queue.",
        "",
        "| request | model | p50 | p95 | answered in a second |",
        "|---|---|---:|---:|---:|",
    ]
    for kind, model, taken, seconds in sorted(found):
        low, high = np.quantile(taken, (0.5, 0.95))
        lines.append(f"| {kind} | {model} | {low:.0f} | {high:.0f} | {len(taken) / seconds:.0f} |")
    lines += ["", "| server | peak memory, MB | compiled programs |", "|---|---:|---:|"]
    for model, told in metrics.items():
        memory, programs = gauge(told, "memory_peak_bytes") / 1e6, gauge(told, "programs_compiled")
        lines.append(f"| {model} | {memory:.0f} | {programs:.0f} |")
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
        found, metrics = measure(Path(place), 64 if given.small else 128)
    text = page(found, metrics, load)
    sys.stdout.write(text)
    if not given.small:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
