"""The files of a frozen encoder, and the checksum that identifies it."""

import hashlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fewqubit.base.extras import needs
from fewqubit.base.io.files import sha256
from fewqubit.base.registry import resolve
from fewqubit.data.embeddings.settings import Embed
from fewqubit.errors import DataError

WEIGHTS = ["*.safetensors", "*.json", "*.txt", "*.model"]  # no pickle is fetched


def own_function(embed: Embed) -> Callable[..., Any]:
    """The user's own encoder. Raises SettingsError or OwnCodeError: it cannot be loaded."""
    found: Callable[..., Any] = resolve(embed.model, {}, "frozen encoder")
    return found


def model_folder(embed: Embed, extra: str) -> Path:
    """The folder of the model, downloaded from the hub if it is not on this machine.

    Raises DataError: there is no such folder, the hub has no such model or cannot be reached;
    MissingExtraError: the hub's library is not installed.
    """
    if embed.is_folder:
        folder = Path(embed.model).expanduser()
        if not folder.is_dir():
            raise DataError(
                f"embed.model: expected a folder with a model, found none at {folder}; put it "
                "there, or give a name on the hub"
            )
        return folder
    with needs(extra, "a frozen encoder from the hub"):
        from huggingface_hub import snapshot_download
    try:
        return Path(snapshot_download(embed.model, revision=embed.revision, allow_patterns=WEIGHTS))
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise DataError(
            f"embed.model: could not fetch '{embed.model}' from the hub: {reason}; correct the "
            "name, or fetch it by other means and name its folder"
        ) from error


def folder_checksum(folder: Path) -> str:
    """SHA-256 over names and contents of all files of the model."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in relative.parts):
            digest.update(f"{relative.as_posix()}\0{sha256(path)}\0".encode())
    return digest.hexdigest()


def function_checksum(function: Callable[..., Any]) -> str:
    """SHA-256 of the module that contains the user's function."""
    module = sys.modules[function.__module__] if hasattr(function, "__module__") else None
    path = inspect.getsourcefile(module) if module else None
    return sha256(path) if path else hashlib.sha256(repr(function).encode()).hexdigest()
