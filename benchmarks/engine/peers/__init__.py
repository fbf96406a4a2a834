"""Who is measured: one file for each peer, written as its experts would use it.

A peer's WORKS maps the name of a work to a function: inputs -> run, where ``run()`` does the whole
work and returns its answer as a NumPy array. What is missing there, the peer does not offer. A peer
is imported in a process of its own; one that is not installed is named as absent.
"""

PEERS = {
    "Fewqubit": "fewqubit",
    "PennyLane on JAX": "pennylane_jax",
    "TensorCircuit-NG on JAX": "tensorcircuit_jax",
    "qujax": "qujax_jax",
    "PennyLane lightning": "lightning",
    "Qulacs": "qulacs",
    "Aer": "aer",
    "qiskit-machine-learning": "qiskit_machine_learning",
    "Qiskit's estimator": "qiskit_estimator",
    "torch": "torch_func",
    "Qandle": "qandle_torch",
}
