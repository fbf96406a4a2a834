"""Is anything amiss with this machine or this project? Findings, and a remedy for each fault."""
