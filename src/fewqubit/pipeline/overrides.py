"""Settings laid over params.yaml: recipes and single values (``--set``), validated as a whole."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from functools import reduce
from io import StringIO
from itertools import chain
from operator import getitem
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, RoundTripRepresenter, ScalarNode
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from fewqubit.base.io.files import write_text
from fewqubit.base.reading import brief, parse_yaml, read_yaml, shown
from fewqubit.base.values import Section
from fewqubit.config import PARAMS_FILE, Evaluation, Run, Settings, validate
from fewqubit.config.kinds import Change, forget_old_kinds
from fewqubit.errors import SettingsError
from fewqubit.pipeline.every_arm import EVERY, forget, kept, split_every

RECIPES = Path("recipes")

Edit = tuple[Sequence[str | int], Any]  # the keys that lead to a value, and the value


def layered(project: Path, overrides: Sequence[str], recipe: str | None = None) -> dict[str, Any]:
    """The values of params.yaml with a recipe, then overrides ``a.b=value``, laid over them.

    Raises SettingsError if a file or an override cannot be read or the whole would not be valid.
    """
    values = read_yaml(project / PARAMS_FILE)
    validate(values, str(project / PARAMS_FILE))
    for edits in _layers(project, overrides, recipe):
        _lay_over(values, edits)
    complete = validate(values, "with these overrides").model_dump(mode="json")
    for keys in lacking(values):
        _lay(values, keys, reduce(getitem, keys, complete))
    return dict(values)


def layered_settings(
    project: Path, overrides: Sequence[str] = (), recipe: str | None = None
) -> Settings:
    """What ``layered`` gives, as settings."""
    return validate(layered(project, overrides, recipe), PARAMS_FILE.name)


def lay_recipe(values: MutableMapping[Any, Any], recipe: Mapping[Any, Any]) -> None:
    """Lay a recipe over settings; axes that it does not name are emptied where they may be."""
    _lay_over(values, _edits_of(recipe))


def lacking(values: Any) -> list[tuple[str, ...]]:
    """Settings that params.yaml leaves to their defaults, but that DVC needs written out."""
    if not isinstance(values, Mapping):
        return []
    sections: dict[str, type[Section]] = {"run": Run, "evaluation": Evaluation}
    return [
        *((name,) for name in Settings.model_fields if name not in values),
        *(
            (section, name)
            for section, kind in sections.items()
            if isinstance(written := values.get(section), Mapping)
            for name in kind.model_fields
            if name not in written
        ),
    ]


def kept_by_arms(
    project: Path, values: Mapping[str, Any], overrides: Sequence[str], recipe: str | None
) -> list[str]:
    """A line for each of these settings that an arm ignores, because it has its own value."""
    return [*kept(values, chain.from_iterable(_layers(project, overrides, recipe)))]


def started_over(project: Path, overrides: Sequence[str], recipe: str | None) -> list[str]:
    """A line for each of these settings whose neighbours fall back to defaults."""
    values, lines = read_yaml(project / PARAMS_FILE), []
    for edits in _layers(project, overrides, recipe):
        named = [place for place, _ in _single(edits)]
        for place, value, gone in _lay_over(values, edits):
            lost = [one for one in gone if not any(new[: len(one)] == one for new in named)]
            if lost:
                lines.append(
                    f"{'.'.join(place)}={value}: of another kind, so these start from its "
                    f"defaults: {', '.join(map('.'.join, lost))}; name them to keep them"
                )
    return lines


def edit_settings(project: Path, overrides: Sequence[str]) -> None:
    """Write overrides ``a.b=value`` into params.yaml; comments and order stay.

    Raises SettingsError as ``layered``, and leaves the file as it was.
    """
    path = project / PARAMS_FILE
    layered(project, overrides)
    document = _as_written().load(path.read_text(encoding="utf-8-sig"))
    for edits in _layers(project, overrides, None):
        _lay_over(document, [(keys, _quoted(value)) for keys, value in edits])
    text = StringIO()
    _as_written().dump(document, text)
    validate(parse_yaml(text.getvalue(), "with these overrides"), "with these overrides")
    write_text(path, text.getvalue())


def recipe_names(project: Path) -> list[str]:
    """The recipes of the project, by name."""
    return sorted(path.stem for path in (project / RECIPES).glob("*.yaml"))


def as_yaml(values: Mapping[str, Any]) -> str:
    """Plain values as YAML that reads back the same."""
    yaml, text = YAML(), StringIO()
    yaml.default_flow_style = False
    yaml.dump(values, text)
    return text.getvalue()


def _layers(project: Path, overrides: Sequence[str], recipe: str | None) -> Iterator[list[Edit]]:
    """The edits of a recipe, then those of the overrides; later ones win."""
    if recipe is not None:
        yield _edits_of(_read_recipe(project, recipe))
    yield [*map(_parse, overrides)]


def _edits_of(recipe: Mapping[Any, Any]) -> list[Edit]:
    return [*_leaves(recipe, ()), *_left_out(recipe)]


def _lay_over(document: MutableMapping[Any, Any], edits: Sequence[Edit]) -> list[Change]:
    """Apply a layer of edits. Settings of another kind than it names are removed first."""
    changes = forget_old_kinds(document, _single(edits))
    for keys, value in edits:
        _lay(document, keys, value)
    return changes


def _single(edits: Sequence[Edit]) -> list[tuple[tuple[str, ...], Any]]:
    """Each single setting and its place; a value for every arm is the learner's own."""
    return [
        (tuple(str(key) for key in keys if key != EVERY), value)
        for prefix, all_of_it in edits
        for keys, value in _leaves(all_of_it, tuple(prefix))
    ]


