"""Learning to learn: one signature, one file for each algorithm."""

from fewqubit.meta.learner import Adapted, MetaLearner, MetaState, StepInfo
from fewqubit.meta.registry import LEARNERS, build_learner
from fewqubit.meta.target import (
    Target,
    accuracy,
    classification,
    cross_entropy,
    regression,
    squared_error,
)

__all__ = [
    "LEARNERS",
    "Adapted",
    "MetaLearner",
    "MetaState",
    "StepInfo",
    "Target",
    "accuracy",
    "build_learner",
    "classification",
    "cross_entropy",
    "regression",
    "squared_error",
]
