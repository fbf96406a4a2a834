"""Learners of a start, one algorithm a file."""
