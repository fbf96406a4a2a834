"""Second pass, between ``parse`` and ``emit``: a program as few large groups.

Start reading at ``slide``.
"""
