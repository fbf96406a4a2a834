"""Few-shot learning with quantum models."""
