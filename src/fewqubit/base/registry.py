"""A name in params.yaml -> the function that builds the thing.

Registries are plain dictionaries; a user's own function is named by import path, "module:function".
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar, cast

from fewqubit.base.reading import read_yaml
from fewqubit.base.usercode import load
from fewqubit.errors import SettingsError

Row = TypeVar("Row")


def look_up(name: str, registry: Mapping[str, Row], what: str, more: str = "") -> Row:
    """The row ``name`` of ``registry``; ``what`` names the kind of thing, as "feature map".

    Raises ``SettingsError`` with the known names, followed by ``more``.
    """
    if name not in registry:
        known = ", ".join(sorted(registry)) or "none"
        raise SettingsError(f"unknown {what} '{name}'; known: {known}{more}")
    return registry[name]


def resolve(name: str, registry: Mapping[str, Row], what: str) -> Row:
    """``look_up``, or the function that "module:function" points to.

    Raises ``SettingsError``: it is neither, or settings may not name the module;
    ``OwnCodeError``: the module raises when it is imported.
    """
    if name in registry or ":" not in name:
        return look_up(name, registry, what, "; or name your own as module:function")
    return cast(Row, load(name, what, allowed_modules()))


def allowed_modules(path: Path = Path("params.yaml")) -> list[str]:
    """The modules that the project's settings list under ``allow``; empty without a project."""
    try:
        values = read_yaml(path)
    except SettingsError:
        return []
    listed = values.get("allow") if isinstance(values, Mapping) else None
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
