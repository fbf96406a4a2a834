"""Shell completion from the project's files; nothing where they cannot be read."""

from pathlib import Path
from typing import Any


def recipes() -> list[str]:
    """Names of the files in recipes/."""
    return sorted(path.stem for path in Path("recipes").glob("*.yaml"))


def stages() -> list[str]:
    """Groups of stages in dvc.yaml."""
    return _keys("dvc.yaml", "stages")


def learners() -> list[str]:
    """Learners that params.yaml describes."""
    return _keys("params.yaml", "learners")


def datasets() -> list[str]:
    """Data sets that params.yaml describes."""
    return _keys("params.yaml", "datasets")


def feature_maps() -> list[str]:
    """Feature maps that params.yaml describes."""
    return _keys("params.yaml", "feature_maps")


def _keys(file: str, section: str) -> list[str]:
    from ruamel.yaml import YAML, YAMLError

    try:
        values: Any = YAML(typ="safe").load(Path(file).read_text(encoding="utf-8"))
        return [str(key) for key in values[section]]
    except (OSError, UnicodeDecodeError, YAMLError, KeyError, TypeError):
        return []
