"""Starts that need no meta-learning, one kind a file: what a learned start must beat."""
