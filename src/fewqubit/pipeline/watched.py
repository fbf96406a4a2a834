"""What stages depend on besides their inputs, as checksums: code, and what settings name.

Settings name modules, circuits, tables and pictures of the user's own; a search has chosen values
for each arm of the run, in searched/.

DVC compares files that dvc.yaml names, and only params.yaml says which module a learner is made of.
So the first stage, ``watch``, writes a file of checksums for each data set, feature map, learner
and set of problems, one for the evaluation, one for the baselines, and one for the code of each
stage. A stage depends on those it reads: a new module in ``own/``, or an edit of one that other
settings name, makes it stale no more.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from fewqubit.base.io.files import read_json, sha256, write_json, write_text
from fewqubit.base.usercode import OWN
from fewqubit.config import PARAMS_FILE, load_settings
from fewqubit.config.places import IMAGES, TABLES
from fewqubit.pipeline.stage_code import stage_code
from fewqubit.stages.searched import SEARCHED, place

WATCH = "watch"  # the stage
WATCHED = Path("artifacts/watched")
NOTES = {  # so that the folder is there, whatever is computed
    "artifacts/prepared/README.md": "A folder for each data set: its features and episodes.\n",
    "artifacts/trained/README.md": "A folder for each data set, in it one for each learner, in it "
    "one for each arm: what was learned.\n",
    "artifacts/evaluated/README.md": "A folder for each data set, in it one for each learner or "
    "baseline, in it one for each arm: answers to the test episodes.\n",
    "artifacts/encoded/README.md": "A folder for each data set, and in it one for each fixed "
    "feature map.\n",
    "artifacts/walked/README.md": "A folder for each stream, and in it what each learner knew "
    "after each group.\n",
    "reports/starts/README.md": "What was found of each set of problems.\n",
    f"{SEARCHED}/README.md": "What `fewqubit search --all` chose for each arm. Belongs in git.\n",
}
FOLDERS = (OWN, TABLES, IMAGES)
_MODULE = re.compile(rf"({OWN}(?:\.\w+)+):\w+")


def write_watched(project: Path) -> None:
    """Bring ``artifacts/watched`` up to date; a file that says the same is left alone.

    Folders that stages read as a whole are created, even if they stay empty.

    Raises SettingsError if params.yaml is not valid.
    """
    settings = load_settings(project / PARAMS_FILE).model_dump()
    baselines = settings["baselines"]
    map_ = settings["feature_maps"].get(baselines["qsvm_feature_map"], {})
    contents = {
        Path("evaluation.json"): checksums(project, settings["evaluation"]),
        Path("baselines.json"): checksums(project, {**baselines, "map": map_}),
    }
    contents |= {Path("code", f"{stage}.json"): code for stage, code in stage_code(project).items()}
    for section in ("datasets", "feature_maps", "learners", "problems"):
        for name, entry in settings[section].items():
            contents[Path(section, f"{name}.json")] = checksums(project, entry)
    for name, entry in settings["streams"].items():
        read = {one: settings["datasets"][one] for one in entry["datasets"]}
        contents[Path("streams", f"{name}.json")] = checksums(project, {**entry, **read})
    contents |= _searched(project, settings["run"])
    for path in (project / WATCHED).rglob("*.json"):
        if path.relative_to(project / WATCHED) not in contents:
            path.unlink()
    for relative, content in contents.items():
        path = project / WATCHED / relative
        if not path.exists() or read_json(path) != content:
            write_json(path, content)
    for name, text in NOTES.items():
        if not (project / name).exists():
            write_text(project / name, text)


def _searched(project: Path, run: Mapping[str, Any]) -> dict[Path, dict[str, str]]:
    """The checksum of each arm's file; none where it was not searched."""
    found = {}
    for place_of in product(run["datasets"], run["learners"], run["arms"]):
        path = place(*place_of)
        known = {path.as_posix(): sha256(project / path)} if (project / path).is_file() else {}
        found[path] = known
    return found


def checksums(project: Path, entry: Mapping[str, Any]) -> dict[str, str]:
    """Path and SHA-256 of every file that a part of the settings leads to."""
    found: set[Path] = set()
    for text in _texts(entry):
        if module := _MODULE.fullmatch(text):
            found |= _modules(project, module[1]) | _data_files(project)
        elif any(text.startswith(f"{folder}/") for folder in FOLDERS):
            listed = text.startswith(f"{IMAGES}/") and (project / text).is_file()
            found |= _files((project / text).parent if listed else project / text)
    return {path.relative_to(project).as_posix(): sha256(path) for path in sorted(found)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for below in value.values():
            yield from _texts(below)
    elif isinstance(value, list | tuple):
        for below in value:
            yield from _texts(below)
    elif isinstance(value, str):
        yield value


def _modules(project: Path, name: str) -> set[Path]:
    """The files of a module of ``own/``, of the packages around it and of all that they import."""
    found: set[Path] = set()
    waiting = [name]
    while waiting:
        parts = waiting.pop().split(".")
        for depth in range(1, len(parts) + 1):
            place = project.joinpath(*parts[:depth])
            for path in (place / "__init__.py", place.with_suffix(".py")):
                if path.is_file() and path not in found:
                    found.add(path)
                    waiting += _imports(path.read_bytes(), parts[:depth], path)
    return found


def _imports(source: bytes, name: list[str], path: Path) -> list[str]:
    """Modules of ``own/`` that ``source`` imports, wherever it does.

    ``from own import maps`` may be a module or a name in one; both are followed.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []  # the stage that imports it says so; its own checksum is here
    package = name if path.name == "__init__.py" else name[:-1]
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return [module for module in found if module.split(".")[0] == OWN]


def _data_files(project: Path) -> set[Path]:
    """Files in ``own/`` that the user's code may open: all but Python and Markdown."""
    files = _files(project / OWN)
    return {path for path in files if path.suffix not in (".py", ".pyc", ".md")}


def _files(place: Path) -> set[Path]:
    """A file, or all files in a folder; hidden ones and what is half written do not count."""
    if place.is_file():
        return {place}
    return {
        path
        for path in place.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-2:])
    }
