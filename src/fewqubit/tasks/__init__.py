"""Features to episodes: the Task pytree, its sampler, the frozen manifest; tasks from formulas."""

from fewqubit.tasks.manifest import (
    asked_hash,
    draw_manifest,
    first_episodes,
    load_manifest,
    manifest_hash,
    save_manifest,
    tasks_of,
)
from fewqubit.tasks.sampler import ClassIndex, class_index, sample_task
from fewqubit.tasks.sinusoid import Sinusoids
from fewqubit.tasks.task import Episode, Shape, Task, gather

__all__ = [
    "ClassIndex",
    "Episode",
    "Shape",
    "Sinusoids",
    "Task",
    "asked_hash",
    "class_index",
    "draw_manifest",
    "first_episodes",
    "gather",
    "load_manifest",
    "manifest_hash",
    "sample_task",
    "save_manifest",
    "tasks_of",
]
