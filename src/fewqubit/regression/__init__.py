"""Tasks that ask for numbers: a learner on them, and plain baselines, by what they explain.

Numbers are in units of their spread in meta-train. A task is scored by 1 − MSE/V, V the variance of
all numbers that the test episodes ask for: the mean over episodes is R² over all their queries.
"""
