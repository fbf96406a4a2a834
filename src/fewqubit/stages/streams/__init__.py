"""Stages of a stream: ``arrive`` makes its groups, ``walk`` goes through them with a learner."""
