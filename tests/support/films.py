"""Long and large clips with moving objects on every frame, for measuring the window."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np

from sam3_annotator.domain.commands import (
    AddCategory,
    AddMedia,
    AddObjects,
    FrameMask,
    NewObject,
    SetMasks,
)
from sam3_annotator.domain.commands_objects import ObjectFrames
from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.ids import CategoryId, FrameIndex, ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.io.opening import gather
from sam3_annotator.workflow.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sam3_annotator.domain.ids import MediaId

Size = tuple[int, int]
_CORNERS = 72
_STEP_FRAMES = 1000


@dataclass(frozen=True)
class Film:
    """How a clip is made: H.264 at 30 frames per second, blocks that move.

    Attributes:
        size: (width, height) in pixels.
        frames: how many.
        group: frames from one keyframe to the next.
    """

    size: Size = (1920, 1080)
    frames: int = 300
    group: int = 30

    def write(self, path: Path) -> Path:
        """Encode it."""
        width, height = self.size
        side = max(4, height // 30)
        random = np.random.default_rng(1)
        blocks = random.integers(0, 255, (height // side + 1, width // side + 60, 3), np.uint8)
        scene = blocks.repeat(side, 0).repeat(side, 1)
        room = scene.shape[1] - width
        with av.open(str(path), "w") as container:
            options = {"x264-params": f"keyint={self.group}:scenecut=0:bframes=2"}
            stream = container.add_stream(
                "libx264", rate=30, options={**options, "preset": "veryfast", "crf": "26"}
            )
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for index in range(self.frames):
                left = abs((index * 5) % (2 * room) - room)
                pixels = np.ascontiguousarray(scene[:height, left : left + width])
                frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
                frame.pts, frame.time_base = index, Fraction(1, 30)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path


def blob(number: int, frame: int, size: Size, *, across: float = 0.16) -> Mask:
    """The mask of moving object ``number``: lobed, turning, breathing, never twice the same.

    Args:
        number: of the object; sets its course and outline.
        frame: where on its course.
        size: (width, height) of the picture in pixels.
        across: its usual width as a share of the picture's height.
    """
    width, height = size
    angles = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    edge = 1 + 0.18 * np.cos(3 * angles + number) + 0.07 * np.cos(7 * angles + 0.21 * frame)
    edge = edge * across * height / 2 * (1 + 0.15 * np.sin(0.03 * frame + number))
    turned = angles + 0.011 * frame + number
    x = width * (0.5 + 0.4 * np.sin(0.013 * frame + 2.4 * number)) + edge * np.cos(turned)
    y = height * (0.5 + 0.4 * np.cos(0.017 * frame + 1.7 * number)) + edge * np.sin(turned)
    left, top = int(x.min()) - 1, int(y.min()) - 1
    canvas = np.zeros((int(y.max()) - top + 2, int(x.max()) - left + 2), np.uint8)
    corners = np.stack((x - left, y - top), axis=1).round().astype(np.int32)
    cv2.fillPoly(canvas, [corners], 1)
    return Mask.from_array(canvas, left, top).clipped(width, height)


def label(
    document: Document,
    media_id: MediaId,
    objects: int,
    *,
    across: float = 0.16,
    human_every: int = 0,
) -> tuple[ObjectId, ...]:
    """Put moving objects on every frame of a clip, as a model would have.

    Args:
        document: an open project.
        media_id: its clip.
        objects: how many.
        across: see :func:`blob`.
        human_every: a human frame every so many frames; 0 for none but the first.
    """
    media = document.project.medium(media_id)
    size = (media.width, media.height)
    category = CategoryId(document.do(AddCategory("kite")).made[0])
    made = []
    for number in range(objects):
        first = FrameMask(FrameIndex(0), blob(number, 0, size, across=across))
        new = NewObject(media_id, category, (first,), origin="click")
        found = ObjectId(document.do(AddObjects((new,))).made[0])
        made.append(found)
        for stretch in _stretches(media.frame_count):
            masks = tuple(
                FrameMask(FrameIndex(f), blob(number, f, size, across=across), 0.9)
                for f in stretch
                if f
            )
            document.do(SetMasks((ObjectFrames(found, masks),), Source.MODEL))
        if human_every:
            kept = tuple(
                FrameMask(FrameIndex(f), blob(number, f, size, across=across))
                for f in range(human_every, media.frame_count, human_every)
            )
            document.do(SetMasks((ObjectFrames(found, kept),), Source.HUMAN))
    return tuple(made)


def labelled_film(folder: Path, film: Film, objects: int, **how: float) -> Path:
    """A project file with one clip and moving objects on all of its frames."""
    film.write(folder / "film.mp4")
    path = folder / "film.s3a"
    document = Document.create(path, "Ada")
    found = gather([folder / "film.mp4"], lambda p: p.name, lambda *_: None)
    (media_id,) = document.do(AddMedia(found.items)).made
    label(document, media_id, objects, **how)
    document.close()
    return path


def _stretches(count: int) -> Iterator[range]:
    for first in range(0, count, _STEP_FRAMES):
        yield range(first, min(count, first + _STEP_FRAMES))
