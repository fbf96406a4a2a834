"""From features to episodes: the Task pytree, samplers, frozen manifests, tasks from formulas."""

from typing import TYPE_CHECKING

from fewqubit.base.lazily import lazily

if TYPE_CHECKING:
    from fewqubit.tasks.inputs import FeatureShape as FeatureShape
    from fewqubit.tasks.inputs import Inputs as Inputs
    from fewqubit.tasks.inputs import concatenated as concatenated
    from fewqubit.tasks.inputs import feature_shape_of as feature_shape_of
    from fewqubit.tasks.inputs import n_examples as n_examples
    from fewqubit.tasks.inputs import rows_of as rows_of
    from fewqubit.tasks.inputs import structs as structs
    from fewqubit.tasks.manifest import asked_hash as asked_hash
    from fewqubit.tasks.manifest import draw_manifest as draw_manifest
    from fewqubit.tasks.manifest import first_episodes as first_episodes
    from fewqubit.tasks.manifest import load_manifest as load_manifest
    from fewqubit.tasks.manifest import manifest_hash as manifest_hash
    from fewqubit.tasks.manifest import save_manifest as save_manifest
    from fewqubit.tasks.manifest import tasks_of as tasks_of
    from fewqubit.tasks.sampler import ClassIndex as ClassIndex
    from fewqubit.tasks.sampler import Source as Source
    from fewqubit.tasks.sampler import TrainingData as TrainingData
    from fewqubit.tasks.sampler import class_index as class_index
    from fewqubit.tasks.sampler import sample_task as sample_task
    from fewqubit.tasks.shape import Shape as Shape
    from fewqubit.tasks.sinusoid import Sinusoids as Sinusoids
    from fewqubit.tasks.task import Episode as Episode
    from fewqubit.tasks.task import Task as Task
    from fewqubit.tasks.task import gather as gather
    from fewqubit.tasks.task import labels_of as labels_of
else:
    __getattr__, __all__ = lazily(
        __name__,
        inputs="FeatureShape Inputs concatenated feature_shape_of n_examples rows_of structs",
        manifest="asked_hash draw_manifest first_episodes load_manifest "
        "manifest_hash save_manifest tasks_of",
        sampler="ClassIndex Source TrainingData class_index sample_task",
        shape="Shape",
        sinusoid="Sinusoids",
        task="Episode Task gather labels_of",
    )
