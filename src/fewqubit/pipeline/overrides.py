"""Settings laid over params.yaml: recipes and single values (``--set``), validated as a whole."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, RoundTripRepresenter, ScalarNode, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from fewqubit.config import PARAMS_FILE, validate
from fewqubit.config.reading import brief, parse_yaml, read_yaml, shown
from fewqubit.errors import SettingsError
from fewqubit.files import write_text

RECIPES = Path("recipes")

Edit = tuple[Sequence[str | int], Any]  # the keys that lead to a value, and the value


def layered(project: Path, overrides: Sequence[str], recipe: str | None = None) -> str:
    """params.yaml with a recipe, then overrides ``a.b=value`` laid over it, as text of its form.

    Raises SettingsError if an override cannot be read or the whole would not be valid.
    """
    edits = [*(_recipe_edits(project, recipe) if recipe else ()), *map(_parse, overrides)]
    path = project / PARAMS_FILE
    before = _text(path)
    document = _load(before, str(path))
    for keys, value in edits:
        _put(document, keys, value)
    after = StringIO()
    _yaml().dump(document, after)
    validate(parse_yaml(after.getvalue(), "with these overrides"), "with these overrides")
    return after.getvalue()


def edit_settings(project: Path, overrides: Sequence[str]) -> None:
    """Write overrides ``a.b=value`` into params.yaml; comments and order stay.

    Raises SettingsError as ``layered``, and leaves the file as it was.
    """
    if overrides:
        write_text(project / PARAMS_FILE, layered(project, overrides))


def recipe_names(project: Path) -> list[str]:
    """The recipes of the project, by name."""
    return sorted(path.stem for path in (project / RECIPES).glob("*.yaml"))


def _yaml() -> YAML:
    """Reads and writes so that what is not edited stays as a person wrote it."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.Representer = _AsWritten
    return yaml


class _AsWritten(RoundTripRepresenter):
    """Writes nothing as ``null``, where ruamel would leave a gap."""

    def represent_null(self, _: None) -> ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:null", "null")


_AsWritten.add_representer(type(None), _AsWritten.represent_null)


def _recipe_edits(project: Path, name: str) -> Iterator[Edit]:
    known = recipe_names(project)
    if name not in known:  # which holds no path out of the folder either
        there = ", ".join(known) or "none"
        raise SettingsError(f"expected a recipe, got {brief(name)}; there are: {there}")
    return _leaves(read_yaml(project / RECIPES / f"{name}.yaml"), ())


def _leaves(value: Any, keys: tuple[str | int, ...]) -> Iterator[Edit]:
    """Mappings join what is there; anything else, an empty mapping too, takes its place."""
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _leaves(below, (*keys, key))
    else:
        yield keys, _quoted(value)


def _quoted(value: Any) -> Any:
    """``value`` with its text in quotes: inside ``{…}``, plain ``own.maps:ladder`` is no YAML."""
    if isinstance(value, str):
        return DoubleQuotedScalarString(value)
    if isinstance(value, Mapping):
        return {key: _quoted(below) for key, below in value.items()}
    return [*map(_quoted, value)] if isinstance(value, list) else value


def _parse(override: str) -> Edit:
    """``learners.maml.inner_lr=0.1``; the value is YAML."""
    name, equals, text = override.partition("=")
    if not (name.strip() and equals):
        raise SettingsError(
            f"expected an override like learners.maml.inner_lr=0.1, got {brief(override)}"
        )
    return name.strip().split("."), _quoted(parse_yaml(text, shown(override)))


def _text(path: Path) -> str:
    if not path.exists():
        raise SettingsError(f"expected settings in {path}, found no such file")
    read_yaml(path)  # raises where it is unreadable
    return path.read_text(encoding="utf-8-sig")


def _load(text: str, where: str) -> Any:
    try:
        return _yaml().load(text)
    except YAMLError as error:
        raise SettingsError(f"{where} is not valid YAML: {' '.join(str(error).split())}") from None


def _put(document: MutableMapping[Any, Any], keys: Sequence[str | int], value: Any) -> None:
    """Set the value at the end of ``keys``, making the mappings on the way."""
    place: Any = document
    for depth, key in enumerate(keys):
        if not isinstance(place, MutableMapping):
            path = ".".join(map(str, keys[:depth]))
            raise SettingsError(f"{path} is {place!r}, which has no parts; set it as a whole")
        known = _as_written(place, key)
        if depth == len(keys) - 1:
            place[known] = value
        else:
            place = place.setdefault(known, {})


def _as_written(place: Mapping[Any, Any], key: str | int) -> Any:
    """The key as the file has it: ``0`` on the command line is the number 0 in the file."""
    return next((known for known in place if str(known) == str(key)), key)
