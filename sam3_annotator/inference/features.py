"""What an encoded picture must offer, whichever family made it."""

from __future__ import annotations

from typing import Protocol, TypeVar


class Features(Protocol):
    """An encoded picture, in whatever form the backend wants it."""

    @property
    def size_bytes(self) -> int:
        """Memory held, bytes."""
        ...


Encoding = TypeVar("Encoding", bound=Features)
