"""Settings of evaluation: how results are read, and what is evaluated beside them."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from fewqubit.backends.device import Device
from fewqubit.base.values import Fraction, Many, Section, Some
from fewqubit.config.names import Name


class Evaluation(Section):
    """The pre-declared reading of the results, and how much is evaluated beside them.

    Adaptation curves are drawn over the first ``curve_episodes`` test episodes; a trained circuit
    of ``device_learners``, of any if that is null, also answers the first ``device_episodes`` on
    each of ``devices``, adapted by gradient in simulation or, for thousands of circuits, there.
    ``cost_device`` is what depth, two-qubit gates and shots are told for; nothing runs there.
    ``cluster`` is the address of a Dask scheduler whose workers answer test episodes; without one,
    so many ``workers`` of this machine do. The results are the same, so no stage depends on either.

    A training seed counts as failed whose best validation accuracy lies below ``failed_below`` of
    the way from chance to perfect. ``questions`` are comparisons of one's own, [this, that]: names
    of learners or baselines, ``learner/arm`` for another arm than the quantum one, ``@device``
    behind it for what it did there.
    """

    margin: Fraction = 0.02
    confidence: Fraction = 0.95
    failed_below: Fraction = 0.1
    questions: dict[Name, Annotated[list[str], Field(min_length=2, max_length=2)]] = {}
    resamples: Annotated[int, Field(ge=1, le=1_000_000)] = 2000
    curve_shots: Annotated[list[Some], Field(min_length=1, max_length=100)] = [1, 5]
    curve_episodes: Many = 100
    devices: dict[Name, Device] = {}
    device_learners: list[Name] | None = None
    device_episodes: Many = 50
    device_adaptation: Literal["simulated", "measured"] = "simulated"
    cost_device: Device = Device(backend="noisy:fake_torino")
    cluster: str | None = None
    workers: Annotated[int, Field(ge=1, le=1000)] = 1

    def devices_of(self, learner: str) -> dict[Name, Device]:
        """Where the trained circuit of ``learner`` answers too."""
        some = self.device_learners
        return self.devices if some is None or learner in some else {}

    @model_validator(mode="after")
    def _layouts_are_distinct(self) -> Self:
        """Refused before anything is trained, not where the device is asked."""
        for name, device in {**self.devices, "cost_device": self.cost_device}.items():
            if len({*(device.layout or ())}) < len(device.layout or ()):
                raise ValueError(f"{name}: layout names a qubit twice, got {device.layout}")
        return self

    @field_validator("cost_device")
    @classmethod
    def _is_transpiled_to(cls, device: Device) -> Device:
        """Mitigation would change how many circuits there are, which is told without it."""
        known = device.backend.startswith(("noisy:", "ibm:")) or device.backend == "shots:aer"
        if not known or device.mitigation != "none" or device.zero_noise:
            raise ValueError(
                "costs are told for a device without mitigation: noisy:<fake device>, ibm:<name> "
                f"or shots:aer, got '{device.backend}'"
            )
        return device
