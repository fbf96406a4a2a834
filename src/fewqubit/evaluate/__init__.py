"""Results on the frozen episodes, intervals and verdicts; plain baselines."""
