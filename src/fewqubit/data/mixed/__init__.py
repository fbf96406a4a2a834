"""Tables as they are: what each column holds, its cells as numbers, features fitted on them.

``kinds`` chooses by plain rules, ``codes`` makes an array of numbers of any table, and ``encoding``
fills, marks and spreads them into features, as fitted on meta-train rows. ``schema`` is what the
three have in common.
"""
