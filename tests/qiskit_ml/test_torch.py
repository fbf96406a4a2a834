"""The library's TorchConnector takes the networks: torch checks the gradients by itself."""

import numpy as np
import pytest
from qiskit.circuit.library import real_amplitudes, zz_feature_map

from fewqubit.qiskit_ml import EstimatorNetwork, SamplerNetwork

torch = pytest.importorskip("torch")

MAP, ANSATZ = zz_feature_map(2, 1), real_amplitudes(2, reps=1)


def build(kind, **more):
    return kind(
        circuit=MAP.compose(ANSATZ),
        input_params=MAP.parameters,
        weight_params=ANSATZ.parameters,
        input_gradients=True,
        **more,
    )


@pytest.mark.parametrize(
    "network",
    [
        build(EstimatorNetwork),
        build(SamplerNetwork),
        build(SamplerNetwork, interpret=lambda b: b % 2, output_shape=2),
    ],
)
def test_gradients_pass_torchs_own_check(network):
    from qiskit_machine_learning.connectors.torch_connector import _TorchNNFunction

    torch.manual_seed(0)
    x = torch.randn(3, 2, dtype=torch.double, requires_grad=True)
    theta = torch.randn(4, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(
        _TorchNNFunction.apply, (x, theta, network, False), eps=1e-4, atol=1e-3
    )


def test_a_hybrid_model_learns():
    from qiskit_machine_learning.connectors import TorchConnector

    torch.manual_seed(0)
    quantum = TorchConnector(build(EstimatorNetwork), np.full(4, 0.1))
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), quantum)
    x = torch.randn(16, 3)
    y = torch.sign(x[:, :1]) / 2
    optimizer, losses = torch.optim.Adam(model.parameters(), lr=0.1), []
    for _ in range(20):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]
    assert all(parameter.grad is not None for parameter in model.parameters())
