"""Each stage, from files to files: what the scripts in ``pipelines/`` call."""
