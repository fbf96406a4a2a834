"""Few-shot learning with quantum models.

The public names, each imported when it is first used: ``import fewqubit as fq`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fewqubit.backends.gradients.shots import sampled as sampled
    from fewqubit.circuits.circuit import Circuit as Circuit
    from fewqubit.compiler import compile as compile
    from fewqubit.data.embeddings.settings import Embed as Embed
    from fewqubit.data.pictures.settings import Pictures as Pictures
    from fewqubit.data.sources.images import read_pictures as read_pictures
    from fewqubit.errors import FewqubitError as FewqubitError
    from fewqubit.meta.settings.candidates import Candidate as Candidate
    from fewqubit.meta.settings.candidates import ScaleFactors as ScaleFactors
    from fewqubit.meta.settings.gradient import Adapter as Adapter
    from fewqubit.meta.settings.gradient import Scratch as Scratch
    from fewqubit.meta.settings.kernels import KernelAlign as KernelAlign
    from fewqubit.meta.settings.kernels import KernelRidge as KernelRidge
    from fewqubit.meta.settings.kernels import KernelSvm as KernelSvm
    from fewqubit.meta.settings.prototypes import Conditioned as Conditioned
    from fewqubit.meta.settings.prototypes import ProtoNet as ProtoNet
    from fewqubit.meta.settings.start import Anil as Anil
    from fewqubit.meta.settings.start import Fomaml as Fomaml
    from fewqubit.meta.settings.start import Maml as Maml
    from fewqubit.meta.settings.start import MetaSgd as MetaSgd
    from fewqubit.meta.settings.start import Natural as Natural
    from fewqubit.meta.settings.start import Reptile as Reptile
    from fewqubit.meta.settings.training import Training as Training
    from fewqubit.models.settings import Amplitude as Amplitude
    from fewqubit.models.settings import Conv as Conv
    from fewqubit.models.settings import Identity as Identity
    from fewqubit.models.settings import Mlp as Mlp
    from fewqubit.models.settings import StridedConv as StridedConv
    from fewqubit.predict.adapted import AdaptedClassifier as AdaptedClassifier
    from fewqubit.predict.estimator import FewShotClassifier as FewShotClassifier
    from fewqubit.qiskit_ml import FidelityKernel as FidelityKernel
    from fewqubit.qiskit_ml import HammingKernel as HammingKernel
    from fewqubit.qiskit_ml import ProjectedKernel as ProjectedKernel
    from fewqubit.starts.settings.ansatze import IsingLayers as IsingLayers
    from fewqubit.starts.settings.ansatze import Qaoa as Qaoa
    from fewqubit.starts.settings.ansatze import Uccsd as Uccsd
    from fewqubit.starts.settings.ansatze import XxzLayers as XxzLayers
    from fewqubit.starts.settings.contest import Contest as Contest
    from fewqubit.starts.settings.contest import Instances as Instances
    from fewqubit.starts.settings.families import Hubbard as Hubbard
    from fewqubit.starts.settings.families import Ising as Ising
    from fewqubit.starts.settings.families import MaxCut as MaxCut
    from fewqubit.starts.settings.families import Molecule as Molecule
    from fewqubit.starts.settings.families import Portfolio as Portfolio
    from fewqubit.starts.settings.families import Xxz as Xxz
    from fewqubit.starts.settings.starters import EncoderStart as EncoderStart
    from fewqubit.starts.settings.starters import FixedAngles as FixedAngles
    from fewqubit.starts.settings.starters import LstmStart as LstmStart
    from fewqubit.starts.settings.starters import MamlStart as MamlStart
    from fewqubit.starts.settings.starters import MeanStart as MeanStart
    from fewqubit.starts.settings.starters import NearestStart as NearestStart
    from fewqubit.starts.settings.starters import RampStart as RampStart
    from fewqubit.starts.settings.starters import RandomStart as RandomStart
    from fewqubit.starts.settings.starters import ReptileStart as ReptileStart
    from fewqubit.study.run import compare as compare
    from fewqubit.study.starts import compare_starts as compare_starts

    __version__: str

# name -> the module that has it; no module of this package may have such a name itself
_HOMES = {
    "compile": "fewqubit.compiler",
    "sampled": "fewqubit.backends.gradients.shots",
    "FidelityKernel": "fewqubit.qiskit_ml",
    "HammingKernel": "fewqubit.qiskit_ml",
    "ProjectedKernel": "fewqubit.qiskit_ml",
    "FewShotClassifier": "fewqubit.predict.estimator",
    "AdaptedClassifier": "fewqubit.predict.adapted",
    "compare": "fewqubit.study.run",
    "Pictures": "fewqubit.data.pictures.settings",
    "read_pictures": "fewqubit.data.sources.images",
    "Amplitude": "fewqubit.models.settings",
    "Identity": "fewqubit.models.settings",
    "Mlp": "fewqubit.models.settings",
    "Conv": "fewqubit.models.settings",
    "StridedConv": "fewqubit.models.settings",
    "Circuit": "fewqubit.circuits.circuit",
    "Embed": "fewqubit.data.embeddings.settings",
    "Training": "fewqubit.meta.settings.training",
    "Adapter": "fewqubit.meta.settings.gradient",
    "ProtoNet": "fewqubit.meta.settings.prototypes",
    "Conditioned": "fewqubit.meta.settings.prototypes",
    "KernelRidge": "fewqubit.meta.settings.kernels",
    "KernelSvm": "fewqubit.meta.settings.kernels",
    "KernelAlign": "fewqubit.meta.settings.kernels",
    "Candidate": "fewqubit.meta.settings.candidates",
    "ScaleFactors": "fewqubit.meta.settings.candidates",
    "Maml": "fewqubit.meta.settings.start",
    "Fomaml": "fewqubit.meta.settings.start",
    "Anil": "fewqubit.meta.settings.start",
    "MetaSgd": "fewqubit.meta.settings.start",
    "Natural": "fewqubit.meta.settings.start",
    "Reptile": "fewqubit.meta.settings.start",
    "Scratch": "fewqubit.meta.settings.gradient",
    "Contest": "fewqubit.starts.settings.contest",
    "Instances": "fewqubit.starts.settings.contest",
    "Hubbard": "fewqubit.starts.settings.families",
    "MaxCut": "fewqubit.starts.settings.families",
    "Ising": "fewqubit.starts.settings.families",
    "Xxz": "fewqubit.starts.settings.families",
    "Molecule": "fewqubit.starts.settings.families",
    "Portfolio": "fewqubit.starts.settings.families",
    "Uccsd": "fewqubit.starts.settings.ansatze",
    "Qaoa": "fewqubit.starts.settings.ansatze",
    "IsingLayers": "fewqubit.starts.settings.ansatze",
    "XxzLayers": "fewqubit.starts.settings.ansatze",
    "MamlStart": "fewqubit.starts.settings.starters",
    "ReptileStart": "fewqubit.starts.settings.starters",
    "EncoderStart": "fewqubit.starts.settings.starters",
    "LstmStart": "fewqubit.starts.settings.starters",
    "RandomStart": "fewqubit.starts.settings.starters",
    "RampStart": "fewqubit.starts.settings.starters",
    "MeanStart": "fewqubit.starts.settings.starters",
    "NearestStart": "fewqubit.starts.settings.starters",
    "FixedAngles": "fewqubit.starts.settings.starters",
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
