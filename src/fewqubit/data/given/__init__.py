"""What a person hands to a classifier: rows, and labels, checked at the door."""
