"""Closed-form adaptation: from a support's Gram matrix and labels to a classifier."""

from fewqubit.heads.ridge import ridge_coefficients
from fewqubit.heads.svm import svm_coefficients

__all__ = ["ridge_coefficients", "svm_coefficients"]
