"""meta_train: prepared examples -> parameters of one learner, all seeds, with learning curve."""

import sys
from pathlib import Path

from fewqubit.base.keys import root_key
from fewqubit.base.registry import look_up
from fewqubit.config import load_settings, of_arm
from fewqubit.stages.meta_train import TrainingJob, train_and_save
from fewqubit.stages.process import asked, compile_for, stage
from fewqubit.stages.searched import chosen, place

PREPARED, TRAINED = Path("artifacts/prepared"), Path("artifacts/trained")


def main() -> None:
    """Meta-train one arm of one learner of params.yaml on one data set."""
    dataset, learner, arm = asked(__doc__, "dataset", "learner", "arm")
    with stage(f"meta_train@{dataset}-{learner}-{arm}"):
        settings = load_settings()
        described = look_up(dataset, settings.datasets, "data set")
        own = of_arm(look_up(learner, settings.learners, "learner"), arm)
        found = chosen(place(dataset, learner, arm), own, described)
        if found.note:
            sys.stderr.write(f"meta_train {dataset}/{learner}/{arm}: {found.note}\n")
        training = found.settings.meta_training()
        compile_for(0 if training is None else training.longest)
        names, prepared = (dataset, learner, arm), PREPARED / dataset
        job = TrainingJob(*names, found.settings, described.episodes, prepared, found.summary)
        job = job._replace(none_of_these=described.none_of_these)
        train_and_save(job, root_key(settings.seed), TRAINED / dataset / learner / arm)


if __name__ == "__main__":
    main()
