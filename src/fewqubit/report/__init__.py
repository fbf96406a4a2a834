"""All results on one page, in a table and in the terminal."""
