"""Pure functions of (params, x): encoders, quantum models, and their classical twins."""
