"""Files that describe a raw row of a stream; a model trained on the stream is served with them."""

from pathlib import Path

from fewqubit.base.io.cards import write_card
from fewqubit.data import RawData, Transform, save_transform
from fewqubit.data.prepared import CLASSES
from fewqubit.stages.streams.arrived import TRANSFORMS
from fewqubit.tasks import Episode
from fewqubit.tasks.first_task import FIRST_TASK, row_columns, write_first_task


def write_features(folder: Path, raw: RawData, transform: Transform, episodes: Episode) -> None:
    """Write how a raw row becomes features, and the newest group's first episode as raw rows.

    Raises DataError: a column has a name that requests reserve.
    """
    complete = transform._replace(
        columns=raw.columns, pictures=raw.pictures, embedding=raw.embedding
    )
    save_transform(folder, complete)
    write_first_task(folder / FIRST_TASK, raw, row_columns(raw), episodes)
    about = {"names": raw.names, "groups": raw.groups}
    write_card(folder / CLASSES, about, (FIRST_TASK, *TRANSFORMS))
