"""A circuit that is measured on a backend with shots: the same model, not simulated exactly."""

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from itertools import accumulate, pairwise

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.backends import Backend, Bill
from fewqubit.backends.gradients import Slopes, parameter_shift
from fewqubit.backends.gradients.parameter_shift import Gradient
from fewqubit.base.keys import stream
from fewqubit.circuits.circuit import Circuit
from fewqubit.circuits.drawn import draw_up
from fewqubit.circuits.entries import signed_entries
from fewqubit.circuits.parameters import vector
from fewqubit.circuits.superpose import on_members, superposed
from fewqubit.errors import SettingsError
from fewqubit.models.body import Body, MakeBody
from fewqubit.models.ensemble import ensemble_weights, members_of
from fewqubit.models.factors import Read
from fewqubit.models.geometry import Geometry, by_pairs
from fewqubit.models.measured_kernels import Kernel, measured_kernel
from fewqubit.models.network import Params
from fewqubit.states.readouts import READOUTS, Drawn, Operator


def measured(
    backend: Backend, key: PRNGKeyArray, bills: list[Bill], slopes: Slopes = "both"
) -> MakeBody:
    """An arm whose states stay on ``backend``; the bill of every evaluation goes to ``bills``.

    Features are what a device needs to prepare a state: its angles, then θ. Kernels and readings
    are estimates. Readings have derivatives from shifted circuits, by angles, θ or both, as
    ``slopes`` says (NaN by the other); kernels have none. Factors of adapters are estimates with
    derivatives too, a circuit each. Shots are drawn from ``key`` and the angles, so that equal
    inputs give equal estimates.

    An ensemble is one circuit with a control register; its shots give the members' weighted mean.
    With ``concat`` the members are read one after the other.
    """

    def body(circuit: Circuit, reads: bool) -> Body:
        del reads
        members = [draw_up(one) for one in members_of(circuit)]
        operators = READOUTS[circuit.readout].operators(circuit.n_qubits)
        device = partial(_Device, backend, circuit, key=key, bills=bills, slopes=slopes)
        whole = device(superposed(members), [on_members(one, len(members)) for one in operators])
        read, n_readings = _reading(whole), len(operators)
        if len(members) > 1 and circuit.combine == "concat":
            read = _side_by_side([device(one, operators) for one in members], whole)
            n_readings *= len(members)

        def apply(theta: Params, angles: Float[Array, " angles"]) -> Float[Array, " D"]:
            weights = ensemble_weights(theta) if len(members) > 1 else theta
            return jnp.concatenate([angles, weights])

        return Body(
            whole.n_inputs,
            _untrained,
            apply,
            read,
            n_readings,
            _geometry(whole),
            entries=partial(_entries, backend, circuit, key=key, bills=bills),
        )

    return body


def _entries(
    backend: Backend, settings: Circuit, circuit: Drawn, *, key: PRNGKeyArray, bills: list[Bill]
) -> Read:
    """The entries of one factor of an adapter, from the shots of one circuit."""
    return _reading(_Device(backend, settings, circuit, signed_entries(circuit), key, bills))


def _untrained(key: PRNGKeyArray) -> Params:
    del key
    raise SettingsError("a measured circuit is not trained; train on the exact one")


