"""Settings of families, ansätze, starters and contest; nothing here imports JAX or Qiskit."""
