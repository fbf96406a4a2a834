"""Tables of mixed columns: the kind of each column, its cells as numbers, features from them.

``kinds`` chooses kinds by plain rules. ``codes`` turns any table into an array of numbers.
``encoding``, fitted on meta-train rows, fills and flags gaps and one-hot encodes categories. All
three use ``schema``.
"""
