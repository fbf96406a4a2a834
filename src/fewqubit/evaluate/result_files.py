"""The result files of one learner: episodes.parquet and the files in the same folder."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float

from fewqubit.base.extras import needs
from fewqubit.base.io.files import REMEDY, replacing, write_json, write_text
from fewqubit.errors import ArtifactError
from fewqubit.evaluate.results import Accuracies, AdaptationPoint
from fewqubit.evaluate.seal import CARD, check_seal, sealed

with needs("pipeline", "result files"):
    import pyarrow as pa
    import pyarrow.parquet as pq

SCHEMA = pa.schema(
    [
        ("dataset", pa.string()),
        ("learner", pa.string()),
        ("arm", pa.string()),
        ("seed", pa.int32()),
        ("episode", pa.int32()),
        ("accuracy_before", pa.float64()),
        ("accuracy", pa.float64()),
        ("accuracy_permuted", pa.float64()),
        ("accuracy_by_class", pa.list_(pa.float64())),
    ]
)
MEASURES = ("accuracy_before", "accuracy", "accuracy_permuted")


def save_results(
    folder: Path,
    accuracies: Accuracies,
    curve: Iterable[AdaptationPoint],
    counts: Float[np.ndarray, "true predicted"],
    names: Sequence[str],
    figures: Mapping[str, float],
    extra_files: Sequence[str] = (),
) -> None:
    """Write the four files of an evaluation; its place is ``…/<dataset>/<learner>/<arm>``.

    The last one, episodes.parquet, holds checksums of the others and of ``extra_files``, which are
    already in the folder.
    """
    dataset, learner, arm = folder.parts[-3:]
    write_adaptation(folder / "adaptation.csv", curve)
    write_confusion(folder / "confusion.csv", counts, names)
    write_json(folder / "metrics.json", figures)
    files = ("adaptation.csv", "confusion.csv", "metrics.json", *extra_files)
    write_episodes(folder / CARD, dataset, learner, arm, accuracies, files)


def write_episodes(
    path: str | Path,
    dataset: str,
    learner: str,
    arm: str,
    accuracies: Accuracies,
    files: Sequence[str] = (),
) -> None:
    """Write one row per seed and episode, seeds outermost; equal rows give equal bytes.

    The table stores the checksums of ``files`` in its folder.
    """
    n_seeds, n_episodes = accuracies.after.shape
    rows = n_seeds * n_episodes
    seed, episode = np.divmod(np.arange(rows, dtype=np.int32), np.int32(n_episodes))
    names = (_repeated(name, rows) for name in (dataset, learner, arm))
    parts = accuracies.before, accuracies.after, accuracies.permuted
    measured = (part.astype(np.float64).ravel() for part in parts)
    columns = map(_array, (seed, episode, *measured))
    by_class = _lists(accuracies.by_class, rows)
    table = pa.table([*names, *columns, by_class], schema=SCHEMA)
    table = sealed(table, Path(path).parent, files)
    with replacing(path) as partial:
        pq.write_table(table, partial, compression="zstd")


def read_episodes(path: str | Path, least: float = 0.0) -> Accuracies:
    """Read the accuracies of one learner; ``least`` is the lower bound of the score.

    Raises ArtifactError if the file is missing, has other columns than ``SCHEMA``, lacks a seed's
    episode, holds an accuracy outside ``least`` … 1, or was edited.
    """
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise ArtifactError(f"{path}: expected Parquet, but {error}; {REMEDY}") from error
    if not table.schema.equals(SCHEMA):
        expected = ", ".join(f"{field.name} {field.type}" for field in SCHEMA)
        came = ", ".join(f"{field.name} {field.type}" for field in table.schema)
        raise ArtifactError(f"{path}: expected columns {expected}, got {came}; {REMEDY}")
    seed, episode = (table[name].to_numpy() for name in ("seed", "episode"))
    n_seeds, n_episodes = (int(column.max(initial=-1)) + 1 for column in (seed, episode))
    places = np.arange(n_seeds * n_episodes)
    if len(table) == 0 or not np.array_equal(seed * n_episodes + episode, places):
        raise ArtifactError(
            f"{path}: expected each of {n_seeds} seeds × {n_episodes} episodes once and in order, "
            f"got {len(table)} rows; {REMEDY}"
        )
    measured = np.stack([table[name].to_numpy() for name in MEASURES])
    if not ((measured >= least) & (measured <= 1)).all():
        raise ArtifactError(
            f"{path}: expected accuracies between {least:g} and 1, got others; {REMEDY}"
        )
    by_class = _from_lists(table["accuracy_by_class"], (n_seeds, n_episodes), path, least)
    check_seal(table, path)
    before, after, permuted = measured.reshape(len(MEASURES), n_seeds, n_episodes)
    return Accuracies(before, after, permuted, by_class)


def _lists(by_class: Float[np.ndarray, "seeds episodes n_way"] | None, rows: int) -> pa.Array:
    """A list for each row; nulls if values by class are unknown."""
    if by_class is None:
        return pa.nulls(rows, SCHEMA.field("accuracy_by_class").type)
    values = _array(by_class.astype(np.float64).ravel())
    kind, ends = SCHEMA.field("accuracy_by_class").type, _ends(rows, by_class.size // rows)
    return pa.Array.from_buffers(kind, rows, [None, ends], children=[values])


# Columns are made of memory: `pa.array` would import pandas, which takes a third of a second.
def _array(values: np.ndarray) -> pa.Array:
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])


def _repeated(text: str, rows: int) -> pa.Array:
    content = text.encode()
    data = [None, _ends(rows, len(content)), pa.py_buffer(content * rows)]
    return pa.Array.from_buffers(pa.string(), rows, data)


def _ends(rows: int, size: int) -> pa.Buffer:
    """Where the entry of each row begins and ends, all of one size."""
    return pa.py_buffer(np.arange(rows + 1, dtype=np.int32) * size)


def _from_lists(
    column: pa.ChunkedArray, shape: tuple[int, int], path: str | Path, least: float
) -> Float[np.ndarray, "seeds episodes n_way"] | None:
    if column.null_count == len(column):
        return None
    rows = column.to_pylist()
    lengths = {len(row) if row else 0 for row in rows}
    values = np.array(rows) if len(lengths) == 1 and 0 not in lengths else np.array([np.nan])
    if not ((values >= least) & (values <= 1)).all():
        raise ArtifactError(
            f"{path}: expected accuracy_by_class to hold a value between {least:g} and 1 for each "
            f"class of an episode, got others; {REMEDY}"
        )
    return values.reshape(*shape, -1)


def write_adaptation(path: str | Path, points: Iterable[AdaptationPoint]) -> None:
    """Write the adaptation curves as CSV, one row per setting, value and seed."""
    _write_csv(path, AdaptationPoint._fields, points)


def write_confusion(
    path: str | Path, counts: Float[np.ndarray, "true predicted"], names: Sequence[str]
) -> None:
    """Write the nonzero cells by class name; a tied answer counts in fractions."""
    cells = zip(*np.nonzero(counts), strict=True)
    rows = ((names[i], names[j], f"{counts[i, j]:.10g}") for i, j in cells)
    _write_csv(path, ("true_class", "predicted_class", "count"), rows)


def _write_csv(path: str | Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    write_text(path, text.getvalue())
