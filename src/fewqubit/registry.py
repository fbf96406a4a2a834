"""A name in params.yaml -> the function that builds the thing.

Registries are plain dictionaries; a user's own function is named by import path, "module:function".
"""

import importlib
from collections.abc import Mapping
from typing import TypeVar

from fewqubit.errors import SettingsError

Row = TypeVar("Row")


def resolve(name: str, registry: Mapping[str, Row], what: str) -> Row:
    """The row ``name`` of ``registry``, or the attribute that "module:attribute" points to.

    ``what`` names the kind of thing in messages, such as "feature map". Raises ``SettingsError``
    with the known names.
    """
    if name in registry:
        return registry[name]
    module_name, separator, attribute = name.partition(":")
    if not separator:
        known = ", ".join(sorted(registry))
        raise SettingsError(
            f"unknown {what} '{name}'; known: {known}; or name your own as module:function"
        )
    try:
        row: Row = getattr(importlib.import_module(module_name), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(
            f"cannot import {what} '{name}': {error}; is the module on PYTHONPATH?"
        ) from error
    return row
