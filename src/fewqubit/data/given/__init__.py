"""Check the rows and labels that users give to a classifier."""
