"""meta_train: prepared examples -> parameters of one learner, all seeds, with learning curve."""

import argparse
from pathlib import Path

from fewqubit.config import load_settings
from fewqubit.journal import stage_journal
from fewqubit.keys import root_key
from fewqubit.training import Assignment, train_and_save

PREPARED, TRAINED = Path("artifacts/prepared"), Path("artifacts/trained")


def main() -> None:
    """Meta-train one arm of one learner of params.yaml on one data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--dataset", "--learner", "--arm"):
        parser.add_argument(option, required=True)
    asked = parser.parse_args()
    settings = load_settings()
    assignment = Assignment(
        asked.dataset,
        asked.learner,
        asked.arm,
        settings.learners[asked.learner],
        settings.datasets[asked.dataset].episodes,
        PREPARED / asked.dataset,
    )
    with stage_journal(f"meta_train@{asked.dataset}-{asked.learner}-{asked.arm}"):
        train_and_save(
            assignment,
            root_key(settings.seed),
            TRAINED / asked.dataset / asked.learner / asked.arm,
        )


if __name__ == "__main__":
    main()
