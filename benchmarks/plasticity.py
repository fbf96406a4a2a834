"""Is the newest of a hundred groups still learned? Fine-tuning along permuted digits.

Run as ``python -m benchmarks.plasticity``; writes docs/results/stream_hundred. Each arm is kept in
artifacts/studies when it is done, so that a killed study goes on where it stood.

Quantum networks are said to keep learning over long streams where classical ones stop (arXiv
2511.17228). Each group here is a permutation of the pixels of handwritten digits: six digits are
learned, tasks of the other four are asked just after. The slope of that accuracy along the stream
tells whether learning fades.
"""

import argparse
import json

import jax
import jax.numpy as jnp
import numpy as np
from benchmarks.copies import TOP
from benchmarks.kept import kept
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

import fewqubit.stages.process  # noqa: F401 - compiles as a stage does
from fewqubit.base.arithmetic import fix
from fewqubit.base.io.files import read_npz, write_json, write_npz, write_text
from fewqubit.base.io.progress import Progress
from fewqubit.base.keys import root_key, stream
from fewqubit.config import Circuit
from fewqubit.evaluate.intervals import distribution, episode_resamples, interval
from fewqubit.evaluate.verdict import compare, verdicts
from fewqubit.meta.registry import build_learner
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.training import Training
from fewqubit.meta.streams.answered import Answered
from fewqubit.meta.streams.figures import cells, plasticity
from fewqubit.meta.streams.group import Group
from fewqubit.meta.streams.settings import FineTune
from fewqubit.meta.streams.walk import walker
from fewqubit.models.settings import Mlp
from fewqubit.tasks import Shape, class_index, draw_manifest

RESULT = TOP / "docs/results/stream_hundred"
ARMS = ("quantum", "twin", "bypass")
GROUPS, SEEDS, STEPS, EPISODES, ROWS = 100, 3, 30, 40, 20
SHAPE = Shape(4, 1, 5)
RATE = 0.01  # of all arms: at 0.03, which glyphs chose for the circuit, it unlearns along a stream
MARGIN, CONFIDENCE = 0.0005, 0.95  # of accuracy for each group: 5 points over the whole stream


def main() -> None:
    """Walk every arm that is not there yet, then write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=GROUPS)
    asked = parser.parse_args()
    fix()
    made_of = {"groups": asked.groups, "shape": SHAPE, "seeds": SEEDS, "steps": STEPS}
    work = TOP / kept("plasticity", {**made_of, "of": (EPISODES, ROWS, RATE)})
    newest = {}
    for arm in ARMS:
        place = work / f"{arm}.npz"
        if not place.exists():
            write_npz(place, {"newest": _walked(arm, asked.groups)})
        newest[arm] = read_npz(place)["newest"]
    _write(newest)


def group(number: int) -> Group:
    """Digits whose pixels one permutation has moved; which six are learned is drawn, too."""
    random, digits = np.random.default_rng(number), load_digits()
    order = random.permutation(64)
    rows_of = [np.flatnonzero(digits.target == one) for one in range(10)]
    few = np.concatenate([random.choice(rows, ROWS, replace=False) for rows in rows_of])
    x = (digits.data[few][:, order] / 16).astype(np.float32)
    y, classes = digits.target[few], random.permutation(10)
    tested = class_index(y, sorted(classes[6:].tolist()))
    episodes = draw_manifest(jax.random.key(number), tested, *SHAPE, EPISODES)
    learned = class_index(y, sorted(classes[:6].tolist()))
    return Group(f"permutation {number}", jnp.asarray(x), learned, episodes)


def _walked(arm: str, n: int) -> np.ndarray:
    """R[j, j] of every group, [n, seeds, episodes]."""
    training = Training(steps=STEPS, tasks_per_step=4, n_query=5, learning_rate=RATE)
    circuit = Circuit("hardware_efficient", n_qubits=4, repetitions=4, ansatz="real_amplitudes")
    learner = build_learner(ProtoNet(Mlp(), circuit, training=training), arm, (64,), SHAPE.n_way)
    walking = walker(learner, learner, FineTune(), training, training.shape(*SHAPE))
    keys = jax.vmap(lambda seed: stream(root_key(0), "plasticity", seed))(np.arange(SEEDS))
    place, progress, found = walking.start(keys, group(0)), Progress(f"plasticity {arm}", n), []
    for number in range(n):
        new = group(number)
        place = walking.learn(keys, place, [new] if number == 0 else [new, new])
        found.append(walking.accuracy(place.params, new))
        progress.update(number + 1, accuracy=float(found[-1].mean()))
    return np.stack(found)


def _slopes(newest: np.ndarray) -> np.ndarray:
    """What each seed and episode makes of the slope, [seeds, episodes]."""
    n = len(newest)
    after = np.full((n, n, *newest.shape[1:]), np.nan)
    after[range(n), range(n)] = newest
    return cells(plasticity(n), Answered(after, np.full(newest.shape, np.nan))).mean(-1)


def _write(newest: dict[str, np.ndarray]) -> None:
    n = len(newest["quantum"])
    resamples = episode_resamples(root_key(0), EPISODES, 2000)
    slopes = {arm: _slopes(own) for arm, own in newest.items()}
    rows = [
        compare(slopes["quantum"], slopes[arm], resamples, MARGIN, CONFIDENCE, family=len(ARMS) - 1)
        for arm in ARMS[1:]
    ]
    found = verdicts(dict(zip(ARMS[1:], rows, strict=True)), CONFIDENCE)
    lines = [
        "| arm | first ten groups | last ten groups | slope, points per 10 groups | interval |",
        "|---|---:|---:|---:|---|",
    ]
    for arm, own in newest.items():
        mean = distribution(slopes[arm], resamples, None)
        low, high = interval(mean, CONFIDENCE)
        lines.append(
            f"| {arm} | {own[:10].mean():.1%} | {own[-10:].mean():.1%} | "
            f"{1000 * slopes[arm].mean():+.2f} | {1000 * low:+.2f} to {1000 * high:+.2f} |"
        )
    lines += ["", "| slope, quantum − | difference | interval | verdict |", "|---|---:|---|---|"]
    for arm, one in found.items():
        row = one.comparison
        lines.append(
            f"| {arm} | {1000 * row.difference:+.2f} | {1000 * row.low:+.2f} to "
            f"{1000 * row.high:+.2f} | {one.word} |"
        )
    means = {arm: own.mean((1, 2)).tolist() for arm, own in newest.items()}
    write_json(RESULT / "newest.json", {"groups": n, "accuracy": means})
    write_text(RESULT / "table.md", "\n".join(lines) + "\n")
    _draw(means)
    print(json.dumps({arm: float(s.mean()) for arm, s in slopes.items()}))


def _draw(accuracy: dict[str, list[float]]) -> None:
    """Accuracy just after learning, along the stream, and its mean over ten groups."""
    figure = Figure(figsize=(7.2, 3.4), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    for (arm, own), colour in zip(accuracy.items(), ("#4c3fb1", "#d9822b", "#6b7280"), strict=True):
        axes.plot(own, ".", color=colour, alpha=0.35, markersize=4)
        means = np.convolve(own, np.full(10, 0.1), "valid")
        axes.plot(np.arange(len(means)) + 4.5, means, color=colour, label=arm)
    axes.axhline(1 / SHAPE.n_way, color="0.6", linewidth=0.8, linestyle="--")
    axes.set_xlabel("group")
    axes.set_ylabel("accuracy just after learning")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(RESULT / "newest.png", metadata={"Software": None})


if __name__ == "__main__":
    main()
