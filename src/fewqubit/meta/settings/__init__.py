"""Learners as values: their settings, and what follows from them without arrays.

Nothing here imports JAX. ``build`` imports the module of the algorithm, which does.
"""
