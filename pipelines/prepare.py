"""prepare: raw data -> features, class-disjoint splits, frozen episodes."""

import argparse
from pathlib import Path

from fewqubit.config import load_settings
from fewqubit.journal import stage_journal
from fewqubit.keys import root_key
from fewqubit.tasks.prepare import prepare

PREPARED = Path("artifacts/prepared")


def main() -> None:
    """Prepare one data set of params.yaml."""
    settings = load_settings()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", required=True, choices=sorted(settings.datasets))
    name = parser.parse_args().dataset
    with stage_journal(f"prepare@{name}"):
        prepare(name, settings.datasets[name], root_key(settings.seed), PREPARED / name)


if __name__ == "__main__":
    main()
