"""An evaluation under noise on several processes and on a Dask cluster: time, bytes, overhead.

Run as ``python -m benchmarks.speed.spread``; writes docs/measured/spread.md. Times mean something
on idle cores only, so CPU seconds stand beside them: the busiest worker's are what idle cores would
take.
"""

import argparse
import os
import pickle
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import psutil
from benchmarks.copies import TOP

import fewqubit.stages.process  # noqa: F401 - compiles as a stage does
from fewqubit.base.arithmetic import fix
from fewqubit.base.io.files import sha256, write_text
from fewqubit.base.keys import root_key
from fewqubit.config import Circuit, Device, Episodes, Evaluation, load_settings, section_of
from fewqubit.evaluate.answering.devices import PIECE, Piece
from fewqubit.evaluate.answering.subject import Subject, pieces_of
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.training import Training
from fewqubit.models.settings import Mlp
from fewqubit.stages.evaluate import evaluate_and_save
from fewqubit.stages.meta_train import TrainingJob, train_and_save
from fewqubit.stages.prepare import prepare
from fewqubit.stages.spread import load_subject, source_at, spread
from fewqubit.tasks import load_manifest

REPORT = TOP / "docs/measured/spread.md"
PREPARED, PLACE = Path("prepared"), Path("digits/protonet/quantum")
EPISODES = Episodes(n_way=5, n_shot=1, n_query=15, n_validation=20, n_test=800)
DEVICES = {"noisy": Device(backend="noisy:fake_manila", shots=256)}
SEEDS, EMPTY = 2, 200
HEADER = """# An evaluation on several workers

Made by `python -m benchmarks.speed.spread{options}`: a prototypical network on 4 qubits, 5-way
1-shot, 15 queries of each class, {episodes} test episodes for each of {seeds} seeds under the noise
of `fake_manila`, {shots} shots a circuit, in pieces of {piece} episodes; before it the simulated
evaluation of these episodes. The time is that of the whole evaluation, starting the processes
included. *Busiest* is the CPU time of the worker that had most to do: what it would take on idle
cores. {cores} cores, load average before it began: {load}.

| where | seconds | CPU seconds, all | busiest | speed-up, measured | by CPU time | bytes |
|---|---:|---:|---:|---:|---:|---|
"""


class Run(NamedTuple):
    """What one evaluation took: wall time, CPU seconds of all and of the busiest process."""

    where: str
    seconds: float
    cpu: float
    busiest: float
    files: dict[str, str]


