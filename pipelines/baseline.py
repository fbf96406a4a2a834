"""baseline: a plain classifier, tuned on validation episodes -> accuracies of every episode."""

from pathlib import Path

from fewqubit.config import load_settings
from fewqubit.stages.baseline import baseline_and_save
from fewqubit.stages.process import asked, stage

PREPARED, EVALUATED = Path("artifacts/prepared"), Path("artifacts/evaluated")


def main() -> None:
    """Evaluate one baseline of params.yaml on one data set."""
    dataset, name = asked(__doc__, "dataset", "baseline")
    with stage(f"baseline@{dataset}-{name}"):
        place = EVALUATED / dataset / name / "baseline"
        baseline_and_save(load_settings(), PREPARED / dataset, name, place)


if __name__ == "__main__":
    main()
