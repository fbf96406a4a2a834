"""The recipes of intents in one process: ``python -m benchmarks.intents intents_banking77``.

What ``fewqubit run --recipe`` computes in some hundred stages, from the same settings, streams and
functions, without processes and files between them, and without devices. Writes
docs/results/intents/RECIPE.json and RECIPE.md, anew after each data set; what is finished lies in
.cache/intents, and the same command goes on from there. The learner is trained and tested on 1-shot
tasks; 5-shot is the same trained learner, asked the same queries with four more rows of each class.

Names of data sets behind the recipe are those that are run; rows of others stay in the files.
``--learners kernel`` runs some of its learners, ``--learners ''`` its baselines alone, ``--arms
quantum,bypass`` some arms; ``--shots 5`` makes 5-shot the tasks of which the verdicts are; ``--to
NAME`` names the files.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.intents.folds import of_dataset, with_shots
from benchmarks.intents.page import page
from benchmarks.kept import commit

from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.files import read_json, write_json, write_text
from fewqubit.pipeline.overrides import layered_settings

OUT = Path("docs/results/intents")


def main() -> None:
    """Run every data set of a recipe, or those that are named behind it."""
    asked = arguments()
    settings = layered_settings(Path(), recipe=asked.recipe)
    some = {"learners": asked.learners, "arms": asked.arms}
    changed = {
        name: [*filter(None, one.split(","))] for name, one in some.items() if one is not None
    }
    exact = settings.evaluation.model_copy(update={"devices": {}})
    run = settings.run.model_copy(update=changed)
    settings = settings.model_copy(update={"run": run, "evaluation": exact})
    name, chosen = asked.to or asked.recipe, asked.datasets or settings.run.datasets
    rows = others(name, chosen)
    for dataset in chosen:
        start = time.monotonic()
        with fixed():
            row = of_dataset(dataset, with_shots(settings, dataset, asked.shots))
        row |= {"commit": commit(), "seconds": round(time.monotonic() - start)}
        rows = sorted([*rows, row], key=lambda one: str(one["dataset"]))
        sys.stderr.write(f"{row}\n")
        write_json(OUT / f"{name}.json", {"recipe": asked.recipe, "rows": rows})
        write_text(OUT / f"{name}.md", page(name, rows))


def others(name: str, chosen: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of the file that are of other data sets: they stay."""
    path = OUT / f"{name}.json"
    rows = read_json(path)["rows"] if path.exists() else []
    return [row for row in rows if row["dataset"] not in chosen]


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe")
    parser.add_argument("datasets", nargs="*")
    for name in ("learners", "arms", "to"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--shots", type=int)
    return parser.parse_args()


if __name__ == "__main__":
    main()
