"""First pass, before ``fuse``: what Qiskit's instructions mean, as data.

Start reading at ``instructions``.
"""
