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
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.copies import TOP
from benchmarks.served.clients import Asked, any_task, ask_all, request, tasks, wait_for
from benchmarks.served.page import SECONDS, page
from benchmarks.served.servers import MODELS, serve, train

from fewqubit.pipeline.ports import free_port

PAGE = TOP / "docs/measured/served.md"


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
