"""Last pass: groups of a fused program as a JAX function. ``function`` is where it begins."""
