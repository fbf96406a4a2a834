"""Faces for qiskit-machine-learning: its kernels and networks, with compiled circuits behind them.

Each class subclasses the one it stands in for, and takes its place wherever the library expects it.
"""

from fewqubit.qiskit_ml.estimator import EstimatorNetwork
from fewqubit.qiskit_ml.hamming import HammingKernel
from fewqubit.qiskit_ml.kernel import FidelityKernel, ProjectedKernel
from fewqubit.qiskit_ml.sampler import SamplerNetwork
from fewqubit.qiskit_ml.trainable import TrainableFidelityKernel, TrainableProjectedKernel

__all__ = [
    "EstimatorNetwork",
    "FidelityKernel",
    "HammingKernel",
    "ProjectedKernel",
    "SamplerNetwork",
    "TrainableFidelityKernel",
    "TrainableProjectedKernel",
]
