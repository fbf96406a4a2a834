"""What a row of a stream is before its features: for the models that the stream teaches."""

from pathlib import Path

from fewqubit.data import RawData, Transform, save_transform
from fewqubit.data.prepared import CLASSES
from fewqubit.io.cards import write_card
from fewqubit.stages.streams.arrived import TRANSFORMS
from fewqubit.tasks import Episode
from fewqubit.tasks.first_task import FIRST_TASK, row_columns, write_first_task


def write_features(folder: Path, raw: RawData, transform: Transform, episodes: Episode) -> None:
    """Write how a raw row becomes features, and the newest group's first episode as raw rows.

    Raises DataError: a column is called as requests call something else.
    """
    whole = transform._replace(columns=raw.columns, pictures=raw.pictures, embedding=raw.embedding)
    save_transform(folder, whole)
    write_first_task(folder / FIRST_TASK, raw, row_columns(raw), episodes)
    about = {"names": raw.names, "groups": raw.groups}
    write_card(folder / CLASSES, about, (FIRST_TASK, *TRANSFORMS))
