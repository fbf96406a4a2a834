"""watch: what settings name of the user's own -> checksums, a file for each part of them."""

from pathlib import Path

from fewqubit.pipeline.watched import write_watched
from fewqubit.stages.process import stage


def main() -> None:
    """Write the checksums that the other stages depend on."""
    with stage("watch", computes=False):
        write_watched(Path.cwd())


if __name__ == "__main__":
    main()
