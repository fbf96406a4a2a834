"""Answers of trained learners to test episodes: simulated or on devices, local or distributed."""
