"""Ansätze: circuits whose only parameters are the angles of a start; one kind per file."""
