"""New projects: the files of this repository's own, with settings fitted to a table."""
