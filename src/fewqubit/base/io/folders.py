"""Replace a folder of files atomically: readers see the old or the new one, never a mixture."""

import ctypes
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from fewqubit.base.io.files import partial_name, writing
from fewqubit.errors import ArtifactError

AT_FDCWD, RENAME_EXCHANGE = -100, 2  # of Linux: linux/fcntl.h, linux/fs.h


@contextmanager
def replacing_folder(folder: str | Path, names: Collection[str]) -> Iterator[Path]:
    """Give an empty temporary folder, which replaces ``folder`` if the block succeeds.

    ``names`` are the files that such a folder may hold. Raises ArtifactError: ``folder`` is a file,
    or holds other files, which would be lost; or the system does not let it be written.
    """
    with writing(folder):
        target = Path(os.path.realpath(folder))
        _check_ours(target, names)
        partial = target.with_name(f"{partial_name(target.name)}-{os.getpid()}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        try:
            yield partial
            _check_ours(target, names)
            _take_place(partial, target)
        except ArtifactError as error:  # named as its reader knows it
            raise ArtifactError(str(error).replace(str(partial), str(folder))) from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _check_ours(target: Path, names: Collection[str]) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise ArtifactError(f"{target}: expected a folder, or nothing yet, found a file")
    strange = sorted(path.name for path in target.iterdir() if path.name not in names)
    if strange:
        raise ArtifactError(
            f"{target}: expected an empty folder or one to be replaced, but it holds "
            f"'{strange[0]}', which would be lost; choose another place"
        )


def _take_place(partial: Path, target: Path) -> None:
    """Swap the two folders in one step; ``partial`` is then the old one, if there was one.

    If the system cannot swap, the old one is moved away first: a kill in between leaves no folder
    in place, and the new one next to it.
    """
    if not target.exists() or not any(target.iterdir()):
        partial.replace(target)
    elif not _swapped(partial, target):
        aside = partial.with_name(f"{partial.name}-old")
        target.replace(aside)
        partial.replace(target)
        aside.replace(partial)


def _swapped(left: Path, right: Path) -> bool:
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):  # not Linux
        return False
    failed = rename(AT_FDCWD, os.fsencode(left), AT_FDCWD, os.fsencode(right), RENAME_EXCHANGE)
    return not failed
