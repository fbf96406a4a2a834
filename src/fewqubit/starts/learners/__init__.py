"""Learners of a start, one algorithm per file."""
