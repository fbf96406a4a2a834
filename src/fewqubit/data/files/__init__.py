"""A file of rows: is it what its name says, how is it written, what is in it as a data frame."""
