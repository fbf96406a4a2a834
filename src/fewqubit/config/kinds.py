"""A section that changes its kind starts from the defaults of the new kind.

Overrides (a recipe, ``--set``, ``per_arm``) are merged into the settings. If they name another kind
(of learner, encoder, feature map, ansatz, data set, device, …), the settings of the old kind are
removed first. Then the overrides are applied.
"""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any, NamedTuple

from fewqubit.backends.device import Device
from fewqubit.circuits.circuit import Circuit

Place = tuple[str, ...]
Change = tuple[Place, Any, list[Place]]  # where a kind changed, the new kind, what was removed


class Kind(NamedTuple):
    """A setting that says what kind of thing a section describes.

    section:  where the section is; ``*`` is any name
    key:      the setting; its value is ``default`` if it is missing
    owns:     settings that belong to the kind; None: the whole section except ``keeps``
    """

    section: Place
    key: str
    owns: Place | None = None
    keeps: Place = ()
    default: str | None = None

    def at(self, place: Place) -> "Kind":
        """The same in a section below ``place``."""
        return self._replace(section=(*place, *self.section))

    def belongs(self, name: str) -> bool:
        """Whether the setting ``name`` of the section is reset when the kind changes."""
        owned = name not in self.keeps if self.owns is None else name in self.owns
        return owned and name != self.key


def _of_circuit(key: str, *owns: str) -> Kind:
    return Kind(("circuit",), key, owns, default=Circuit.model_fields[key].default)


OF_LEARNER = (
    Kind((), "kind", keeps=("seeds",)),
    Kind(("encoder",), "kind"),
    _of_circuit("feature_map", "repetitions", "bandwidth"),
    _of_circuit("ansatz", "layers", "ansatz_place", "spread"),
    _of_circuit("geometry", "gamma", "flip_weight"),
)
_DEVICE = Kind((), "backend", default=Device.model_fields["backend"].default)
OF_SETTINGS = (
    Kind(("datasets", "*"), "source"),
    Kind(("feature_maps", "*"), "kind", keeps=("n_qubits",)),
    *(kind.at(("learners", "*")) for kind in OF_LEARNER),
    *(kind.at(("learners", "*", "per_arm", "*")) for kind in OF_LEARNER),
    _DEVICE.at(("evaluation", "devices", "*")),
    _DEVICE.at(("evaluation", "cost_device")),
    Kind(("problems", "*", "family"), "kind"),
    Kind(("problems", "*", "ansatz"), "kind"),
    Kind(("starts", "*"), "kind"),
    Kind(("ways", "*"), "kind"),
)


def forget_old_kinds(
    values: MutableMapping[Any, Any],
    edits: Iterable[tuple[Place, Any]],
    kinds: Iterable[Kind] = OF_SETTINGS,
) -> list[Change]:
    """Remove from ``values`` the settings of every kind that ``edits`` replace.

    ``edits`` are pairs of a place and a value, not yet applied. If a learner changes its kind, the
    settings of the old kind in its arms and in its search space are removed too.
    """
    changes: list[Change] = []
    for place, value in edits:
        kind = next((one for one in kinds if _matches(one, place)), None)
        if kind is None:
            continue
        found = _below(values, place[:-1])
        if isinstance(found, MutableMapping) and found.get(kind.key, kind.default) != value:
            gone = [*_forget(found, kind, place[:-1]), *_forget_in_arms(values, kind, place)]
            changes.append((place, value, gone))
    return changes


def _matches(kind: Kind, place: Place) -> bool:
    pattern = (*kind.section, kind.key)
    return len(pattern) == len(place) and all(
        one in ("*", name) for one, name in zip(pattern, place, strict=True)
    )


def _forget(section: MutableMapping[Any, Any], kind: Kind, place: Place) -> Iterator[Place]:
    for name in [name for name in section if kind.belongs(str(name))]:
        del section[name]
        yield (*place, str(name))


def _forget_in_arms(values: MutableMapping[Any, Any], kind: Kind, place: Place) -> Iterator[Place]:
    """Remove settings of the old kind from the arms of a learner and from its search spaces."""
    if place[0] != "learners" or "per_arm" in place:
        return
    name, below = place[1], place[2:-1]
    for arm in _below(values, ("learners", name, "per_arm")) or ():
        keys = ("learners", name, "per_arm", str(arm), *below)
        if isinstance(found := _below(values, keys), MutableMapping):
            yield from _forget(found, kind, keys)
    spaces = [("search", "space", name)]
    arms = _below(values, ("search", "per_arm", name)) or ()
    for space in (*spaces, *(("search", "per_arm", name, str(arm)) for arm in [*arms])):
        axes = _below(values, space) or {}
        for axis in [axis for axis in axes if _is_of(kind, axis.split("."), below)]:
            del axes[axis]
            yield (*space, axis)
        _remove_empty(values, space)


def _remove_empty(values: Any, space: Place) -> None:
    """Remove the entry of a learner without axes, since none of its settings is searched."""
    while len(space) > 2 and _below(values, space) == {}:
        del _below(values, space[:-1])[space[-1]]
        space = space[:-1]


def _is_of(kind: Kind, axis: list[str], below: Place) -> bool:
    inside = tuple(axis[: len(below)]) == below and len(axis) > len(below)
    return inside and kind.belongs(axis[len(below)])


def _below(values: Any, place: Place) -> Any:
    """The value at ``place``, or None."""
    for name in place:
        if not isinstance(values, Mapping):
            return None
        values = next((below for key, below in values.items() if str(key) == name), None)
    return values
