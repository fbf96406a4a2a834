"""Folds of the meta-train classes, for searches whose validation part is too small to decide.

Each fold validates once, after training on the others. The classes that the data set sets
aside for validation are left alone: they end the final training, and no search has seen them.
"""

from pathlib import Path

import jax
from jaxtyping import PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.config import Episodes
from fewqubit.data import load_examples
from fewqubit.data.prepared import kin, read_classes
from fewqubit.tasks import TrainingData, class_index, draw_manifest
from fewqubit.tasks.class_sets import class_folds
from fewqubit.tasks.sampler import check_enough


def folds_of(
    prepared: Path, dataset: str, episodes: Episodes, n_folds: int, key: PRNGKeyArray
) -> list[TrainingData]:
    """What to train on and to be validated by, for each fold; the same for every arm and trial.

    Raises DataError: a fold has too few classes, or too few rows of one, for such episodes.
    """
    known = read_classes(prepared, ("examples.npz",))
    examples = load_examples(prepared / "examples.npz")
    groups = known["groups"] if episodes.within_group else None
    equal_rows = known.get("equal_rows", ())
    classes = known["split"]["meta_train"]
    key = stream(key, dataset, "folds")
    families = [kin(known)[number] for number in classes]
    found = []
    for n, parts in enumerate(class_folds(classes, n_folds, episodes.n_way, key, families)):
        train, asked = (class_index(examples.y, part, groups, equal_rows) for part in parts)
        shape = episodes.n_way, episodes.n_shot, episodes.n_query
        where = f"fold {n + 1} of {n_folds} of {dataset}"
        check_enough(asked, *shape, known["names"], where, repeat=episodes.repeat_queries)
        manifest = draw_manifest(stream(key, n), asked, *shape, episodes.n_validation)
        found.append(TrainingData(jax.numpy.asarray(examples.x), train, manifest))
    return found
