"""params.yaml as validated, frozen settings; an unknown key or bad value is a one-line error."""

from fewqubit.backends.device import Device, ZeroNoise
from fewqubit.base.registry import allowed_modules
from fewqubit.circuits.circuit import Circuit, Classical, FeatureMap
from fewqubit.config.arms import of_arm, with_values
from fewqubit.config.evaluation import Evaluation
from fewqubit.config.learners import AnyLearner, section_of
from fewqubit.config.search import Axis, Range, Search
from fewqubit.config.settings import PARAMS_FILE, Baselines, Run, Settings, load_settings, validate
from fewqubit.data.dataset import ClassFiles, ClassLists, Dataset, Episodes, Features, Fractions
from fewqubit.data.generated import Coset, Glyphs, HiddenManifold, Linear, Phases
from fewqubit.data.settings import (
    AnyDataset,
    Custom,
    Digits,
    Images,
    Memory,
    Omniglot,
    Table,
    Text,
    Tokens,
)
from fewqubit.models.arm_names import CLASSICAL_ARMS, OPPONENTS, Arm

__all__ = [
    "CLASSICAL_ARMS",
    "OPPONENTS",
    "PARAMS_FILE",
    "AnyDataset",
    "AnyLearner",
    "Arm",
    "Axis",
    "Baselines",
    "Circuit",
    "ClassFiles",
    "ClassLists",
    "Classical",
    "Coset",
    "Custom",
    "Dataset",
    "Device",
    "Digits",
    "Episodes",
    "Evaluation",
    "FeatureMap",
    "Features",
    "Fractions",
    "Glyphs",
    "HiddenManifold",
    "Images",
    "Linear",
    "Memory",
    "Omniglot",
    "Phases",
    "Range",
    "Run",
    "Search",
    "Settings",
    "Table",
    "Text",
    "Tokens",
    "ZeroNoise",
    "allowed_modules",
    "load_settings",
    "of_arm",
    "section_of",
    "validate",
    "with_values",
]
