"""The code of a served model: MLflow copies these files beside the parameters; no pickle.

``requirements`` tells what they need installed.
"""
