"""Regression tasks: evaluation of learners and of plain baselines by explained variance.

Numbers are in units of their standard deviation in meta-train. The score of a task is 1 − MSE/V,
where V is the variance of all query numbers of the test episodes. Its mean over episodes is then R²
over all their queries.
"""
