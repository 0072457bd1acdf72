"""Lanes: what the timeline shows of each object, and in which order; no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.entities import ReviewState
from sam3_annotator.ui.panels.timeline.columns import Kind, LaneFrames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sam3_annotator.domain.ids import ObjectId

ROW_PX = 24
HEADING_PX = 20


class Order(str, Enum):
    """How lanes of one category are sorted."""

    NUMBER = "number"
    START = "start"
    LENGTH = "length"
    CONFIDENCE = "confidence"


class Only(str, Enum):
    """Which lanes are shown."""

    ALL = "all"
    HERE = "here"
    SELECTED = "selected"
    OPEN = "open"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One object.

    Attributes:
        color: "#rrggbb", as on the canvas.
        category: what the lane is grouped under.
        frames: its masklet, frame by frame.
        review: of the object as a whole.
    """

    object_id: ObjectId
    name: str
    color: str
    category: str
    frames: LaneFrames
    review: ReviewState = ReviewState.PROPOSED
    is_locked: bool = False
    is_hidden: bool = False

    @property
    def badge(self) -> str:
        """The review as one sign: accepted, rejected, needs work, or not looked at."""
        return {
            ReviewState.ACCEPTED: "✓",
            ReviewState.REJECTED: "✗",
            ReviewState.NEEDS_WORK: "!",
            ReviewState.PROPOSED: "–",  # noqa: RUF001 - a dash is meant
        }[self.review]

    @property
    def is_unsure(self) -> bool:
        """Whether any frame has a low confidence."""
        return bool((self.frames.kinds == Kind.LOW).any())


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the timeline: a heading (``lane`` is None) or a lane; ``top`` in pixels."""

    top: int
    heading: str = ""
    count: int = 0
    lane: Lane | None = None

    @property
    def height(self) -> int:
        """Pixels."""
        return HEADING_PX if self.lane is None else ROW_PX


@dataclass(frozen=True, slots=True)
class Choice:
    """Which lanes are wanted, and how.

    Attributes:
        text: part of a name.
        frame: the shown frame, for ``Only.HERE``.
        selection: the selected objects, for ``Only.SELECTED``.
        folded: categories of which only the heading is shown.
    """

    order: Order = Order.NUMBER
    only: Only = Only.ALL
    text: str = ""
    frame: int = 0
    selection: frozenset[int] = frozenset()
    folded: frozenset[str] = frozenset()


def arranged(lanes: Sequence[Lane], choice: Choice) -> tuple[Row, ...]:
    """The rows to show; with one category there are no headings."""
    wanted = [lane for lane in lanes if _passes(lane, choice)]
    groups: dict[str, list[Lane]] = {}
    for lane in wanted:
        groups.setdefault(lane.category, []).append(lane)
    has_headings = len({lane.category for lane in lanes}) > 1
    rows: list[Row] = []
    top = 0
    for name, members in groups.items():
        if has_headings:
            rows.append(Row(top, name, len(members)))
            top += HEADING_PX
        if has_headings and name in choice.folded:
            continue
        for lane in sorted(members, key=lambda one: _rank(one, choice.order)):
            rows.append(Row(top, lane=lane))
            top += ROW_PX
    return tuple(rows)


def review_overview(lanes: Sequence[Lane], frame_count: int) -> NDArray[np.uint8]:
    """(frame_count,) uint8: 0 nothing there, 1 accepted, 2 open, 3 unsure, 4 rejected.

    Args:
        lanes: every object.
        frame_count: of the clip.
    """
    overview = np.zeros(frame_count, np.uint8)
    for lane in lanes:
        kinds, codes = lane.frames.kinds, lane.frames.reviews
        state = np.where(kinds == 0, 0, np.where(codes == 1, 1, 2)).astype(np.uint8)
        state[(kinds == Kind.LOW) & (codes != 1)] = 3
        state[(codes >= 2) & (kinds > 0)] = 4
        np.maximum(overview, state, out=overview)
    return overview


def _passes(lane: Lane, choice: Choice) -> bool:
    if choice.text and choice.text.casefold() not in lane.name.casefold():
        return False
    match choice.only:
        case Only.ALL:
            return True
        case Only.HERE:
            kinds = lane.frames.kinds
            return choice.frame < kinds.size and kinds[choice.frame] > Kind.ABSENT
        case Only.SELECTED:
            return int(lane.object_id) in choice.selection
        case Only.OPEN:
            return lane.review is not ReviewState.ACCEPTED
        case Only.UNSURE:
            return lane.is_unsure


def _rank(lane: Lane, order: Order) -> tuple[float, int]:
    kinds = lane.frames.kinds
    known = np.flatnonzero(kinds)
    number = int(lane.object_id)
    match order:
        case Order.NUMBER:
            return 0.0, number
        case Order.START:
            return float(known[0]) if known.size else float(kinds.size), number
        case Order.LENGTH:
            return -float(known.size), number
        case Order.CONFIDENCE:
            return -float(np.count_nonzero(kinds == Kind.LOW)), number
