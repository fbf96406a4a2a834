"""arrive: raw data -> the groups of a stream, with classes to learn from and frozen episodes."""

from pathlib import Path

from fewqubit.base.keys import root_key
from fewqubit.base.registry import look_up
from fewqubit.config import load_settings
from fewqubit.stages.process import asked, stage
from fewqubit.stages.streams.arrive import arrive

ARRIVED = Path("artifacts/arrived")


def main() -> None:
    """Make the groups of one stream of params.yaml."""
    (name,) = asked(__doc__, "stream")
    with stage(f"arrive@{name}"):
        settings = load_settings()
        chosen = look_up(name, settings.streams, "stream")
        arrive(name, chosen, settings.datasets, root_key(settings.seed), ARRIVED / name)


if __name__ == "__main__":
    main()
