"""Stages of variational problems: drawn, a start learned for each, and its descents."""
