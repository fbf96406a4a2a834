"""Settings of evaluation: how results are judged, and what else is evaluated."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from fewqubit.backends.device import Device
from fewqubit.base.values import Fraction, Many, Section, Some
from fewqubit.config.names import Name


class Evaluation(Section):
    """How results are judged, declared before the run, and what is evaluated in addition.

    Adaptation curves use the first ``curve_episodes`` test episodes. The trained circuits of
    ``device_learners`` (null: of every learner) also answer the first ``device_episodes`` on each
    of ``devices``. ``device_adaptation`` says where learners that adapt by gradient do so:
    ``simulated``, or ``measured`` on the device, which takes thousands of circuits. Depth,
    two-qubit gates and shots are reported for ``cost_device``; nothing runs there. ``cluster`` is
    the address of a Dask scheduler whose workers answer test episodes; without it, ``workers``
    processes of this machine do. The results are the same, so no stage depends on either.

    A training seed has failed if its best validation accuracy is below chance plus
    ``failed_below`` × (1 − chance). ``questions`` are additional comparisons, [this, that], of
    learners or baselines by name. ``learner/arm`` names another arm than the quantum one, and a
    final ``@device`` the result on that device.
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
        """The devices on which the trained circuit of ``learner`` also answers."""
        some = self.device_learners
        return self.devices if some is None or learner in some else {}

    @model_validator(mode="after")
    def _layouts_are_distinct(self) -> Self:
        """Refuse a repeated qubit before anything is trained, not when the device is used."""
        for name, device in {**self.devices, "cost_device": self.cost_device}.items():
            if len({*(device.layout or ())}) < len(device.layout or ()):
                raise ValueError(f"{name}: layout names a qubit twice, got {device.layout}")
        return self

    @field_validator("cost_device")
    @classmethod
    def _is_transpiled_to(cls, device: Device) -> Device:
        """Refuse mitigation, which would change the number of circuits that costs are given for."""
        known = device.backend.startswith(("noisy:", "ibm:")) or device.backend == "shots:aer"
        if not known or device.mitigation != "none" or device.zero_noise:
            raise ValueError(
                "costs are told for a device without mitigation: noisy:<fake device>, ibm:<name> "
                f"or shots:aer, got '{device.backend}'"
            )
        return device
