"""The classes listed by a split, in settings or in files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fewqubit.data.dataset import ClassFiles, ClassLists, Fractions
from fewqubit.errors import SettingsError

PARTS = ("meta_train", "validation", "meta_test")
LARGEST = 2**24  # bytes of a file with names


def listed(how: ClassLists | ClassFiles | Fractions) -> Mapping[str, Sequence[int | str]] | None:
    """The names of each part's classes; None if the classes are drawn by share.

    Raises SettingsError: a file cannot be read, lists nothing, or shares a class with another.
    """
    if isinstance(how, Fractions):
        return None
    if isinstance(how, ClassLists):
        lists: Mapping[str, Sequence[int | str]] = how.model_dump()
        return lists
    found = {part: _names(Path(file)) for part, file in zip(PARTS, how.files, strict=True)}
    owner: dict[str, str] = {}
    for file, names in zip(how.files, found.values(), strict=True):
        for name in names:
            if owner.setdefault(name, file) != file:
                raise SettingsError(
                    f"split.files: class '{name}' is in {owner[name]} and in {file}; a class "
                    "belongs to one part"
                )
    return found


def _names(path: Path) -> list[str]:
    """The names in a file, one on each line that is not blank."""
    try:
        if path.stat().st_size > LARGEST:
            raise SettingsError(f"split.files: {path} is too large for a list of names")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"split.files: {path} cannot be read: {error}") from None
    names = [line.strip() for line in lines if line.strip()]
    if not names:
        raise SettingsError(f"split.files: {path} lists no class; write one on each line")
    return names
