"""Plain baselines: classifiers without meta-training of circuits, tuned on validation episodes."""
