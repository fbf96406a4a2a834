"""Learners as values: what is set, and what follows from it without an array.

Nothing here imports JAX. ``build`` imports the module of the algorithm, which does.
"""
