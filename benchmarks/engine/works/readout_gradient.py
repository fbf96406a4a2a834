"""The same with all qubits read: L = mean_i y_i mean_q ⟨Z_q⟩_i, as most networks read a circuit."""

from benchmarks.engine.works import expectation_gradient
from benchmarks.engine.works.cell import Cell

TITLE = "Value and gradient of all ⟨Z_q⟩, hardware-efficient, 4 layers"
HEADLINE = Cell(10, 256)
CELLS = [HEADLINE]
inputs, distance = expectation_gradient.inputs, expectation_gradient.distance
cost = expectation_gradient.gradient_cost
