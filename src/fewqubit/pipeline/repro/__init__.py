"""DVC at work: what it is asked to make, and what its lines say."""
