"""Features to episodes: the Task pytree, its sampler, the frozen manifest; tasks from formulas."""

from fewqubit.tasks.inputs import (
    FeatureShape,
    Inputs,
    concatenated,
    feature_shape_of,
    n_examples,
    rows_of,
    structs,
)
from fewqubit.tasks.manifest import (
    asked_hash,
    draw_manifest,
    first_episodes,
    load_manifest,
    manifest_hash,
    save_manifest,
    tasks_of,
)
from fewqubit.tasks.sampler import ClassIndex, Source, TrainingData, class_index, sample_task
from fewqubit.tasks.sinusoid import Sinusoids
from fewqubit.tasks.task import Episode, Shape, Task, gather, labels_of

__all__ = [
    "ClassIndex",
    "Episode",
    "FeatureShape",
    "Inputs",
    "Shape",
    "Sinusoids",
    "Source",
    "Task",
    "TrainingData",
    "asked_hash",
    "class_index",
    "concatenated",
    "draw_manifest",
    "feature_shape_of",
    "first_episodes",
    "gather",
    "labels_of",
    "load_manifest",
    "manifest_hash",
    "n_examples",
    "rows_of",
    "sample_task",
    "save_manifest",
    "structs",
    "tasks_of",
]
