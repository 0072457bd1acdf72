"""Objects computed together: those first followed on the same frame share a batch for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Seat:
    """Where an object sits in the batches, for as long as it is followed.

    Attributes:
        batch: number of the batch.
        row: its row in it, from 0.
        rows: rows of the batch, whatever becomes of the others in it.
    """

    batch: int
    row: int
    rows: int


@dataclass(frozen=True, slots=True)
class Batch(Generic[Row]):
    """Objects to be computed in one go.

    Attributes:
        rows: one per row of the batch; free seats are filled with copies of another row, whose
            results are to be thrown away.
        places: for every real row, where its object stands in the list that was handed in.
        real: the real rows, in the same order.
    """

    rows: list[Row]
    places: list[int]
    real: list[int]


def seats(count: int, most: int, first: int) -> list[Seat]:
    """Seats for objects that come together.

    Args:
        count: of the objects.
        most: rows of a batch, at most.
        first: number of the first batch.
    """
    return [
        Seat(first + place // most, place % most, min(most, count - place // most * most))
        for place in range(count)
    ]


def in_batches(taken: Sequence[Seat], rows: Sequence[Row]) -> Iterator[Batch[Row]]:
    """Put rows into the batches in which their objects sit.

    Matrix libraries choose their kernels by shape, and kernels differ in the last bit. A batch
    never changes its shape and no object its row, so that no answer depends on whether the others
    in the batch are still there.

    Args:
        taken: seat of every row, no two the same.
        rows: what is to be computed.
    """
    members: dict[int, list[int]] = {}
    for place, seat in enumerate(taken):
        members.setdefault(seat.batch, []).append(place)
    for places in members.values():
        filled = [rows[places[0]]] * taken[places[0]].rows
        for place in places:
            filled[taken[place].row] = rows[place]
        yield Batch(filled, places, [taken[place].row for place in places])
