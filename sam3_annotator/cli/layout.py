"""How the command line prints: aligned rows, sizes, and one growing progress line."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_EVERY_S = 0.2


def table(rows: Sequence[tuple[str, str]], indent: int = 2) -> str:
    """Rows of name and value, values aligned."""
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join(f"{' ' * indent}{name:<{width}}  {value}" for name, value in rows)


def gigabytes(size_bytes: int) -> str:
    """A size for people: GB from 100 MB on, else MB; powers of 1000, as disks are sold."""
    if size_bytes >= 100_000_000:
        return f"{size_bytes / 1e9:.2f} GB"
    return f"{size_bytes / 1e6:.1f} MB"


@contextmanager
def progress_line(what: str) -> Iterator[Callable[[int, int], None]]:
    """A line on stderr that is rewritten in place; silent where stderr is no terminal.

    Yields:
        A function of bytes done and bytes in all.
    """
    is_shown = sys.stderr.isatty()
    start = last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if not is_shown or (now - last < _EVERY_S and done < total):
            return
        last = now
        share = f"{done / total:.0%} of {gigabytes(total)}" if total else gigabytes(done)
        speed = f"{done / 1e6 / (now - start):.1f} MB/s" if now > start else ""
        print(f"\r{what}: {share} {speed}   ", end="", file=sys.stderr, flush=True)

    try:
        yield report
    finally:
        if is_shown:
            print(file=sys.stderr)
