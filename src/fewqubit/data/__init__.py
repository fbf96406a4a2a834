"""Raw data to features: sources, class-disjoint splits, transforms fitted on meta-train classes."""

from fewqubit.data.examples import Examples, load_examples, save_examples
from fewqubit.data.features import (
    Transform,
    apply,
    apply_all,
    feature_shape,
    fit,
    load_transform,
    save_transform,
)
from fewqubit.data.raw import RawData
from fewqubit.data.sources import SOURCES, read_raw
from fewqubit.data.splits import Split, split_classes

__all__ = [
    "SOURCES",
    "Examples",
    "RawData",
    "Split",
    "Transform",
    "apply",
    "apply_all",
    "feature_shape",
    "fit",
    "load_examples",
    "load_transform",
    "read_raw",
    "save_examples",
    "save_transform",
    "split_classes",
]
