"""evaluate: a trained learner and the frozen test episodes -> accuracies of every episode."""

import argparse
from pathlib import Path

from fewqubit.config import load_settings
from fewqubit.evaluation import evaluate_and_save
from fewqubit.keys import root_key
from fewqubit.stage import stage

PREPARED, TRAINED = Path("artifacts/prepared"), Path("artifacts/trained")
EVALUATED = Path("artifacts/evaluated")


def main() -> None:
    """Evaluate one arm of one learner of params.yaml on one data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--dataset", "--learner", "--arm"):
        parser.add_argument(option, required=True)
    asked = parser.parse_args()
    place = Path(asked.dataset) / asked.learner / asked.arm
    with stage(f"evaluate@{asked.dataset}-{asked.learner}-{asked.arm}"):
        settings = load_settings()
        evaluate_and_save(
            TRAINED / place,
            PREPARED / asked.dataset,
            settings.evaluation,
            root_key(settings.seed),
            EVALUATED / place,
        )


if __name__ == "__main__":
    main()
