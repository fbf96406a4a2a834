"""How a trained learner answers the test episodes: in simulation, on devices; here or elsewhere."""
