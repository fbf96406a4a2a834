"""prepare: raw data -> features, class-disjoint splits, frozen episodes."""

from pathlib import Path

from fewqubit.base.keys import root_key
from fewqubit.base.registry import look_up
from fewqubit.config import load_settings
from fewqubit.stages.prepare import prepare
from fewqubit.stages.process import asked, stage

PREPARED = Path("artifacts/prepared")


def main() -> None:
    """Prepare one data set of params.yaml."""
    (name,) = asked(__doc__, "dataset")
    with stage(f"prepare@{name}"):
        settings = load_settings()
        chosen = look_up(name, settings.datasets, "data set")
        prepare(name, chosen, root_key(settings.seed), PREPARED / name)


if __name__ == "__main__":
    main()
