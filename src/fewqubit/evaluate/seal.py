"""Seal the results of one evaluation: episodes.parquet holds the checksums of its folder."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from fewqubit.base.extras import needs
from fewqubit.base.io.cards import FILES, SEAL, check_file
from fewqubit.base.io.files import REMEDY, sha256
from fewqubit.errors import ArtifactError

with needs("pipeline", "result files"):
    import pyarrow as pa
    import pyarrow.parquet as pq

CARD = "episodes.parquet"
_KEY = b"fewqubit"


def sealed(table: pa.Table, folder: Path, files: Iterable[str]) -> pa.Table:
    """``table`` with checksums of its own rows and of ``files`` in ``folder``."""
    checksums = {name: sha256(folder / name) for name in files}
    card = {FILES: checksums, SEAL: _seal(table, checksums)}
    return table.replace_schema_metadata({_KEY: json.dumps(card, sort_keys=True).encode()})


def check_seal(table: pa.Table, path: str | Path) -> dict[str, str]:
    """Checksums of the files beside ``path``.

    Raises ArtifactError: ``table``, read from ``path``, is not as it was written.
    """
    stored = (table.schema.metadata or {}).get(_KEY)
    card = json.loads(stored) if stored else {FILES: {}, SEAL: None}
    if card[SEAL] != _seal(table, card[FILES]):
        raise ArtifactError(
            f"{path}: expected the table as it was written, but it was edited; {REMEDY}"
        )
    checksums: dict[str, str] = card[FILES]
    return checksums


def check_results(folder: Path) -> None:
    """Raise ArtifactError unless all files in ``folder`` are from one evaluation of this arm.

    Its place is ``…/<dataset>/<learner>/<arm>``.
    """
    path = folder / CARD
    table = pq.read_table(path)
    for name, checksum in check_seal(table, path).items():
        check_file(folder / name, checksum, CARD)
    names = tuple(table[name][0].as_py() for name in ("dataset", "learner", "arm"))
    if names != folder.parts[-3:]:
        raise ArtifactError(
            f"{path}: expected results of {'/'.join(folder.parts[-3:])}, got those of "
            f"{'/'.join(names)}; {REMEDY}"
        )


def _seal(table: pa.Table, checksums: dict[str, str]) -> str:
    digest = hashlib.sha256(json.dumps(checksums, sort_keys=True).encode())
    for name in table.column_names:
        digest.update(json.dumps(table[name].to_pylist()).encode())
    return digest.hexdigest()
