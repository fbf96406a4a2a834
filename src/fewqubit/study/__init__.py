"""Comparisons in memory: the pipeline's computations on one data set, without its files."""
