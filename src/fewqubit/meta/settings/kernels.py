"""Learners that solve for dual coefficients on a Gram matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import PositiveFloat, model_validator

from fewqubit.meta.settings.candidates import Candidates, check_different
from fewqubit.meta.settings.learner import Taught

if TYPE_CHECKING:
    from fewqubit.meta.learner import MetaLearner
    from fewqubit.meta.target import AnyTarget
    from fewqubit.models.body import AnyArm
    from fewqubit.tasks.inputs import FeatureShape


class KernelLearner(Taught):
    """A learner on Gram matrices; it is trained with its circuit's kernel.

    With ``candidates`` each trained seed takes that kernel of its own and theirs which is aligned
    best with the classes of the validation episodes, on average over them: a choice by the labels
    of their support and queries, and by none of meta-test (``meta.kernels.choice``).
    """

    candidates: Candidates = ()

    @model_validator(mode="after")
    def _kernels_differ(self) -> Self:
        check_different([one.circuit for one in self.kernels()])
        return self

    def kernels(self) -> list[Self]:
        """The learner with each kernel that it may take, the one it is trained with first."""
        circuits = [self.circuit, *(one.in_place_of(self.circuit) for one in self.candidates)]
        return [self.model_copy(update={"circuit": one, "candidates": ()}) for one in circuits]


class KernelRidge(KernelLearner):
    """logits = τ k_θ(q, ·) α with α from the ridge head; θ is trained through that head.

    Temperature τ and ridge λ are meta-learned with θ (R2-D2, Bertinetto et al. 2019, §3.3).
    With ``test_head: svm`` tasks are adapted by the SVM head once training is over.

    QSVM(x; θ): quantum Gram matrix, ridge head in training, ridge or SVM at test.

    ``temperature`` and ``ridge`` are learned; the settings are their initial values.
    """

    temperature: PositiveFloat = 10.0
    ridge: PositiveFloat = 0.1
    test_head: Literal["ridge", "svm"] = "ridge"
    svm_cost: PositiveFloat = 1.0
    kind: Literal["kernel"] = "kernel"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.kernels.ridge import build

        return build(self, arm, feature_shape, target)


class KernelSvm(KernelLearner):
    """logits = τ k_θ(q, ·) α with α from the multiclass dual; θ is trained through its solution.

    MetaOptNet-SVM (Lee et al. 2019, arXiv 1904.03758, §3.3) with a quantum kernel and, as there,
    a learned temperature τ.

    QSVM(x; θ): quantum Gram matrix, multiclass SVM in training and at test.

    ``temperature`` is the initial value of the learned factor of all logits.
    """

    temperature: PositiveFloat = 10.0
    svm_cost: PositiveFloat = 0.1
    kind: Literal["kernel_svm"] = "kernel_svm"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.kernels.svm import build

        return build(self, arm, feature_shape, target)


class KernelAlign(KernelLearner):
    """min over θ of 1 − mean over tasks of A(K_θ, Y Yᵀ), over the rows of support and query.

    A is the centred alignment of Cortes, Mohri, Rostamizadeh (2012), definition 4. Hubregtsen et
    al. (2021), arXiv 2105.02276, use it for quantum kernels; here it is averaged over tasks. No
    head is solved in training; a task adapts by one-versus-rest SVMs.

    Quantum Gram matrix trained to align with the classes, with SVMs on top.
    """

    svm_cost: PositiveFloat = 1.0
    kind: Literal["kernel_align"] = "kernel_align"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.kernels.align import build

        return build(self, arm, feature_shape, target)