def main() -> None:
    """Evaluate here, on several processes, on a cluster of two folders; compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=EPISODES.n_test, help="as many are frozen")
    parser.add_argument("--processes", type=int, nargs="+", default=[2, 4])
    asked = parser.parse_args()
    fix()
    load = os.getloadavg()[0]
    reading = Evaluation(resamples=200, devices=DEVICES, device_episodes=asked.episodes)
    with TemporaryDirectory() as folder, chdir(folder):
        _make(EPISODES.model_copy(update={"n_test": asked.episodes}))
        runs = [_run("this process", reading)]
        for n in asked.processes:
            runs.append(_run(f"{n} processes", reading.model_copy(update={"workers": n})))
        empty = [_empty("2 processes", reading.model_copy(update={"workers": 2}))]
        with _cluster(Path(folder)) as (address, workers):
            on = reading.model_copy(update={"cluster": address})
            runs.append(_run("Dask, 2 folders", on, workers))
            empty.append(_empty("Dask, 2 folders", on))
        sizes = _sizes()
    text = HEADER.format(
        options="".join(f" {word}" for word in sys.argv[1:]),
        episodes=asked.episodes,
        seeds=SEEDS,
        shots=DEVICES["noisy"].shots,
        piece=PIECE,
        cores=os.cpu_count(),
        load=f"{load:.1f}",
    )
    write_text(REPORT, text + "".join(_row(run, runs[0]) for run in runs) + "".join(empty) + sizes)


def _make(episodes: Episodes) -> None:
    """A learner of a few steps: what it costs to ask does not depend on what it learned."""
    shipped = load_settings(TOP / "params.yaml").datasets["digits"]
    digits = shipped.model_copy(update={"episodes": episodes})
    prepare("digits", digits, root_key(0), PREPARED)
    circuit = Circuit("zz", n_qubits=4, repetitions=2)
    learner = section_of(ProtoNet(Mlp((8,)), circuit, training=Training(steps=2)), seeds=SEEDS)
    work = TrainingJob("digits", "protonet", "quantum", learner, episodes, PREPARED)
    train_and_save(work, root_key(0), "trained" / PLACE)


def _run(where: str, reading: Evaluation, workers: list[psutil.Process] | None = None) -> Run:
    folder, me = Path(where, PLACE), psutil.Process()
    own, others = _cpu(me), [_cpu(one) for one in workers or ()]
    children, began = dict[int, float](), time.monotonic()
    with _watching(me, children):
        evaluate_and_save("trained" / PLACE, PREPARED, reading, root_key(0), folder)
    seconds, own = time.monotonic() - began, _cpu(me) - own
    spent = [_cpu(one) - b for one, b in zip(workers or (), others, strict=True)]
    spent += children.values() if workers is None else []
    files = {path.name: sha256(path) for path in sorted(folder.iterdir())}
    return Run(where, seconds, own + sum(spent), max([own, *spent]), files)


@contextmanager
def _watching(me: psutil.Process, children: dict[int, float]) -> Iterator[None]:
    """Note the CPU time of the processes that this one starts; they are gone when it is done."""
    from threading import Event, Thread

    done = Event()

    def watch() -> None:
        while not done.wait(0.2):
            for child in me.children():
                try:
                    children[child.pid] = _cpu(child)
                except psutil.NoSuchProcess:
                    continue

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def nothing(subject: Subject) -> Callable[[int], int]:
    """Answers at once: what is measured is the way there and back."""
    del subject
    return lambda piece: piece


def _empty(where: str, reading: Evaluation) -> str:
    from benchmarks.speed.spread import (
        nothing,
    )  # as a worker finds it, not as a name of this script

    source = source_at("trained" / PLACE, PREPARED, reading, root_key(0))
    with spread(source, load_subject(source)) as ask:
        list(ask(nothing, (), [*range(8)]))
        began = time.monotonic()
        list(ask(nothing, (), [*range(EMPTY)]))
        each = (time.monotonic() - began) / EMPTY
    return f"\n{where}: {each * 1000:.1f} ms for a piece that computes nothing.\n"


def _sizes() -> str:
    manifest = load_manifest(PREPARED / "manifest_test.npz")
    piece = Piece(0, pieces_of(manifest, PIECE)[0])
    sent = len(pickle.dumps(piece))
    files = sum(path.stat().st_size for path in ("trained" / PLACE).iterdir())
    return (
        f"\nA piece is {sent} bytes on its way, its answer some 500; the trained learner, {files} "
        "bytes, goes to each worker of a cluster once.\n"
    )


@contextmanager
def _cluster(folder: Path) -> Iterator[tuple[str, list[psutil.Process]]]:
    """A scheduler, and two workers in folders of their own."""
    from distributed import Client

    few, started = ["--no-dashboard", "--host", "127.0.0.1"], list[subprocess.Popen[str]]()

    def start(what: str, *words: str, cwd: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", f"distributed.cli.{what}", *words, *few]
        environment = os.environ | {"PYTHONPATH": str(TOP)}
        started.append(
            subprocess.Popen(command, cwd=cwd, env=environment, stderr=subprocess.PIPE, text=True)
        )
        return started[-1]

    try:
        scheduler = start("dask_scheduler", "--port", "0", cwd=folder)
        assert scheduler.stderr is not None
        address = next(line for line in scheduler.stderr if "Scheduler at:" in line).split()[-1]
        for name in ("one", "other"):
            shutil.copytree(PREPARED, Path(name) / PREPARED)
            start("dask_worker", address, "--no-nanny", "--nthreads", "1", cwd=folder / name)
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)
        yield address, [psutil.Process(one.pid) for one in started[1:]]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _row(run: Run, alone: Run) -> str:
    same = "the same" if run.files == alone.files else "**others**"
    measured, by_cpu = alone.seconds / run.seconds, alone.busiest / run.busiest
    return (
        f"| {run.where} | {run.seconds:.1f} | {run.cpu:.1f} | {run.busiest:.1f} | "
        f"{measured:.2f} | {by_cpu:.2f} | {same} |\n"
    )


if __name__ == "__main__":
    main()
