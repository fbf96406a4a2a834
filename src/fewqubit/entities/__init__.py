"""Named entities from few sentences: reading, episodes by sentences, decoding, F1, comparison.

A token is an example, so every learner labels tokens as it labels rows; a sentence is what is
drawn, and an entity what is counted.
"""
