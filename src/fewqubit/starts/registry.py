"""Every starter, by the ``kind`` that params.yaml names. A new starter is a new row."""

from fewqubit.starts.settings.starters import (
    EncoderStart,
    FixedAngles,
    LstmStart,
    MamlStart,
    MeanStart,
    NearestStart,
    RampStart,
    RandomStart,
    ReptileStart,
    Starter,
)

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
