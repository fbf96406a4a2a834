"""What the first call of each default learner costs: writes docs/measured/first_call.md.

Run as ``python -m benchmarks.speed.first_call [ARM …]`` (a quarter of an hour of a core for all
arms). Each learner of the default run, in each of its arms or those named, begins in processes of
its own: initial parameters, their validation, two steps of training, validation again, on random
pictures of the default data set's size. The same once more in that process is what it costs when
all is compiled; the difference is the first call.

A process that is done is kept below artifacts/studies; a run that was stopped goes on from there.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.copies import TOP
from benchmarks.kept import kept

from fewqubit.base.compiled_programs import keep_compiled
from fewqubit.base.io.files import read_json, write_json, write_text
from fewqubit.config import load_settings
from fewqubit.stages.process import SHORT

REPORT = TOP / "docs/measured/first_call.md"
PICTURE, CLASSES, ROWS = (16, 16), 30, 20
ONE = "--one"  # of the processes that measure
STEPS = 2  # of each chunk: the program loops over them, so their number adds nothing to it
COLUMNS = ("plain JAX", "stages' flags", "empty cache", "warm cache")
HEADER = """# What a first call costs

Made by `python -m benchmarks.speed.first_call{arms}`: {cores} cores, load average {load:.1f}.
Seconds of the processor to trace, compile or load, and begin: initial parameters, their validation,
{steps} steps of training, validation again, less what the same takes a second time. Settings and
arms are those of the default run; imports are not counted. *Plain JAX*: XLA as it comes. *Stages'
flags*: a lower optimization level, no fusion emitters, none of LLVM's expensive passes
(`fewqubit.stages.process`). *Empty cache*: these flags, and programs are kept for the next process
(`fewqubit.base.compiled_programs`). *Warm cache*: the next process. *Again*: the second time,
nothing to compile, under the stages' flags. One process for each number.

| learner | arm | {columns} | plain ÷ empty | plain ÷ warm | again |
|---|---|{lines}---:|---:|---:|
"""


def main() -> None:
    """Every cell that is not there yet, then the table."""
    arms = sys.argv[1:]
    if arms[:1] == [ONE]:
        print(json.dumps(began(*arms[1:])))
        return
    load = os.getloadavg()[0]
    found = {pair: dict(cells(*pair)) for pair in default_pairs(arms)}
    header = HEADER.format(
        arms="".join(f" {arm}" for arm in arms),
        cores=os.cpu_count(),
        load=load,
        steps=STEPS,
        columns=" | ".join(COLUMNS),
        lines="---:|" * len(COLUMNS),
    )
    told = (
        f"\nBy the median a first call takes 1/{ratio(found.values(), 'empty cache'):.1f} of plain "
        f"JAX's, and 1/{ratio(found.values(), 'warm cache'):.1f} where an earlier process has "
        "compiled its programs.\n"
    )
    write_text(REPORT, header + "".join(line(*item) for item in found.items()) + told)


def default_pairs(arms: Sequence[str]) -> list[tuple[str, str]]:
    """Learners of the default run, in ``arms`` or, without any, in those of the default run."""
    run = load_settings(TOP / "params.yaml").run
    return [(learner, arm) for learner in run.learners for arm in arms or run.arms]


def cells(learner: str, arm: str) -> Iterator[tuple[str, dict[str, float]]]:
    """Each column; the last two share a folder of compiled programs."""
    settings = load_settings(TOP / "params.yaml").learners[learner].model_dump_json()
    place = kept("first_call", {"settings": settings, "steps": STEPS, "picture": PICTURE})
    path = place / f"{learner}-{arm}.json"
    if not path.exists():
        with tempfile.TemporaryDirectory() as folder:
            environments = [{"XLA_FLAGS": ""}, {"XLA_FLAGS": SHORT}, *[_caching(Path(folder))] * 2]
            measured = [_asked(learner, arm, one) for one in environments]
        write_json(path, dict(zip(COLUMNS, measured, strict=True)))
        sys.stderr.write(f"{learner} {arm}\n")
    yield from read_json(path).items()


def _caching(folder: Path) -> dict[str, str]:
    """What ``keep_compiled`` sets for a stage, with the stages' flags."""
    program = f"import os; from {keep_compiled.__module__} import keep_compiled; "
    program += f"from pathlib import Path; keep_compiled(Path({str(folder)!r})); "
    program += "import json; print(json.dumps(dict(os.environ)))"
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, env=_clean()
    )
    given: dict[str, str] = json.loads(said.stdout)
    return {"XLA_FLAGS": SHORT} | {k: v for k, v in given.items() if k.startswith("JAX_")}


def _clean() -> dict[str, str]:
    """Without settings of the user: importing the stages sets flags where none are set."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("JAX_", "XLA_"))}


def _asked(learner: str, arm: str, environment: Mapping[str, str]) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.speed.first_call", ONE, learner, arm]
    said = subprocess.run(
        command, capture_output=True, check=True, cwd=TOP, env=_clean() | dict(environment)
    )
    measured: dict[str, float] = json.loads(said.stdout)
    return measured


def began(name: str, arm: str) -> dict[str, float]:
    """Seconds of this process for the first call, less those of the second, and of the second."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    from fewqubit.config import of_arm
    from fewqubit.predict.training import train
    from fewqubit.tasks import TrainingData, class_index, draw_manifest

    every = load_settings(TOP / "params.yaml")
    episodes, settings = every.datasets["glyphs"].episodes, of_arm(every.learners[name], arm)
    if (training := settings.meta_training()) is not None:
        few = {"steps": 2 * STEPS, "validate_every": STEPS}
        settings = settings.model_copy(update={"training": training.model_copy(update=few)})
    x = np.random.default_rng(0).normal(size=(CLASSES * ROWS, *PICTURE)).astype(np.float32)
    y, half = np.arange(CLASSES).repeat(ROWS), CLASSES // 2
    shape = episodes.n_way, episodes.n_shot, episodes.n_query
    tasks = class_index(y, range(half)), class_index(y, range(half, CLASSES))
    validation = draw_manifest(jax.random.key(1), tasks[1], *shape, episodes.n_validation)
    data = TrainingData(jnp.asarray(x), tasks[0], validation)
    keys, names = jax.random.split(jax.random.key(0), settings.seeds), [str(c) for c in range(30)]
    jax.block_until_ready(keys)
    marks: list[float] = [time.process_time()]

    def report(_: Any) -> None:
        marks.append(time.process_time())

    train(settings, arm, episodes, data, keys, names, name, report=report)
    marks.append(time.process_time())
    return _split(marks)


def _split(marks: list[float]) -> dict[str, float]:
    """From times at the beginning, after each chunk, at the end; a learner without has no chunk."""
    again = marks[2] - marks[1] if len(marks) > 3 else 0.0
    return {"first": marks[1] - marks[0] - again, "again": again}


def ratio(found: Iterable[Mapping[str, Mapping[str, float]]], column: str) -> float:
    """How many times as long as in ``column`` plain JAX takes, the median."""
    return median(one["plain JAX"]["first"] / one[column]["first"] for one in found)


def line(pair: tuple[str, str], found: Mapping[str, Mapping[str, float]]) -> str:
    """A row of the table."""
    first = [found[column]["first"] for column in COLUMNS]
    ratios = f"{first[0] / first[2]:.1f} | {first[0] / first[3]:.1f}"
    cells = " | ".join(f"{seconds:.2f}" for seconds in first)
    return f"| {' | '.join(pair)} | {cells} | {ratios} | {found['warm cache']['again']:.2f} |\n"


if __name__ == "__main__":
    main()
