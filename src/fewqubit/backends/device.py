"""Settings of where circuits are evaluated: the backend's name, and its options."""

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    model_validator,
)

from fewqubit.base.values import Many, Repeats, Section

Qubit = Annotated[int, Field(ge=0, le=10_000)]
WITHOUT_CIRCUITS = ("exact", "shots")


def _odd(scale: int) -> int:
    if scale % 2 == 0:
        raise ValueError("folding U(U†U)^k lengthens a circuit by an odd factor: 1, 3, 5, …")
    return scale


class ZeroNoise(Section):
    """Zero-noise extrapolation: the factors by which circuits are lengthened, and the curve through
    the results: a straight line, or the polynomial through all of them.
    """

    scales: list[Annotated[Repeats, AfterValidator(_odd)]] = Field(
        default=[1, 3, 5], min_length=2, max_length=20
    )
    extrapolation: Literal["linear", "richardson"] = "linear"

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len({*self.scales}) < len(self.scales):
            raise ValueError(f"scales are distinct; these are {self.scales}")
        return self


class Device(Section):
    """The backend of circuits: ``exact``, ``shots``, ``shots:aer``, ``noisy:<fake device>``,
    ``ibm:<name>``, or your own as ``module:function``.

    ``shots`` are for each circuit. ``layout`` names the physical qubit of each qubit; null leaves
    it to the transpiler, whose choices depend on ``transpile_seed`` alone. ``job_size`` circuits
    are sent as one job; one that fails is sent again up to ``retries`` times, first after
    ``retry_wait`` seconds and then after twice as long each time.
    """

    backend: str = "exact"
    shots: Annotated[int, Field(ge=1, le=100_000_000)] = 1024
    mitigation: Literal["none", "readout"] = "none"
    zero_noise: ZeroNoise | None = None
    optimization_level: Annotated[int, Field(ge=0, le=3)] = 1
    layout: Annotated[list[Qubit], Field(min_length=1)] | None = None
    transpile_seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    job_size: Many = 500
    retries: Annotated[int, Field(ge=0, le=1000)] = 2
    retry_wait: Annotated[float, Field(ge=0, le=86_400)] = 1.0

    @model_validator(mode="after")
    def _something_to_mitigate(self) -> Self:
        if self.backend in WITHOUT_CIRCUITS and (self.mitigation != "none" or self.zero_noise):
            raise ValueError(
                f"mitigation and zero_noise are for circuits on a device; '{self.backend}' runs "
                "none: remove them, or choose shots:aer, noisy:<fake device> or ibm:<name>"
            )
        return self
