"""What people were told last. An update that is killed has told nothing, so the next one does."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from fewqubit.base.io.files import read_json, write_json
from fewqubit.errors import ArtifactError
from fewqubit.tracking.registered.standing import Standing

TOLD = Path("artifacts/journal/told.json")
Groups = Mapping[str, Sequence[str]]  # of each stream


class Told(NamedTuple):
    """The groups of each stream and the champion of each model, as last told; None: never."""

    groups: Groups | None = None
    champions: Mapping[str, str] | None = None

    def all_said(self, known: Groups) -> bool:
        """Whether all groups that are ``known`` were told of."""
        said = self.groups
        return said is not None and all(said.get(name) == known[name] for name in known)

    def before(self, known: Groups, now: Groups, new: Collection[str]) -> dict[str, list[str]]:
        """The groups told of each stream that has others ``now``, or whose data are ``new``.

        Where nothing was ever told they are those ``known`` before this run.
        """
        said = known if self.groups is None else {name: self.groups.get(name, []) for name in now}
        return {name: [*said[name]] for name in now if name in new or said[name] != now[name]}

    def with_moves(self, lines: Sequence[str], standing: Mapping[str, Standing]) -> list[str]:
        """``lines``, and one for each champion that is new since the last message and not in them.

        A run that was killed after the gate, or a person by ``promote``, has moved the alias then.
        """
        before = self.champions or {}
        unsaid = [
            f"{name}: version {one.version} is champion since the last message, {one.what}: "
            f"{one.why or 'by hand'}"
            for name, one in standing.items()
            if name in before
            and before[name] != one.version
            and not any(f"{name}: version {one.version} is champion" in line for line in lines)
        ]
        return [*lines, *unsaid]


def last_told(project: Path) -> Told:
    """What the last message said; nothing if there was none, or its record cannot be read."""
    try:
        return Told(**read_json(project / TOLD))
    except (ArtifactError, TypeError):
        return Told()


def remember(project: Path, told: Told, groups: Groups, champions: Mapping[str, Standing]) -> None:
    """A message was sent about these; what it did not speak of stays as it was told."""
    versions = {name: one.version for name, one in champions.items()}
    both = {"groups": {**(told.groups or {}), **groups}}
    write_json(project / TOLD, both | {"champions": {**(told.champions or {}), **versions}})
