"""How large a circuit may be, and which settings its parts take without being something else."""

from collections.abc import Iterable, Mapping

from fewqubit.errors import SettingsError

MAX_QUBITS = 20  # 2**20 amplitudes, 8 MB a state

# What feature maps are only with these values: others would be ignored, or prepare other states.
ONLY: Mapping[str, Mapping[str, float]] = {
    "amplitude": {"repetitions": 1, "bandwidth": 1.0},
    "phase": {"repetitions": 1},
}
ONE_LAYER = ("phase",)  # ansätze that have no layers to repeat


def check_map(name: str, repetitions: int, bandwidth: float) -> None:
    """Raise ValueError, in one line, if the feature map is another thing with such settings."""
    asked = {"repetitions": repetitions, "bandwidth": bandwidth}
    for key, value in ONLY.get(name, {}).items():
        if asked[key] != value:
            raise ValueError(
                f"feature map '{name}' takes {key} {value} alone, with which it prepares what it "
                f"is named for; got {asked[key]}: set {key} to {value}"
            )


def checked(name: str, repetitions: int, bandwidth: float) -> None:
    """``check_map`` where the map is drawn. Raises SettingsError."""
    try:
        check_map(name, repetitions, bandwidth)
    except ValueError as error:
        raise SettingsError(str(error)) from None


def check_maps(names: Iterable[str], repetitions: int, bandwidth: float) -> None:
    """``check_map`` of several that share their settings."""
    for name in names:
        check_map(name, repetitions, bandwidth)


def check_ansatz(name: str, layers: int) -> None:
    """Raise ValueError, in one line, if there would be one layer where more are asked for."""
    if name in ONE_LAYER and layers > 1:
        raise ValueError(f"ansatz '{name}' has one layer; got {layers}: set layers to 1")


def check_fixed(name: str) -> None:
    """Raise ValueError, in one line, for a map whose inputs are no features but made of them."""
    if name == "amplitude":
        raise ValueError(
            "feature map 'amplitude' takes angles that the encoder 'amplitude' makes of "
            "amplitudes; features would be taken for such angles: choose another map here, or a "
            "learner with encoder: {kind: amplitude}, circuit: {feature_map: amplitude}"
        )
