"""First pass: what Qiskit's instructions mean, as data. ``instructions`` is where it begins."""