def _left_out(recipe: Mapping[Any, Any]) -> Iterator[Edit]:
    """The axes of ``run`` that a recipe does not name and that may be empty; they are emptied."""
    run = recipe.get("run")
    if isinstance(run, Mapping):
        for axis, field in Run.model_fields.items():
            if axis not in run and not field.is_required():
                yield ("run", axis), []


def _read_recipe(project: Path, name: str) -> Mapping[Any, Any]:
    known = recipe_names(project)
    if name not in known:  # which holds no path out of the folder either
        there = ", ".join(known) or "none"
        raise SettingsError(f"expected a recipe, got {brief(name)}; there are: {there}")
    path = project / RECIPES / f"{name}.yaml"
    values = read_yaml(path)
    if not isinstance(values, Mapping):
        raise SettingsError(f"{path}: expected sections as in {PARAMS_FILE}, found none")
    return values


def _leaves(value: Any, keys: tuple[str | int, ...]) -> Iterator[Edit]:
    """Mappings are merged; anything else, an empty mapping too, replaces what is there."""
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _leaves(below, (*keys, key))
    elif keys:
        yield keys, value


def _parse(override: str) -> Edit:
    """``learners.maml.inner_lr=0.1``; the value is YAML."""
    name, equals, text = override.partition("=")
    keys = name.strip().split(".")
    if not (all(keys) and equals):
        raise SettingsError(
            f"expected an override like learners.maml.inner_lr=0.1, got {brief(override)}"
        )
    return keys, parse_yaml(text, shown(override))


def _lay(document: MutableMapping[Any, Any], keys: Sequence[str | int], value: Any) -> None:
    """Set a value, or with ``every_arm`` the value of a learner and of all its arms."""
    found = split_every(keys)
    if found is None:
        _put(document, keys, value)
        return
    (section, name), below = found
    _put(document, (section, name, *below), value)
    forget(document[section][_as_there(document[section], name)], below)


def _put(document: MutableMapping[Any, Any], keys: Sequence[str | int], value: Any) -> None:
    """Set the value at the end of ``keys``, making the mappings on the way."""
    place: Any = document
    for depth, key in enumerate(keys):
        if not isinstance(place, MutableMapping):
            path = ".".join(map(str, keys[:depth]))
            raise SettingsError(f"{path} is {place!r}, which has no parts; set it as a whole")
        known = _as_there(place, key)
        if depth == len(keys) - 1:
            place[known] = value
        else:
            place = place.setdefault(known, {})


def _as_there(place: Mapping[Any, Any], key: str | int) -> Any:
    """The key as the file has it: ``0`` on the command line is the number 0 in the file."""
    return next((known for known in place if str(known) == str(key)), key)


def _quoted(value: Any) -> Any:
    """``value`` with texts that hold a colon quoted: ``{kind: own.maps:ladder}`` is not YAML."""
    if isinstance(value, Mapping):
        return {key: _quoted(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_quoted(below) for below in value]
    return DoubleQuotedScalarString(value) if isinstance(value, str) and ":" in value else value


def _as_written() -> YAML:
    """A YAML reader and writer that leaves unedited parts as a person wrote them."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.Representer = _WithNull
    return yaml


class _WithNull(RoundTripRepresenter):
    """Writes None as ``null``, where ruamel would write nothing."""

    def represent_null(self, _: None) -> ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:null", "null")


_WithNull.add_representer(type(None), _WithNull.represent_null)
