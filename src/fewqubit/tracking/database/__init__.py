"""MLflow's database of a project: in which folder, of which version, repaired or begun again."""
