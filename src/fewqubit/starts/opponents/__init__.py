"""Starts without meta-learning, which a learned start must beat; one kind per file."""
