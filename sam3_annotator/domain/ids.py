"""Names for the numbers that identify things, so that one cannot be passed for another."""

from __future__ import annotations

from typing import NewType

MediaId = NewType("MediaId", int)
CategoryId = NewType("CategoryId", int)
ObjectId = NewType("ObjectId", int)
PassId = NewType("PassId", int)
"""One model run (weights, settings, time) that annotations can point back to."""

FrameIndex = NewType("FrameIndex", int)
"""The decoder's own frame number, from 0; always 0 for an image."""

BlobId = NewType("BlobId", str)
"""Content hash of a stored mask (hex)."""
