"""Embedding cache: encoded frames, bounded in bytes, least recently used out first."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable


class Sized(Protocol):
    """Anything that knows how much memory it holds."""

    @property
    def size_bytes(self) -> int:
        """Memory held, bytes."""
        ...


Entry = TypeVar("Entry", bound=Sized)


class EmbeddingCache(Generic[Entry]):
    """Keeps what was computed last; dropping any of it changes speed, never answers.

    Args:
        limit_bytes: how much to keep; the newest entry is always kept, however large.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._entries: OrderedDict[Hashable, Entry] = OrderedDict()
        self._bytes = 0

    @property
    def size_bytes(self) -> int:
        """Memory held by all entries."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._entries

    def get(self, key: Hashable) -> Entry | None:
        """An entry, which becomes the most recently used; None when it is not there."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, key: Hashable, entry: Entry) -> None:
        """Keep an entry, dropping the least recently used ones beyond the limit."""
        old = self._entries.pop(key, None)
        if old is not None:
            self._bytes -= old.size_bytes
        self._entries[key] = entry
        self._bytes += entry.size_bytes
        while self._bytes > self._limit and len(self._entries) > 1:
            _, dropped = self._entries.popitem(last=False)
            self._bytes -= dropped.size_bytes

    def clear(self) -> None:
        """Drop everything."""
        self._entries.clear()
        self._bytes = 0
