"""Checks of this machine and this project: findings, and a remedy for each fault."""
