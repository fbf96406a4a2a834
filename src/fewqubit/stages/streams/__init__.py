"""Stages of a stream: ``arrive`` makes its groups, ``walk`` trains a learner on each in turn."""
