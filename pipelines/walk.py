"""walk: the groups of a stream -> what one arm of one learner knows after each, going one way."""

from pathlib import Path

from fewqubit.base.keys import root_key
from fewqubit.base.registry import look_up
from fewqubit.config import load_settings, of_arm
from fewqubit.stages.process import asked, stage
from fewqubit.stages.streams.walk import Walk, walk_and_save

ARRIVED, WALKED = Path("artifacts/arrived"), Path("artifacts/walked")


def main() -> None:
    """Walk one stream of params.yaml; steps that were taken before stay."""
    names = name, learner, arm, way = asked(__doc__, "stream", "learner", "arm", "way")
    with stage(f"walk@{'-'.join(names)}"):
        settings = load_settings()
        own = of_arm(look_up(learner, settings.learners, "learner"), arm)
        going, steps = look_up(way, settings.ways, "way"), settings.streams[name].steps
        walk = Walk(name, learner, arm, way, own, going, steps)
        walk_and_save(walk, ARRIVED / name, root_key(settings.seed), WALKED.joinpath(*names))


if __name__ == "__main__":
    main()
