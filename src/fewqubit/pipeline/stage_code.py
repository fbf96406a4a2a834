"""The code of each stage: the files that its script imports, directly or not, with checksums.

A stage is stale when code that it computes with has changed, and not when a sentence of the report
has. Which code that is follows from the imports, so nobody has to list it: ``watch`` writes a file
of checksums for each stage, and dvc.yaml names that file.
"""

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import fewqubit
from fewqubit.base.io.files import sha256

PACKAGE = Path(fewqubit.__file__).parent  # what runs: of a checkout, or where it is installed
SCRIPTS = Path("pipelines")
INIT = "__init__.py"
TYPES_ALONE = "TYPE_CHECKING"
CODE = (".py", ".pyc", ".typed")
COMPOSED = "config/settings"  # imports every setting there is; a stage imports those that it reads
# On these no result depends: they load, check, report, and keep the time.
SURROUNDINGS = frozenset(
    {
        *("errors", "base/reading", "base/registry", "base/extras", "base/usercode"),
        *("base/lazily", "base/io/finite", "base/io/journal", "base/io/progress"),
        *("base/workers/pool", "base/workers/cluster", "base/workers/same_files"),
        *(COMPOSED, "config/names", "config/places"),
        *("stages/process", "data/labels", "tasks/sinusoid"),
    }
)


def stage_code(project: Path) -> dict[str, dict[str, str]]:
    """For each script of ``project`` the SHA-256 of its files, by their names in the package."""
    imported = Imports(PACKAGE)
    scripts = sorted((project / SCRIPTS).glob("[!_]*.py"))
    return {script.stem: _checksums(script, imported) for script in scripts}


def _checksums(script: Path, imported: "Imports") -> dict[str, str]:
    found = imported.closure(script)
    files = {imported.named(file): sha256(file) for file in found | _data_files(found)}
    return {f"{SCRIPTS}/{script.stem}": sha256(script), **dict(sorted(files.items()))}


def _data_files(code: set[Path]) -> set[Path]:
    """Tables and templates in the folders of ``code`` and in their subfolders without code."""
    found: set[Path] = set()
    waiting = [*{file.parent for file in code}]
    while waiting:
        inside = [*waiting.pop().iterdir()]
        found |= {path for path in inside if path.is_file() and path.suffix not in CODE}
        waiting += [path for path in inside if path.is_dir() and not any(path.glob("*.py"))]
    return found


class Imports:
    """Which files of a package import which, wherever in a file; each file is read once."""

    def __init__(self, package: Path) -> None:
        self._package = package
        self._sources = cache(self._find)
        self._names = cache(imports)

    def named(self, file: Path) -> str:
        """``compiler/parse/gates`` of such code in the package."""
        return file.relative_to(self._package).as_posix().removesuffix(".py")

    def closure(self, script: Path) -> set[Path]:
        """The files that ``script`` imports, directly or not, but for ``SURROUNDINGS``."""
        found: set[Path] = set()
        new = self._imported(script)
        while new:
            found |= new
            followed = [file for file in new if self.named(file) != COMPOSED]
            new = set().union(*map(self._imported, followed)) - found
        return {file for file in found if self.named(file) not in SURROUNDINGS}

    def _imported(self, file: Path) -> set[Path]:
        return {source for name in self._names(file, False) for source in self._sources(name)}

    def _find(self, name: str) -> frozenset[Path]:
        """The file that defines an imported name, whichever modules hand it on."""
        top, *parts = name.split(".")
        if top != self._package.name:
            return frozenset()
        place = self._package.joinpath(*parts)
        if file := _module(place):
            return frozenset({file})
        here = _module(place.parent)
        if here is None:
            return frozenset()
        handed_on = self._names(here, here.name == INIT)  # see fewqubit.base.lazily
        same = [full for full in handed_on if full.rpartition(".")[2] == place.name]
        return frozenset().union(*map(self._sources, same)) or frozenset({here})


def _module(place: Path) -> Path | None:
    """The file of a module or of a package."""
    files = (place.with_suffix(".py"), place / INIT)
    return next((file for file in files if file.is_file()), None)


def imports(file: Path, for_types: bool) -> tuple[str, ...]:
    """The names that ``file`` imports, in full; those for types alone only if asked."""
    return tuple(
        f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
        for node in _statements(ast.parse(file.read_bytes()).body, for_types)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    )


def _statements(body: Sequence[ast.AST], for_types: bool) -> Iterator[ast.AST]:
    """All statements below ``body``, those in functions and branches included."""
    for node in body:
        if not for_types and isinstance(node, ast.If) and ast.unparse(node.test) == TYPES_ALONE:
            yield from _statements(node.orelse, for_types)
            continue
        yield node
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from _statements(getattr(node, part, ()), for_types)
