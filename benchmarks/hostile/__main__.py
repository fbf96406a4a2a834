"""``python -m benchmarks.hostile``: what a referee tries against a *better* of a finished run.

In the project whose artefacts are there, for one learner of one data set:

0. Every arm that was evaluated, declared as an opponent or not.
1. The circuit's trained weights are drawn anew: if accuracy stays, training them was for nothing.
2. The difference to the best opponent, class by class and group by group (script by script).
3. An MLP of at most the same trained size in the opponent's place; its width, rate and scale are
   chosen on validation episodes.

Writes docs/results/hostile/<dataset>-<learner>.{md,json}.
"""

import argparse
from pathlib import Path

from benchmarks.hostile.frozen import tests_of
from benchmarks.hostile.of_learners import mlp, redrawn
from benchmarks.hostile.of_results import against_arms, by_class
from benchmarks.hostile.page import page

import fewqubit.stages.process  # noqa: F401 - how trainings compile, as in a stage
from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.files import write_json, write_text
from fewqubit.base.keys import root_key
from fewqubit.config import load_settings


def main() -> None:
    """Attack, and write what is left."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    parser.add_argument("--dataset", default="glyphs")
    parser.add_argument("--learner", default="protonet")
    parser.add_argument("--opponent", default="bypass")
    parser.add_argument("--out", type=Path, default=Path("docs/results/hostile"))
    asked = parser.parse_args()
    settings, dataset, learner = load_settings(), asked.dataset, asked.learner
    with fixed():
        tests, key = tests_of(dataset), root_key(settings.seed)
        found = {
            "redrawn": redrawn(dataset, learner, tests, key),
            "arms": against_arms(settings, dataset, learner, tests),
            "classes": by_class(dataset, learner, asked.opponent, tests),
            "mlp": mlp(settings, dataset, learner, tests),
        }
    write_json(asked.out / f"{dataset}-{learner}.json", found)
    write_text(asked.out / f"{dataset}-{learner}.md", page(dataset, learner, asked.opponent, found))


if __name__ == "__main__":
    main()
