"""Learners on Gram matrices: what they share, a file for each, and the choice among kernels."""
