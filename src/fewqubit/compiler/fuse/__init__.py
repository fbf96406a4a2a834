"""Second pass: a program as few large groups. ``slide`` is where it begins; before it is parse."""
