"""MLflow's database of a project: its folder, its version, its repair and its replacement."""
