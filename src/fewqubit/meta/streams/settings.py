"""Settings of ways to go on learning; only ``build`` imports the algorithm, and with it JAX."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import NonNegativeFloat

from fewqubit.base.values import Many, Some, Value

if TYPE_CHECKING:
    from fewqubit.meta.learner import MetaLearner
    from fewqubit.meta.streams.way import Going


class Way(Value):
    """How a trained learner goes on learning; all ways train on the first group alike.

    learns_from:  the groups that later steps draw tasks from
    """

    learns_from: ClassVar[Literal["nothing", "new", "all"]] = "new"
    if TYPE_CHECKING:

        @property
        def kind(self) -> str:
            """Its name in params.yaml: a field of each subclass, the last one."""

    def build(self, learner: MetaLearner) -> Going:
        """The way for ``learner``. Raises SettingsError: the learner lacks something it needs."""
        from fewqubit.meta.streams.way import remembers_nothing

        del learner
        return remembers_nothing()


class Frozen(Way):
    """θ_i = θ_0: the model adapts to new tasks, but its parameters are never updated.

    Later groups change nothing; their tasks are answered by adaptation alone.
    """

    learns_from: ClassVar[Literal["nothing"]] = "nothing"

    kind: Literal["frozen"] = "frozen"


class FineTune(Way):
    """θ_i from θ_{i−1} by meta-training on group i; nothing protects what was learned before.

    Meta-training continues on tasks of the newest group.
    """

    kind: Literal["fine_tune"] = "fine_tune"


class Replay(Way):
    """Each step learns from its new tasks and as many remembered ones (Chaudhry et al. 2019b).

    Experience replay, arXiv 1902.10486, with few-shot tasks in place of examples. The memory is a
    uniform sample of all tasks seen, with at most ``rows`` examples in it. A step costs twice as
    much as with ``fine_tune``.

    Tasks of earlier groups come back from a memory of ``rows`` examples.
    """

    rows: Many = 1000
    kind: Literal["replay"] = "replay"

    def build(self, learner: MetaLearner) -> Going:
        from fewqubit.meta.streams.replay import build

        return build(self, learner)


class Ewc(Way):
    """L(θ) = L_new(θ) + λ/2 Σ_i Σ_k F_ik (θ_k − θ*_ik)², over all groups i before the new one.

    F_i is the diagonal of the Fisher information of the learner's predictions with respect to
    encoder, circuit and head, at the parameters θ*_i after group i; λ is ``strength``. A sum of
    quadratics is a quadratic, so memory does not grow with the stream.
    Source: Kirkpatrick et al. 2017, PNAS 114, 3521. Deviations: F is the exact expectation over
    predicted classes, from ``fisher_tasks`` tasks of the group; the gradient of the penalty is
    added before clipping.

    A penalty of ``strength`` holds the parameters that predictions on earlier groups depend on.
    """

    strength: NonNegativeFloat = 100.0
    fisher_tasks: Some = 20
    kind: Literal["ewc"] = "ewc"

    def build(self, learner: MetaLearner) -> Going:
        from fewqubit.meta.streams.ewc import build

        return build(self, learner)


class GradientProjection(Way):
    """Steps along g̃, the vector nearest to g with g̃ · g_k ≥ 0 for gradients g_k of old tasks.

    ``constraints: mean``: one g_k, the mean over as many remembered tasks as a step has new ones,
    drawn anew for each step: A-GEM (Chaudhry et al. 2019a, arXiv 1812.00420). ``each``: one g_k for
    each of these tasks, as GEM has one for each earlier group (Lopez-Paz, Ranzato 2017, arXiv
    1706.08840). The memory is that of ``replay``. Deviation: the optimizer clips and rescales g̃
    and applies weight decay, so the guarantee holds for g̃ but not for the step.

    The gradient is projected so that, to first order, the loss of remembered tasks does not rise.
    """

    rows: Many = 1000
    constraints: Literal["mean", "each"] = "mean"
    kind: Literal["gradient_projection"] = "gradient_projection"

    def build(self, learner: MetaLearner) -> Going:
        from fewqubit.meta.streams.gradient_projection import build

        return build(self, learner)


class Joint(Way):
    """θ_i from θ_{i−1} by meta-training on groups 0 … i, with as many steps as the other ways.

    It needs all past data, which a stream does not keep: the upper bound.
    """

    learns_from: ClassVar[Literal["all"]] = "all"

    kind: Literal["joint"] = "joint"