class _Device:
    """Rows of angles and θ in numpy -> estimates in numpy."""

    def __init__(
        self,
        backend: Backend,
        settings: Circuit,
        circuit: Drawn,
        operators: list[Operator],
        key: PRNGKeyArray,
        bills: list[Bill],
        slopes: Slopes = "both",
    ) -> None:
        self._backend, self._circuit, self.operators = backend, circuit, operators
        self.n_inputs, self.n_weights = (len(vector(circuit, name)) for name in ("x", "θ"))
        self._evaluator, self._key, self._bills = backend(circuit), key, bills
        self._settings, self._slopes = settings, slopes

    @cached_property
    def _gradient(self) -> Gradient:
        """The gradient needs further circuits, so it is built only when slopes are asked for."""
        return parameter_shift(self._circuit, self._backend, self._slopes)

    @cached_property
    def _kernel(self) -> Kernel:
        return measured_kernel(self._settings, self._circuit, self._backend, self._evaluator)

    def kernel(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Kernel entries [a, b]; for a set of rows with itself, its Gram matrix."""
        left, right = np.asarray(left), np.asarray(right)
        if left.size == 0 or right.size == 0:
            return np.zeros((len(left), len(right)), np.float32)
        n, key = self.n_inputs, self._key_for(left, right)
        other = None if np.array_equal(left, right) else right[:, :n]
        estimate = self._kernel(left[:, :n], other, left[0, n:], key)
        self._bills.append(estimate.bill)
        return np.asarray(estimate.values, np.float32)

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Expectations [..., operators]."""

        def expectations(angles: np.ndarray, theta: np.ndarray, key: PRNGKeyArray) -> np.ndarray:
            estimate = self._evaluator.expectations(angles, theta, self.operators, key)
            self._bills.append(estimate.bill)
            return np.asarray(estimate.values)

        return self._by_theta(rows, expectations, (len(self.operators),))

    def read_with_slopes(self, rows: np.ndarray) -> np.ndarray:
        """Each expectation, then its derivatives by angles and θ, [..., operators, 1 + D].

        The unshifted expectations are already in the gradient's batch.
        """

        def both(angles: np.ndarray, theta: np.ndarray, key: PRNGKeyArray) -> np.ndarray:
            shifted = self._gradient(angles, theta, self.operators, key)
            self._bills.append(shifted.bill)
            values = shifted.values[..., None]
            return np.concatenate([values, shifted.by_inputs, shifted.by_weights], axis=-1)

        return self._by_theta(rows, both, (len(self.operators), 1 + np.shape(rows)[-1]))

    def _by_theta(
        self, rows: np.ndarray, measure: Callable[..., np.ndarray], shape: tuple[int, ...]
    ) -> np.ndarray:
        """``measure`` of every row; rows with the same θ are measured together."""
        rows = np.asarray(rows)
        flat = rows.reshape(-1, rows.shape[-1])
        values = np.empty((len(flat), *shape), np.float32)
        thetas, of = np.unique(flat[:, self.n_inputs :], axis=0, return_inverse=True)
        for number, theta in enumerate(thetas):
            mine = of.ravel() == number
            angles = flat[mine][:, : self.n_inputs]
            values[mine] = measure(angles, theta, self._key_for(angles, theta))
        return values.reshape(*rows.shape[:-1], *shape)

    def _key_for(self, *arrays: np.ndarray) -> PRNGKeyArray:
        digest = hashlib.sha256(b"".join(np.ascontiguousarray(a).tobytes() for a in arrays))
        return stream(self._key, digest.hexdigest())


def _reading(device: _Device) -> Callable[[Array], Array]:
    def call(host: Callable[..., np.ndarray], shape: tuple[int, ...], features: Array) -> Array:
        result = jax.ShapeDtypeStruct(shape, jnp.float32)
        return jax.pure_callback(host, result, features, vmap_method="expand_dims")

    n_readings = len(device.operators)

    @jax.custom_vjp
    def read(features: Float[Array, " D"]) -> Float[Array, " readings"]:
        return call(device.read, (n_readings,), features)

    def forward(features: Array) -> tuple[Array, Array]:
        both = call(device.read_with_slopes, (n_readings, 1 + features.shape[-1]), features)
        return both[..., 0], both[..., 1:]

    def backward(slopes: Array, by_reading: Array) -> tuple[Array]:
        return (by_reading @ slopes,)

    read.defvjp(forward, backward)
    return read


def _side_by_side(members: Sequence[_Device], ensemble: _Device) -> Callable[[Array], Array]:
    """The readings of each member separately, from the features of the whole ensemble."""
    ends = list(accumulate([ensemble.n_inputs, *(member.n_weights for member in members)]))
    reads = [_reading(member) for member in members]

    def read(features: Float[Array, " D"]) -> Float[Array, " readings"]:
        angles = features[: ensemble.n_inputs]
        return jnp.concatenate(
            [
                read_member(jnp.concatenate([angles, features[start:end]]))
                for read_member, (start, end) in zip(reads, pairwise(ends), strict=True)
            ]
        )

    return read


def _geometry(device: _Device) -> Geometry:
    def kernel(a: Float[Array, "a D"], b: Float[Array, "b D"]) -> Float[Array, "a b"]:
        shape = jax.ShapeDtypeStruct((len(a), len(b)), jnp.float32)
        return jax.pure_callback(device.kernel, shape, a, b, vmap_method="sequential")

    return by_pairs(kernel, "the metric of states is known in simulation only; adapt there")
