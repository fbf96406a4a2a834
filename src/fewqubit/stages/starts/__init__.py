"""Stages of variational problems: draw problems, learn a start, run descents, propose angles."""
