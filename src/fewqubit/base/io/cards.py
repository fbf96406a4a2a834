"""A card: the JSON file of an artefact, with checksums of itself and of the artefact's files.

``files`` in it has the checksum of each file; ``seal`` is the checksum of the card's own content.
Together they detect an artefact that was edited, cut short or mixed with another.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fewqubit.base.io.files import REMEDY, json_text, read_json, sha256, write_text
from fewqubit.errors import ArtifactError

FILES, SEAL = "files", "seal"


def write_card(path: str | Path, value: Mapping[str, Any], files: Sequence[str] = ()) -> None:
    """Write ``value``, the checksums of ``files`` in the same folder, and a seal over both.

    The card comes last: it declares the artefact complete.
    """
    folder = Path(path).parent
    checksums = {name: sha256(folder / name) for name in files}
    card = json.loads(json_text(path, {**value, FILES: checksums}))
    write_text(path, json_text(path, {**card, SEAL: seal(card)}))


def read_card(
    path: str | Path, files: Sequence[str] = (), remedy: str = REMEDY, *, format: int | None = None
) -> dict[str, Any]:
    """The value that ``write_card`` got, if the card and ``files`` are unchanged since.

    Raises ArtifactError: a file is missing, was edited or belongs to another card, or the card is
    of another ``format``.
    """
    path = Path(path)
    card = read_json(path)
    if not isinstance(card, dict):
        raise ArtifactError(f"{path}: expected a card in braces, got {card!r:.40}; {remedy}")
    if format is not None and card.get("format") != format:
        raise ArtifactError(f"{path}: expected format {format}, got {card.get('format')}; {remedy}")
    stamp = card.pop(SEAL, None)
    if stamp != seal(card):
        raise ArtifactError(
            f"{path}: expected the card as it was written, but it was edited or damaged; {remedy}"
        )
    checksums = card.pop(FILES)
    for name in files:
        check_file(path.with_name(name), checksums.get(name), path.name, remedy)
    return card


def check_file(path: Path, checksum: str | None, card: str, remedy: str = REMEDY) -> None:
    """Raise ArtifactError unless the file ``path`` has the ``checksum`` recorded in ``card``."""
    if sha256(path) != checksum:
        raise ArtifactError(
            f"{path}: expected the file that {card} was written with, but it was edited, damaged, "
            f"or belongs to another result; {remedy}"
        )


def seal(card: Mapping[str, Any]) -> str:
    """SHA-256 of a card's content, whatever the order and layout of its JSON."""
    text = json.dumps(card, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
