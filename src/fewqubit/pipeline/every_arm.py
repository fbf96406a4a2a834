"""An arm's own value overrides its learner's: notes where that matters, and ``every_arm``.

``learners.maml.inner_lr=0.1`` leaves the twin the rate that ``per_arm`` gives it;
``learners.maml.every_arm.inner_lr=0.1`` sets the rate of every arm.
"""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

EVERY, OWN = "every_arm", "per_arm"
Keys = Sequence[str | int]
_ABSENT = object()


def split_every(keys: Keys) -> tuple[Keys, Keys] | None:
    """The learner's keys and those below ``every_arm``; None if ``keys`` are of another kind."""
    if len(keys) > 3 and keys[0] == "learners" and keys[2] == EVERY:
        return keys[:2], keys[3:]
    return None


def forget(learner: Mapping[str, Any], keys: Keys) -> None:
    """Remove the values at ``keys`` that single arms of ``learner`` have."""
    for settings in (learner.get(OWN) or {}).values():
        _prune(settings, keys)


def kept(values: Mapping[str, Any], edits: Iterable[tuple[Keys, Any]]) -> Iterator[str]:
    """A line for each edit of a learner that an arm of the run overrides with its own value."""
    for keys, value in edits:
        if len(keys) < 3 or keys[0] != "learners" or keys[2] in (EVERY, OWN):
            continue
        by_arm = values["learners"][keys[1]].get(OWN) or {}
        found = {arm: _at(by_arm[arm], keys[2:]) for arm in values["run"]["arms"] if arm in by_arm}
        other = {arm: at for arm, at in found.items() if at is not _ABSENT and at != value}
        if other:
            arms = ", ".join(f"{arm} keeps {at}" for arm, at in other.items())
            below = ".".join(map(str, keys[2:]))
            yield (
                f"{'.'.join(map(str, keys))}={value}: {arms} ({OWN}); for all arms: "
                f"--set learners.{keys[1]}.{EVERY}.{below}={value}"
            )


def _at(values: Any, keys: Keys) -> Any:
    for key in keys:
        if not isinstance(values, Mapping) or key not in values:
            return _ABSENT
        values = values[key]
    return values


def _prune(values: Any, keys: Keys) -> None:
    """Remove the value at ``keys`` and mappings that become empty: those would count as set."""
    if not isinstance(values, MutableMapping) or keys[0] not in values:
        return
    below = values[keys[0]]
    if len(keys) > 1:
        _prune(below, keys[1:])
    if len(keys) == 1 or below == {}:
        del values[keys[0]]
