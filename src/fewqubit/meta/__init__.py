"""Meta-learners: one signature, one file for each algorithm; their settings are in settings/."""

from typing import TYPE_CHECKING

from fewqubit.base.lazily import lazily

if TYPE_CHECKING:
    from fewqubit.meta.learner import Adapted as Adapted
    from fewqubit.meta.learner import MetaLearner as MetaLearner
    from fewqubit.meta.learner import MetaState as MetaState
    from fewqubit.meta.learner import StepInfo as StepInfo
    from fewqubit.meta.registry import LEARNERS as LEARNERS
    from fewqubit.meta.registry import build_learner as build_learner
    from fewqubit.meta.target import Target as Target
    from fewqubit.meta.target import accuracy as accuracy
    from fewqubit.meta.target import classification as classification
    from fewqubit.meta.target import cross_entropy as cross_entropy
    from fewqubit.meta.target import regression as regression
    from fewqubit.meta.target import squared_error as squared_error
else:
    __getattr__, __all__ = lazily(
        __name__,
        learner="Adapted MetaLearner MetaState StepInfo",
        registry="LEARNERS build_learner",
        target="Target accuracy classification cross_entropy regression squared_error",
    )
