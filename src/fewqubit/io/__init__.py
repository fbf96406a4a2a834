"""Artefacts on disk: whole files or none, checksums that vouch for them, journals, progress."""
