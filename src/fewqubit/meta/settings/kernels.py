"""Learners that solve for dual coefficients on a Gram matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import PositiveFloat

from fewqubit.meta.settings.learner import Taught

if TYPE_CHECKING:
    from fewqubit.meta.learner import MetaLearner
    from fewqubit.meta.target import AnyTarget
    from fewqubit.models.body import AnyArm
    from fewqubit.tasks.inputs import FeatureShape


class KernelRidge(Taught):
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
        from fewqubit.meta.kernel import build

        return build(self, arm, feature_shape, target)


class KernelSvm(Taught):
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
        from fewqubit.meta.kernel_svm import build

        return build(self, arm, feature_shape, target)


class KernelAlign(Taught):
    """min over θ of 1 − mean over tasks of A(K_θ, Y Yᵀ), over the rows of support and query.

    A is the centred alignment of Cortes, Mohri, Rostamizadeh (2012), definition 4. Hubregtsen et
    al. (2021), arXiv 2105.02276, use it for quantum kernels; here it is averaged over tasks. No
    head is solved in training; a task adapts by one-versus-rest SVMs.

    Quantum Gram matrix trained to align with the classes, with SVMs on top.
    """

    svm_cost: PositiveFloat = 1.0
    kind: Literal["kernel_align"] = "kernel_align"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.kernel_align import build

        return build(self, arm, feature_shape, target)
