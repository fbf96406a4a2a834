"""meta_train: prepared examples -> parameters of one learner, all seeds, with learning curve."""

import argparse
from pathlib import Path

from fewqubit.config import load_settings, of_arm
from fewqubit.keys import root_key
from fewqubit.registry import resolve
from fewqubit.stage import stage
from fewqubit.training import Assignment, train_and_save

PREPARED, TRAINED = Path("artifacts/prepared"), Path("artifacts/trained")


def main() -> None:
    """Meta-train one arm of one learner of params.yaml on one data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--dataset", "--learner", "--arm"):
        parser.add_argument(option, required=True)
    asked = parser.parse_args()
    with stage(f"meta_train@{asked.dataset}-{asked.learner}-{asked.arm}"):
        settings = load_settings()
        assignment = Assignment(
            asked.dataset,
            asked.learner,
            asked.arm,
            of_arm(resolve(asked.learner, settings.learners, "learner"), asked.arm),
            resolve(asked.dataset, settings.datasets, "data set").episodes,
            PREPARED / asked.dataset,
        )
        folder = TRAINED / asked.dataset / asked.learner / asked.arm
        train_and_save(assignment, root_key(settings.seed), folder)


if __name__ == "__main__":
    main()
