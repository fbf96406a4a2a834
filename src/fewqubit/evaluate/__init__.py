"""Results of the frozen episodes, intervals and verdicts; the plain baselines."""
