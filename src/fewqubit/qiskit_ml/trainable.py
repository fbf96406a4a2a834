"""Kernels with trained parameters, for ``QuantumKernelTrainer``: new values compile nothing."""

from collections.abc import Sequence

from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit_machine_learning.kernels import TrainableFidelityQuantumKernel, TrainableKernel
from qiskit_machine_learning.state_fidelities import BaseStateFidelity

from fewqubit.qiskit_ml.kernel import FidelityKernel, ProjectedKernel

Trained = ParameterVector | Sequence[Parameter] | None


class TrainableFidelityKernel(TrainableFidelityQuantumKernel, FidelityKernel):
    """K_θ(x, y) = |⟨φ_θ(x)|φ_θ(y)⟩|²; arguments are those of ``FidelityKernel``."""

    def __init__(
        self,
        *,
        feature_map: QuantumCircuit | None = None,
        fidelity: BaseStateFidelity | None = None,
        training_parameters: Trained = None,
        enforce_psd: bool = True,
        evaluate_duplicates: str = "off_diagonal",
        shots: int | None = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(  # type: ignore[call-arg]  # the library's first base takes them all
            feature_map=feature_map,
            fidelity=fidelity,
            training_parameters=training_parameters,
            enforce_psd=enforce_psd,
            evaluate_duplicates=evaluate_duplicates,
        )
        self._sample_with(shots, seed)


class TrainableProjectedKernel(TrainableKernel, ProjectedKernel):
    """K_θ(x, y) = exp(-γ Σ_q ‖ρ_q(x) - ρ_q(y)‖²_F) of states φ_θ."""

    def __init__(
        self,
        *,
        feature_map: QuantumCircuit | None = None,
        training_parameters: Trained = None,
        gamma: float = 1.0,
    ) -> None:
        super().__init__(  # type: ignore[call-arg]  # as above
            feature_map=feature_map, training_parameters=training_parameters, gamma=gamma
        )
        self._num_features -= self._num_training_parameters
