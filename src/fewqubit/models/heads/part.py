"""Masks for padded supports: rows that have a class, and classes that have a row.

A support that is padded to a size has rows of no class (all zeros in the one-hot labels) and
classes without a row. A head ignores both, so that they change no answer.
"""

from jaxtyping import Array, Float


def taking_part(one_hot: Float[Array, "s N"]) -> tuple[Float[Array, " s"], Float[Array, " N"]]:
    """1 for a row that has a class, else 0; 1 for a class that has a row, else 0."""
    return one_hot.max(axis=1), one_hot.max(axis=0, initial=0)


def among(gram: Float[Array, "s s"], rows: Float[Array, " s"]) -> Float[Array, "s s"]:
    """``gram`` between rows that have a class, 0 elsewhere."""
    return gram * rows[:, None] * rows
