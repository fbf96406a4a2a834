"""The search for hyperparameters, on validation episodes, with the same budget for every arm.

The only room that imports optuna. It writes plain files, which ``tracking`` mirrors.
"""
