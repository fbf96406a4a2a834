"""meta_train: prepared examples -> parameters of one learner, all seeds, with learning curve."""

from pathlib import Path

from fewqubit.config import load_settings, of_arm
from fewqubit.config.registry import look_up
from fewqubit.keys import root_key
from fewqubit.stages.meta_train import Assignment, train_and_save
from fewqubit.stages.process import asked, stage

PREPARED, TRAINED = Path("artifacts/prepared"), Path("artifacts/trained")


def main() -> None:
    """Meta-train one arm of one learner of params.yaml on one data set."""
    dataset, learner, arm = asked(__doc__, "dataset", "learner", "arm")
    with stage(f"meta_train@{dataset}-{learner}-{arm}"):
        settings = load_settings()
        assignment = Assignment(
            dataset,
            learner,
            arm,
            of_arm(look_up(learner, settings.learners, "learner"), arm),
            look_up(dataset, settings.datasets, "data set").episodes,
            PREPARED / dataset,
        )
        train_and_save(assignment, root_key(settings.seed), TRAINED / dataset / learner / arm)


if __name__ == "__main__":
    main()
