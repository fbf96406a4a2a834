"""evaluate: a trained learner and the frozen test episodes -> accuracies of every episode."""

from pathlib import Path

from fewqubit.base.keys import root_key
from fewqubit.config import load_settings
from fewqubit.predict.trained import longest_training
from fewqubit.stages.evaluate import evaluate_and_save
from fewqubit.stages.process import asked, share_work_of, stage

PREPARED, TRAINED = Path("artifacts/prepared"), Path("artifacts/trained")
EVALUATED = Path("artifacts/evaluated")


def main() -> None:
    """Evaluate one arm of one learner of params.yaml on one data set."""
    dataset, learner, arm = asked(__doc__, "dataset", "learner", "arm")
    place = Path(dataset) / learner / arm
    with stage(f"evaluate@{dataset}-{learner}-{arm}"):
        settings = load_settings()
        share_work_of(longest_training(TRAINED / place))
        evaluate_and_save(
            TRAINED / place,
            PREPARED / dataset,
            settings.evaluation,
            root_key(settings.seed),
            EVALUATED / place,
        )


if __name__ == "__main__":
    main()
