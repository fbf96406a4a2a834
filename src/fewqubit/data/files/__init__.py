"""Files of rows: check that a file is what its name says, detect its format, read a data frame."""
