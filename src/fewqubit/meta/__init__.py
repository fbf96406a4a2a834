"""Learning to learn: one signature, one file for each algorithm."""

from fewqubit.meta.accuracy import accuracy, cross_entropy
from fewqubit.meta.learner import Adapted, MetaLearner, MetaState, StepInfo
from fewqubit.meta.registry import LEARNERS, build_learner

__all__ = [
    "LEARNERS",
    "Adapted",
    "MetaLearner",
    "MetaState",
    "StepInfo",
    "accuracy",
    "build_learner",
    "cross_entropy",
]
