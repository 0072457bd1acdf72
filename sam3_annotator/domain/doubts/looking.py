"""Looking: one object's masks looked at a stretch of frames at a time, in any order.

Half a million masks take minutes to decode. So the stretches that the columns make doubtful come
first, and what has been seen counts at once.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.doubts.evidence import note_jumps, visible
from sam3_annotator.domain.doubts.looks import likeness
from sam3_annotator.domain.doubts.signals import COLUMN, Signal, ramp
from sam3_annotator.domain.masklet import unpack_blob_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sam3_annotator.domain.doubts.evidence import Evidence
    from sam3_annotator.domain.doubts.looks import Eye, Look
    from sam3_annotator.domain.ids import BlobId, FrameIndex, ObjectId
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.masklet import Masklet

    MaskAt = Callable[[ObjectId, FrameIndex], Mask | None]
    _Last = tuple[BlobId | None, Look] | None

STRETCH = 32
"""Masks in a stretch: they are read in one go, which must not hold the window up."""


class Looking:
    """Adds PIECES and SHAPE to an object's evidence.

    AREA, CENTRE and RETURN are measured again without specks once every mask has been seen.

    Args:
        evidence: is changed by :meth:`note` alone.
        masklet: the object.
        mask_at: decodes a mask.
        eye: remembers what was seen before.
        read: many masks by their names in one go; those it leaves out are asked of ``mask_at``.
    """

    def __init__(
        self,
        evidence: Evidence,
        masklet: Masklet,
        mask_at: MaskAt,
        eye: Eye,
        read: Callable[[Sequence[BlobId]], Mapping[BlobId, Mask]] = lambda _: {},
    ) -> None:
        self._evidence, self._masklet = evidence, masklet
        self._mask_at, self._eye, self._read = mask_at, eye, read
        self._rows = np.flatnonzero(visible(masklet))
        self._frames = masklet.frames[self._rows]
        count = self._rows.size
        self._pieces = np.zeros(count, np.int64)
        self._alike = np.ones(count)
        self._boxes_xyxy_px = evidence.boxes_xyxy_px[self._rows]
        self._is_seen = np.zeros(count, np.bool_)
        self.is_open = np.ones(-(-count // STRETCH), np.bool_)

    def __len__(self) -> int:
        return int(self._rows.size)

    @property
    def seen(self) -> int:
        """How many masks have been looked at."""
        return int(np.count_nonzero(self._is_seen))

    @property
    def is_done(self) -> bool:
        """Whether all have been."""
        return not self.is_open.any()

    def likeliest(self, chances: NDArray[np.floating]) -> NDArray[np.float64]:
        """(S,) the highest chance of an error in each stretch, of (A,) chances of all frames."""
        mine = np.asarray(chances[self._rows], np.float64)
        starts = np.arange(0, mine.size, STRETCH)
        return np.maximum.reduceat(mine, starts) if mine.size else np.zeros(0)

    def stretch_at(self, frame: int) -> int | None:
        """The stretch that a frame lies in or next to; None without any."""
        if not self._frames.size:
            return None
        place = int(np.searchsorted(self._frames, frame))
        return min(place, self._frames.size - 1) // STRETCH

    def look(self, stretch: int) -> Iterator[None]:
        """Look at a stretch of frames, at most one mask decoded for each ``next()``.

        Frames whose mask is the same as on the frame before cost nothing.
        """
        first = stretch * STRETCH
        places = range(first, min(first + STRETCH, self._rows.size))
        blobs = [self._blob(place) for place in places]
        new = [blob for blob in blobs if blob is not None and not self._eye.knows(blob)]
        masks = self._read(new) if new else {}
        yield
        last = self._before(first)
        for place, blob in zip(places, blobs, strict=True):
            self._is_seen[place] = True
            if last is not None and blob == last[0]:
                self._keep(place, last[1])
                continue
            look = self._look_at(place, blob, masks)
            if look is None:
                self._pieces[place] = 0 if last is None else last[1].pieces
                continue
            self._keep(place, look)
            self._alike[place] = 1.0 if last is None else likeness(look, last[1])
            last = (blob, look)
            yield
        self.is_open[stretch] = False

    def note(self) -> None:
        """Write down what has been seen so far."""
        evidence, rows = self._evidence, self._rows
        if self.is_done:
            evidence.boxes_xyxy_px[rows] = self._boxes_xyxy_px
            note_jumps(evidence, self._masklet)
        columns = [COLUMN[Signal.PIECES], COLUMN[Signal.SHAPE]]
        evidence.strengths[:, columns] = 0.0
        evidence.values[:, columns] = np.nan
        at = 1 + np.flatnonzero(self._is_seen[1:] & self._is_seen[:-1])
        if not at.size:
            return
        change = self._pieces[at] - self._pieces[at - 1]
        usual = float(np.mean(change != 0))
        strength = np.where(change != 0, max(0.0, 1.0 - 2.0 * usual), 0.0)
        evidence.note(Signal.PIECES, rows[at], strength, change.astype(np.float64))
        unlike = 1.0 - self._alike[at]
        usual = float(np.median(unlike))
        strength = ramp(unlike / (0.06 + 3 * usual), 1.0, 3.5)
        evidence.note(Signal.SHAPE, rows[at], strength, self._alike[at])

    def _blob(self, place: int) -> BlobId | None:
        return unpack_blob_id(self._masklet.rows["blob"][self._rows[place]].tobytes())

    def _look_at(
        self, place: int, blob: BlobId | None, masks: Mapping[BlobId, Mask]
    ) -> Look | None:
        if blob is not None and blob in masks:
            return self._eye.look(blob, lambda: masks[blob])
        decode = partial(self._mask_at, self._masklet.object_id, self._frames[place])
        return self._eye.look(blob, decode)

    def _before(self, first: int) -> _Last:
        """The last mask before a stretch, and what it looks like."""
        for place in range(first - 1, -1, -1):
            blob = self._blob(place)
            look = self._look_at(place, blob, {})
            if look is not None:
                return blob, look
        return None

    def _keep(self, place: int, look: Look) -> None:
        self._pieces[place] = look.pieces
        self._boxes_xyxy_px[place] = look.box_xyxy_px
