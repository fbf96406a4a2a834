"""Packages whose names are imported when they are first used: settings are read without JAX."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any


def lazily(package: str, **names: str) -> tuple[Callable[[str], Any], list[str]]:
    """``__getattr__`` and ``__all__`` of ``package``; ``names`` lists the names of each module.

    ``lazily(__name__, task="Episode Task")`` imports both from the module ``task`` of the package.
    The package also imports them under TYPE_CHECKING, for type checkers.
    """
    homes = {name: module for module, listed in names.items() for name in listed.split()}

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return get, sorted(homes)
