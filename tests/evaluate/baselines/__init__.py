"""A package, since other rooms have files of the same names."""
