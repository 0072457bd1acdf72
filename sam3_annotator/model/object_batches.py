"""Objects computed together, in batches of a size that never depends on how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Batching:
    """Objects per batch for the three stages of a tracked frame.

    Matrix libraries choose their kernels by shape, and kernels differ in the last bit. With
    batches of fixed size (the last one filled up with copies) an object's shapes never depend
    on the other objects, so neither do its answers. One is right for CPUs, where batching
    gains nothing; on GPUs the small stages gain from more.
    """

    attention: int = 1
    decoder: int = 1
    encoder: int = 1


def in_batches(rows: Sequence[Row], size: int) -> Iterator[tuple[list[Row], int]]:
    """Cut ``rows`` into lists of exactly ``size``, with the number of real rows in each.

    The last list is filled up with its own last row; its results are to be thrown away.
    """
    for start in range(0, len(rows), size):
        batch = list(rows[start : start + size])
        real = len(batch)
        yield batch + batch[-1:] * (size - real), real
