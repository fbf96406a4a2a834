"""Families, ansätze, starters and their contest as values; nothing here imports JAX or Qiskit."""
