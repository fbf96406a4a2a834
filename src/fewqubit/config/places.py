"""Code, circuits and data that settings refer to: code by import path, the others by file.

All must be where the pipeline watches for changes. Code must also be in a module that settings are
allowed to name (``fewqubit.base.usercode``).
"""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from fewqubit.base.extras import there
from fewqubit.base.usercode import OWN, check_allowed, parts
from fewqubit.circuits.names import ANSATZ_NAMES, FEATURE_MAP_NAMES

TABLES, IMAGES = "data/tables", "data/images"
CIRCUIT_FILES, TEXT = (".qasm", ".qpy"), "OPENQASM"  # a circuit may be its own text
BACKENDS = ("exact", "shots", "shots:aer", "noisy:<fake device>", "ibm:<name>")
_ROWS: dict[str, Collection[str]] = {
    "feature map": FEATURE_MAP_NAMES,
    "ansatz": ANSATZ_NAMES,
    "backend": BACKENDS,
}
_ROLES = {"feature_map": "feature map", "bagged": "feature map", "ansatz": "ansatz"}
_ROLES |= {"qsvm_maps": "feature map", "backend": "backend", "kind": "code", "source": "code"}
_ROLES |= {"model": "code"}  # the model of a frozen encoder


class Named(NamedTuple):
    """The name ``name`` at ``key`` of the settings; ``role``: feature map, backend, …"""

    key: str
    role: str
    name: str


def named(values: Mapping[str, Any], above: str = "") -> Iterator[Named]:
    """Every name in ``values`` that may refer to code or a circuit; ``options`` are skipped."""
    for key, value in values.items():
        place, last = f"{above}{key}", str(key).rpartition(".")[2]
        if isinstance(value, Mapping) and last != "options":
            yield from named(value, f"{place}.")
        elif isinstance(value, list | tuple) and any(isinstance(part, Mapping) for part in value):
            for part in value:
                yield from named(part, f"{place}.") if isinstance(part, Mapping) else ()
        elif last in _ROLES:
            role = "feature map" if place.startswith("feature_maps.") else _ROLES[last]
            some = value if isinstance(value, list | tuple) else [value]
            yield from (Named(place, role, name) for name in some if isinstance(name, str))


def check_names(values: Mapping[str, Any], allow: Collection[str]) -> None:
    """Raise ValueError, in one line, for a name that is neither registered nor allowed."""
    for key, role, name in named(values):
        try:
            _check(role, name, allow)
        except ValueError as error:
            raise ValueError(f"{key}: {error}, got '{name}'") from None


def check_there(values: Mapping[str, Any], project: Path) -> None:
    """Raise ValueError, in one line, for a missing module, an outside link or unknown device."""
    for key, role, name in named(values):
        if is_circuit_file(role, name):
            check_file(key, name, project)
        elif role == "backend":
            _check_device(key, name)
        if ":" in name and name.startswith(f"{OWN}."):
            module = project.joinpath(*parts(name)[0].split("."))
            if not (module.with_suffix(".py").is_file() or module.is_dir()):
                raise ValueError(
                    f"{key}: cannot import '{name}': there is no "
                    f"{module.relative_to(project)}.py in the project"
                )


def check_inside(path: str, folder: str) -> None:
    """Raise ValueError unless ``path`` is inside ``folder``; the disk is not read."""
    if Path(folder) not in Path(path).parents or ".." in Path(path).parts:
        raise ValueError(f"expected a file in {folder}/, which the pipeline watches for changes")


def check_file(key: str, path: str, project: Path) -> None:
    """Raise ValueError if ``path`` is a link out of ``project``, where changes go unnoticed.

    A link into the DVC cache is allowed; its ``.dvc`` file shows that it is one.
    """
    place = project / path
    try:
        end = place.resolve(strict=True)
    except FileNotFoundError:
        return  # reported when the file is read
    except (OSError, RuntimeError) as error:
        raise ValueError(f"{key}: {path} cannot be read: {error}") from None
    if not end.is_relative_to(_top(project)) and not Path(f"{place}.dvc").exists():
        raise ValueError(
            f"{key}: {path} is a link to {end}, outside the project, where changes go unnoticed; "
            "copy the file into the project"
        )


def _top(project: Path) -> Path:
    """The folder of the files of ``project``, which may itself be a folder of links to them."""
    pipeline = project / "dvc.yaml"
    return pipeline.resolve().parent if pipeline.exists() else project.resolve()


def is_circuit_file(role: str, name: str) -> bool:
    """Whether ``name`` is a file with a feature map or ansatz."""
    return role in ("feature map", "ansatz") and Path(name).suffix in CIRCUIT_FILES


def _check(role: str, name: str, allow: Collection[str]) -> None:
    if is_circuit_file(role, name):
        check_inside(name, OWN)
    elif role in ("feature map", "ansatz") and name.startswith(TEXT):
        return  # checked when it is built
    elif name in _ROWS.get(role, ()) or (role == "backend" and _is_device(name)):
        return
    elif ":" in name:
        check_allowed(name, allow)
    elif role in _ROWS:
        known = ", ".join(_ROWS[role])
        raise ValueError(f"unknown {role}; known: {known}; or name your own as module:function")


def _check_device(key: str, name: str) -> None:
    """Raise ValueError for a fake device that the installed library lacks, without importing it."""
    kind, _, device = name.partition(":")
    known_here = kind == "noisy" and there("qiskit_ibm_runtime")
    library = find_spec("qiskit_ibm_runtime") if known_here else None
    if library is None or library.origin is None:
        return  # the backend says what to install
    folder = Path(library.origin).parent / "fake_provider/backends"
    known = sorted(f"fake_{place.name}" for place in folder.glob("[a-z]*") if place.is_dir())
    if known and device not in known:
        near = ", ".join(get_close_matches(device, known)) or ", ".join(known[:3])
        raise ValueError(f"{key}: there is no fake device '{device}'; near to it: {near}")


def _is_device(name: str) -> bool:
    kind, _, device = name.partition(":")
    return kind in ("noisy", "ibm") and device.isprintable() and bool(device.strip())
