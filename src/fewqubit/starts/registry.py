"""Everything that proposes starts, by the ``kind`` that params.yaml names; a new one is a row."""

from fewqubit.starts.contract import Starter
from fewqubit.starts.learners.encoder import EncoderStart
from fewqubit.starts.learners.maml import MamlStart
from fewqubit.starts.learners.optimiser import LstmStart
from fewqubit.starts.learners.reptile import ReptileStart
from fewqubit.starts.opponents.fixed_angles import FixedAngles
from fewqubit.starts.opponents.transfer import MeanStart, NearestStart
from fewqubit.starts.opponents.untrained import RampStart, RandomStart

STARTERS: dict[str, type[Starter]] = {
    "maml": MamlStart,
    "reptile": ReptileStart,
    "encoder": EncoderStart,
    "lstm": LstmStart,
    "random": RandomStart,
    "ramp": RampStart,
    "mean": MeanStart,
    "nearest": NearestStart,
    "fixed_angles": FixedAngles,
}
