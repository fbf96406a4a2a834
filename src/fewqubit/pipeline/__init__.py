"""Runs the stages of dvc.yaml: DVC owns the graph and the cache; this room owns the processes."""
