"""The outside world's files: pictures, clips, and other programs' annotations; no Qt, no SQL."""
