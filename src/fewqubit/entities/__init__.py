"""Named entities from few sentences: episodes by sentences, answers about words to entities, F1.

A word is an example, so every learner labels words as it labels rows; a sentence is what is drawn,
and an entity what is counted. ``manifest`` draws, ``batch`` makes tasks of one size, ``reading``
and ``decode`` make tags of answers, ``score`` counts, ``measure`` and ``tuned`` put them together.
"""
