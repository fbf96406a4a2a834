"""Few-shot learning with quantum models.

The public names, each imported when it is first used: ``import fewqubit as fq`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fewqubit.circuits.circuit import Circuit as Circuit
    from fewqubit.compiler import compile as compile
    from fewqubit.data.embeddings.settings import Embed as Embed
    from fewqubit.data.pictures.settings import Pictures as Pictures
    from fewqubit.data.sources.images import read_pictures as read_pictures
    from fewqubit.errors import FewqubitError as FewqubitError
    from fewqubit.gradients.shots import sampled as sampled
    from fewqubit.meta.anil import Anil as Anil
    from fewqubit.meta.conditioned import Conditioned as Conditioned
    from fewqubit.meta.kernel import KernelRidge as KernelRidge
    from fewqubit.meta.kernel_align import KernelAlign as KernelAlign
    from fewqubit.meta.kernel_svm import KernelSvm as KernelSvm
    from fewqubit.meta.maml import Fomaml as Fomaml
    from fewqubit.meta.maml import Maml as Maml
    from fewqubit.meta.metasgd import MetaSgd as MetaSgd
    from fewqubit.meta.natural import Natural as Natural
    from fewqubit.meta.protonet import ProtoNet as ProtoNet
    from fewqubit.meta.reptile import Reptile as Reptile
    from fewqubit.meta.scratch import Scratch as Scratch
    from fewqubit.meta.training import Training as Training
    from fewqubit.models.conv import Conv as Conv
    from fewqubit.models.conv import StridedConv as StridedConv
    from fewqubit.models.encoder import Amplitude as Amplitude
    from fewqubit.models.encoder import Identity as Identity
    from fewqubit.models.encoder import Mlp as Mlp
    from fewqubit.predict.adapted import AdaptedClassifier as AdaptedClassifier
    from fewqubit.predict.estimator import FewShotClassifier as FewShotClassifier
    from fewqubit.qiskit_ml import FidelityKernel as FidelityKernel
    from fewqubit.qiskit_ml import HammingKernel as HammingKernel
    from fewqubit.qiskit_ml import ProjectedKernel as ProjectedKernel
    from fewqubit.starts.ansatz.excitations import Uccsd as Uccsd
    from fewqubit.starts.ansatz.hamiltonian_variational import IsingLayers as IsingLayers
    from fewqubit.starts.ansatz.hamiltonian_variational import XxzLayers as XxzLayers
    from fewqubit.starts.ansatz.qaoa import Qaoa as Qaoa
    from fewqubit.starts.families.hubbard import Hubbard as Hubbard
    from fewqubit.starts.families.maxcut import MaxCut as MaxCut
    from fewqubit.starts.families.molecules import Molecule as Molecule
    from fewqubit.starts.families.portfolio import Portfolio as Portfolio
    from fewqubit.starts.families.spins import Ising as Ising
    from fewqubit.starts.families.spins import Xxz as Xxz
    from fewqubit.starts.learners.encoder import EncoderStart as EncoderStart
    from fewqubit.starts.learners.maml import MamlStart as MamlStart
    from fewqubit.starts.learners.optimiser import LstmStart as LstmStart
    from fewqubit.starts.learners.reptile import ReptileStart as ReptileStart
    from fewqubit.starts.opponents.fixed_angles import FixedAngles as FixedAngles
    from fewqubit.starts.opponents.transfer import MeanStart as MeanStart
    from fewqubit.starts.opponents.transfer import NearestStart as NearestStart
    from fewqubit.starts.opponents.untrained import RampStart as RampStart
    from fewqubit.starts.opponents.untrained import RandomStart as RandomStart
    from fewqubit.starts.settings import Contest as Contest
    from fewqubit.starts.settings import Instances as Instances
    from fewqubit.study.run import compare as compare
    from fewqubit.study.starts import compare_starts as compare_starts

    __version__: str

# name -> the module that has it; no module of this package may have such a name itself
_HOMES = {
    "compile": "fewqubit.compiler",
    "sampled": "fewqubit.gradients.shots",
    "FidelityKernel": "fewqubit.qiskit_ml",
    "HammingKernel": "fewqubit.qiskit_ml",
    "ProjectedKernel": "fewqubit.qiskit_ml",
    "FewShotClassifier": "fewqubit.predict.estimator",
    "AdaptedClassifier": "fewqubit.predict.adapted",
    "compare": "fewqubit.study.run",
    "Pictures": "fewqubit.data.pictures.settings",
    "read_pictures": "fewqubit.data.sources.images",
    "Amplitude": "fewqubit.models.encoder",
    "Identity": "fewqubit.models.encoder",
    "Mlp": "fewqubit.models.encoder",
    "Conv": "fewqubit.models.conv",
    "StridedConv": "fewqubit.models.conv",
    "Circuit": "fewqubit.circuits.circuit",
    "Embed": "fewqubit.data.embeddings.settings",
    "Training": "fewqubit.meta.training",
    "ProtoNet": "fewqubit.meta.protonet",
    "Conditioned": "fewqubit.meta.conditioned",
    "KernelRidge": "fewqubit.meta.kernel",
    "KernelSvm": "fewqubit.meta.kernel_svm",
    "KernelAlign": "fewqubit.meta.kernel_align",
    "Maml": "fewqubit.meta.maml",
    "Fomaml": "fewqubit.meta.maml",
    "Anil": "fewqubit.meta.anil",
    "MetaSgd": "fewqubit.meta.metasgd",
    "Natural": "fewqubit.meta.natural",
    "Reptile": "fewqubit.meta.reptile",
    "Scratch": "fewqubit.meta.scratch",
    "Contest": "fewqubit.starts.settings",
    "Instances": "fewqubit.starts.settings",
    "Hubbard": "fewqubit.starts.families.hubbard",
    "MaxCut": "fewqubit.starts.families.maxcut",
    "Ising": "fewqubit.starts.families.spins",
    "Xxz": "fewqubit.starts.families.spins",
    "Molecule": "fewqubit.starts.families.molecules",
    "Portfolio": "fewqubit.starts.families.portfolio",
    "Uccsd": "fewqubit.starts.ansatz.excitations",
    "Qaoa": "fewqubit.starts.ansatz.qaoa",
    "IsingLayers": "fewqubit.starts.ansatz.hamiltonian_variational",
    "XxzLayers": "fewqubit.starts.ansatz.hamiltonian_variational",
    "MamlStart": "fewqubit.starts.learners.maml",
    "ReptileStart": "fewqubit.starts.learners.reptile",
    "EncoderStart": "fewqubit.starts.learners.encoder",
    "LstmStart": "fewqubit.starts.learners.optimiser",
    "RandomStart": "fewqubit.starts.opponents.untrained",
    "RampStart": "fewqubit.starts.opponents.untrained",
    "MeanStart": "fewqubit.starts.opponents.transfer",
    "NearestStart": "fewqubit.starts.opponents.transfer",
    "FixedAngles": "fewqubit.starts.opponents.fixed_angles",
    "compare_starts": "fewqubit.study.starts",
    "FewqubitError": "fewqubit.errors",
}
__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("fewqubit")
    if name not in _HOMES:
        raise AttributeError(f"module 'fewqubit' has no attribute '{name}'")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
