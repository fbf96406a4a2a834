"""What a served model runs: MLflow copies these files beside the parameters, in place of pickle.

``requirements`` tells what they need installed.
"""
