"""The engine beside its peers: same work, same machine, one process tree, turn by turn."""
