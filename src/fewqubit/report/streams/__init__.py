"""Streams in the report: what every arm of every learner learned and forgot, and the verdicts."""
