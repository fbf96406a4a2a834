"""problems: a family of Hamiltonians -> drawn problems, with bills and the tuned ramp."""

from pathlib import Path

from fewqubit.base.keys import root_key, stream
from fewqubit.base.registry import look_up
from fewqubit.config import load_settings
from fewqubit.stages.process import asked, stage
from fewqubit.stages.starts.problems import draw_and_save

PROBLEMS = Path("artifacts/problems")


def main() -> None:
    """Draw one set of problems of params.yaml."""
    (name,) = asked(__doc__, "problem")
    with stage(f"problems@{name}"):
        settings = load_settings()
        described = look_up(name, settings.problems, "problem")
        key = stream(root_key(settings.seed), "problems", name)
        draw_and_save(name, described, key, PROBLEMS / name)


if __name__ == "__main__":
    main()
