"""Artefacts on disk: atomic writes, checksums, journals, progress."""
