"""Raw data to features: sources, class-disjoint splits, transforms fitted on meta-train classes.

Stages after ``prepare`` use these names. Reading sources (``fewqubit.data.read``) is not among
them: it needs pandas and scikit-learn, which take seconds to import.
"""

from typing import TYPE_CHECKING

from fewqubit.base.lazily import lazily

if TYPE_CHECKING:
    from fewqubit.data.examples import Examples as Examples
    from fewqubit.data.examples import load_examples as load_examples
    from fewqubit.data.examples import save_examples as save_examples
    from fewqubit.data.features import Transform as Transform
    from fewqubit.data.features import apply as apply
    from fewqubit.data.features import apply_all as apply_all
    from fewqubit.data.features import feature_shape as feature_shape
    from fewqubit.data.features import load_transform as load_transform
    from fewqubit.data.features import save_transform as save_transform
    from fewqubit.data.fitted import fit as fit
    from fewqubit.data.raw import RawData as RawData
    from fewqubit.data.splits import Split as Split
    from fewqubit.data.splits import split_classes as split_classes
else:
    __getattr__, __all__ = lazily(
        __name__,
        examples="Examples load_examples save_examples",
        features="Transform apply apply_all feature_shape load_transform save_transform",
        fitted="fit",
        raw="RawData",
        splits="Split split_classes",
    )
