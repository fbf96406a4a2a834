"""Last pass, after ``fuse``: groups of a fused program as a JAX function.

Start reading at ``function``.
"""
