"""Check that a worker has the same files and arithmetic as its client."""

import hashlib
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import jax
import jaxlib

import fewqubit
from fewqubit.base.io.files import sha256
from fewqubit.errors import ArtifactError

OWN = Path("own")


def check_same(folder: Path, expected: Mapping[str, str]) -> None:
    """Raise ArtifactError, in one line, unless the files of ``folder`` have these checksums."""
    try:
        there = {name: sha256(folder / name) for name in expected}
    except ArtifactError:
        raise ArtifactError(
            f"a worker's folder lacks {folder}; dvc pull there, or prepare it"
        ) from None
    other = [name for name in expected if there[name] != expected[name]]
    if other:
        raise ArtifactError(
            f"{folder / other[0]} in a worker's folder is not the one that is worked on here; "
            "dvc pull there, or prepare it again"
        )


def arithmetic() -> dict[str, str]:
    """What results depend on besides data and settings: code, versions, XLA flags."""
    return {
        "code": _code(Path(fewqubit.__file__).parent),
        OWN.name: _code(OWN),
        "jax": f"{jax.__version__} on {jaxlib.__version__}",
        "XLA_FLAGS": os.environ.get("XLA_FLAGS", ""),
    }


def check_arithmetic(expected: Mapping[str, str]) -> None:
    """Raise ArtifactError unless this process has the same arithmetic as its client."""
    here = arithmetic()
    other = next((name for name in expected if here[name] != expected[name]), None)
    if other:
        raise ArtifactError(
            f"a worker's {other} is not that of the folder that asks, so bytes could differ: "
            "bring both to one commit and one requirements.lock, then start the worker again"
        )


@cache  # cached: the code as this process has imported it
def _code(top: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(top.rglob("*.py"), key=lambda path: path.relative_to(top).parts):
        digest.update(path.relative_to(top).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
