"""Several learners on one data set, in memory: what the pipeline does between files."""
