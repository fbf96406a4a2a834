"""A short name for a piece of work."""

import hashlib


def fingerprint(*parts: str | bytes) -> str:
    """A name for a piece of work; different settings or data give a different name."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return digest.hexdigest()[:24]
