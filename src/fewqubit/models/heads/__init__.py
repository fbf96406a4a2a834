"""Closed-form adaptation: from a support's Gram matrix and labels to a classifier."""

from fewqubit.models.heads.multiclass_svm import multiclass_svm_coefficients
from fewqubit.models.heads.ridge import ridge_coefficients
from fewqubit.models.heads.svm import svm_coefficients

__all__ = ["multiclass_svm_coefficients", "ridge_coefficients", "svm_coefficients"]
