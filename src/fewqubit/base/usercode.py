"""The user's own code, which settings name by import path: ``module:function``.

Settings can thus run code. They may name only modules that are meant for it: those below ``own/``,
those of an installed package that declares an entry point in the group ``fewqubit``, and those that
params.yaml lists under ``allow``. An error in such code is reported in one line, with its file and
line.
"""

import importlib
import os
import re
import sys
import traceback
from collections.abc import Callable, Collection
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fewqubit.errors import FewqubitError, OwnCodeError, SettingsError

OWN = "own"
TRACEBACK = "FEWQUBIT_TRACEBACK"  # set in the environment: errors keep their traceback
_PATH = re.compile(r"([a-z_]\w*(?:\.[a-z_]\w*)*):([a-z]\w*)", re.ASCII | re.IGNORECASE)
_loaded: set[str] = {OWN}  # packages around the code that settings have named in this process


def parts(path: str) -> tuple[str, str]:
    """Module and function of an import path. Raises ValueError, in one line, if it is none."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise ValueError("expected an import path, module:function, such as own.maps:ladder")
    return found[1], found[2]


def check_allowed(path: str, allow: Collection[str]) -> None:
    """Raise ValueError, in one line, if settings may not name the module of ``path``."""
    module = parts(path)[0]
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or not _is_below(module, {OWN, *_declared(), *allow}):
        raise ValueError(
            f"module {module} is neither below {OWN}/ nor of an installed package with an entry "
            f"point in the group fewqubit; put the function into {OWN}/, or list a package that "
            "you trust under 'allow' in params.yaml"
        )


def load(path: str, what: str, allow: Collection[str]) -> Callable[..., Any]:
    """The function at ``path``; ``what`` is its kind in messages, such as "feature map".

    Raises SettingsError if settings may not name it or it is not there, OwnCodeError if the module
    raises when it is imported.
    """
    try:
        check_allowed(path, allow)
    except ValueError as error:
        raise SettingsError(f"{what} '{path}': {error}") from None
    module_name, attribute = parts(path)
    _loaded.add(module_name.rpartition(".")[0] or module_name)
    if (here := str(Path.cwd())) not in sys.path:  # an installed command does not look there
        sys.path.append(here)
    with OwnCode(f"{what} '{path}'"):
        try:
            module = importlib.import_module(module_name)
        except ModuleNotFoundError as error:
            if not f"{module_name}.".startswith(f"{error.name}."):
                raise  # something that the module itself imports
            raise SettingsError(
                f"cannot import {what} '{path}': {error}; modules of your own are files in {OWN}/"
            ) from None
    function: Any = getattr(module, attribute, None)
    if not callable(function):
        found = "has no such name" if function is None else f"has {function!r} there"
        raise SettingsError(f"{what} '{path}': expected a function, module {module_name} {found}")
    return function


class OwnCode:
    """A context in which the user's own code runs: its exceptions become an OwnCodeError.

    With ``what``, the name of that code, all exceptions of the block count as the user's. Without
    it, only those do that pass through a module named by settings; others are not changed.
    """

    def __init__(self, what: str = "") -> None:
        self._what = what

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, FewqubitError) or not isinstance(error, Exception | SystemExit):
            return
        place = _place(error)
        if not (self._what or place) or (isinstance(error, SystemExit) and not place):
            return
        words = " ".join(str(error).split())[:300]
        prefix = f"{self._what or 'code of your own'}: {type(error).__name__}"
        raise OwnCodeError(
            f"{prefix}{': ' if words else ''}{words}{place and f' ({place})'}; "
            f"{TRACEBACK}=1 shows the way there"
        ) from error


def wants_traceback() -> bool:
    """Whether the environment asks for tracebacks of errors that are otherwise one line."""
    return os.environ.get(TRACEBACK, "") not in ("", "0")


def _place(error: BaseException) -> str:
    """``own/maps.py, line 7``: the last line of the user's code in the traceback of ``error``."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_short(error.filename)}, line {error.lineno}"
    for frame, line in reversed([*traceback.walk_tb(error.__traceback__)]):
        if _is_below(str(frame.f_globals.get("__name__")), _loaded):
            return f"{_short(frame.f_code.co_filename)}, line {line}"
    return ""


def _is_below(module: str, packages: Collection[str]) -> bool:
    return any(f"{module}.".startswith(f"{package}.") for package in packages)


def _short(path: str) -> str:
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


@cache
def _declared() -> frozenset[str]:
    """Packages that declare an entry point for this one."""
    points = entry_points(group="fewqubit")
    return frozenset(point.module.partition(".")[0] for point in points)
