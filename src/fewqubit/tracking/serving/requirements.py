"""What a served model needs installed, read from the imports of the code that travels with it.

Imports within functions do not count: they are of other ways through the same code (devices,
Parquet files), which a served model does not go.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import packages_distributions, requires, version
from importlib.util import resolve_name
from pathlib import Path
from sys import stdlib_module_names

PACKAGE = "fewqubit"


def requirements(modules: Iterable[str], roots: Sequence[Path]) -> list[str]:
    """``jax==0.10.2``, …: what ``modules``, and all below ``roots`` that they import, need."""
    places, found = tuple(roots), set[str]()
    for module in modules:
        ours = module.partition(".")[0] == PACKAGE
        found |= _of_package(module, places) if ours else {*_libraries(module, places)}
    needed = {name for library in found for name in _distributions(library)}
    return sorted(f"{_plain(name)}=={version(name)}" for name in needed)


@cache
def _of_package(module: str, roots: Sequence[Path]) -> frozenset[str]:
    """Kept for the next model: Fewqubit's own code, unlike the user's, is the same all along."""
    return frozenset(_libraries(module, roots))


def _libraries(module: str, roots: Sequence[Path]) -> Iterator[str]:
    """Top names of what is imported and is neither below ``roots`` nor Python's own."""
    waiting, seen = [module], set[str]()
    while waiting:
        name = waiting.pop()
        top = name.partition(".")[0]
        if not any((root / top).exists() or (root / f"{top}.py").exists() for root in roots):
            if top not in stdlib_module_names:
                yield top
            continue
        parts = name.split(".")
        for module in (".".join(parts[:depth]) for depth in range(1, len(parts) + 1)):
            if module not in seen:
                seen.add(module)
                waiting += _imports(module, roots)


def _imports(module: str, roots: Sequence[Path]) -> Iterator[str]:
    """What a module imports when it is imported; of a name that is no module, nothing."""
    for place in (root.joinpath(*module.split(".")) for root in roots):
        for path in (place / "__init__.py", place.with_suffix(".py")):
            if path.is_file():
                package = module if path.name == "__init__.py" else module.rpartition(".")[0]
                yield from _names(ast.parse(path.read_bytes()), package)


def _names(node: ast.AST, package: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            base = resolve_name(f"{'.' * child.level}{child.module or ''}", package)
            yield base
            yield from (f"{base}.{alias.name}" for alias in child.names)
        elif not (isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) or _for_types(child)):
            yield from _names(child, package)


def _for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def _distributions(library: str) -> list[str]:
    """What brings ``library``: of several, those that Fewqubit itself asks for."""
    found = _installed().get(library, [])
    return [name for name in found if _plain(name) in _asked_for()] or [*found]


@cache
def _installed() -> Mapping[str, Sequence[str]]:
    return packages_distributions()


@cache
def _asked_for() -> frozenset[str]:
    return frozenset(_plain(re.split(r"[^\w.-]", line)[0]) for line in requires(PACKAGE) or ())


def _plain(name: str) -> str:
    """A distribution's name as indices compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
