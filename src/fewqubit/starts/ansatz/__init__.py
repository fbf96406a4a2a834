"""Circuits whose only parameters are the angles that a start gives: one kind a file."""
