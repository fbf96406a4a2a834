"""Named entities from few sentences: episodes by sentences, answers about words to entities, F1.

A word is an example, so every learner labels words as it labels rows. Sentences are drawn, and
entities are counted. ``manifest`` draws episodes and ``batch`` makes them tasks of one size.
``reading`` and ``decode`` turn answers into tags, and ``score`` counts entities. ``measure`` does
all of this for a learner, ``tuned`` for a baseline.
"""
