"""Families of problems: a named random stream -> Hamiltonians, one family per file."""
