"""Finds out, when a clip is opened, which of its frames really exist."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from sam3_annotator.errors import MediaTrouble
from sam3_annotator.io.video_index import (
    ClipIndex,
    PacketMark,
    first_damage_at_end,
    index_from_decoding,
    index_from_packets,
)
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.io.video_decoder import Decoder

_HEAD_FRAMES = 24
_TAIL_LIMIT_FRAMES = 1000


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found.

    Attributes:
        index: the frames; never empty.
        is_counted: timestamps are useless, ``index.pts`` are just 0, 1, 2, ... and a frame can
            only be reached by decoding from the start.
        warnings: sentences for the user.
    """

    index: ClipIndex
    is_counted: bool
    warnings: tuple[str, ...]


def survey(decoder: Decoder, path: Path) -> Survey:
    """List the frames of an open clip.

    All packets are listed without decoding; then the first frames and the last group of pictures
    are decoded to see that the list tells the truth. Where it does not, everything is decoded.

    Raises:
        MediaTrouble: nothing can be decoded.
    """
    marks, stopped_by = decoder.marks()
    index = index_from_packets(marks)
    warnings: list[str] = []
    if index is not None:
        index = _with_true_head(decoder, index, warnings)
    if index is not None:
        index = _with_true_tail(decoder, index, marks, stopped_by, warnings)
        found = Survey(index, is_counted=False, warnings=tuple(warnings))
    else:
        found = _by_decoding(decoder, marks)
    if not len(found.index):
        raise MediaTrouble(
            "No frame of {path} can be decoded.", "Copy the clip again, or convert it.", path=path
        )
    return found


def _by_decoding(decoder: Decoder, marks: list[PacketMark]) -> Survey:
    shown = [frame.pts for frame in decoder.from_start()]
    index = index_from_decoding(shown, marks)
    if index is not None:
        return Survey(index, is_counted=False, warnings=())
    slow = Wording(
        "This clip has no usable timestamps: its frames are counted, and jumping back is slow."
    )
    return Survey(ClipIndex(tuple(range(len(shown))), ()), is_counted=True, warnings=(slow,))


def _with_true_head(decoder: Decoder, index: ClipIndex, warnings: list[str]) -> ClipIndex | None:
    """Return ``index`` without undecodable first frames; ``None`` when it does not fit at all."""
    shown = [frame.pts for frame in islice(decoder.from_start(), _HEAD_FRAMES)]
    first = index.find(shown[0]) if shown else None
    if first is None or list(index.pts[first : first + len(shown)]) != shown:
        return None
    if first:
        warnings.append(
            Wording(
                "The first {count} frames need pictures from before the start of the file and are "
                "left out.",
                count=first,
            )
        )
    return index.between(index.pts[first], None)


def _with_true_tail(
    decoder: Decoder,
    index: ClipIndex,
    marks: list[PacketMark],
    stopped_by: str,
    warnings: list[str],
) -> ClipIndex:
    """Return ``index`` up to the first frame at the end that does not decode."""
    whole = len(index)
    index = _decodable_part(decoder, index, first_damage_at_end(marks))
    promised = max(decoder.promised_frames, whole) if len(marks) < decoder.promised_frames else 0
    if len(index) < whole or promised or stopped_by:
        warnings.append(
            Wording(
                "The clip cannot be decoded past frame {last}: the end of the file is damaged or "
                "missing{lie}{said}. Everything up to there can be worked on.",
                last=len(index) - 1,
                lie=Wording(" (its header promises {count} frames)", count=promised)
                if promised
                else "",
                said=f" ({stopped_by})" if stopped_by else "",
            )
        )
    return index


def _decodable_part(decoder: Decoder, index: ClipIndex, damage: int | None) -> ClipIndex:
    """Decode the last group of pictures, or as many as it takes to find a good frame."""
    if damage is not None:
        index = index.between(index.pts[0], damage)
    while len(index):
        position = index.anchor_before(len(index) - 1)
        if position < 0:
            break
        anchor = index.anchors[position]
        tail = index.between(anchor.pts, None).pts
        if len(tail) > _TAIL_LIMIT_FRAMES and damage is None:
            break
        frames = decoder.from_anchor(index.anchors, position)
        # A frame marked corrupt is patched up by the decoder, differently from run to run.
        decoded = {frame.pts for frame in frames if not frame.is_corrupt}
        missing = next((pts for pts in tail if pts not in decoded), None)
        if missing is None:
            break
        index = index.between(index.pts[0], missing)
        if missing != anchor.pts:
            break
    return index
