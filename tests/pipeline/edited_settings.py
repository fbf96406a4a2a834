"""The project's params.yaml as tests edit it."""

from pathlib import Path

from fewqubit.config import Settings, validate
from fewqubit.pipeline.overrides import layered

PARAMS = Path(__file__).parents[2] / "params.yaml"


def text(project: Path) -> str:
    return (project / "params.yaml").read_text()


def laid_over(project: Path, overrides: list[str], recipe: str | None = None) -> Settings:
    return validate(layered(project, overrides, recipe), "laid over")
