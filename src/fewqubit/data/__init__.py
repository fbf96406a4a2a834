"""Raw data to features: sources, class-disjoint splits, transforms fitted on meta-train classes.

Reading sources (``fewqubit.data.read``) needs pandas and scikit-learn, which take seconds to
import; it is therefore not imported here, where stages after ``prepare`` come for their examples.
"""

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
from fewqubit.data.splits import Split, split_classes

__all__ = [
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
    "save_examples",
    "save_transform",
    "split_classes",
]
