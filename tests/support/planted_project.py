"""A planted clip as a real project: the film is painted and encoded, masklets are on disk."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np

from sam3_annotator.domain.commands import (
    AddCategory,
    AddMedia,
    AddModelPass,
    AddObjects,
    FrameMask,
    NewMedia,
    NewObject,
    ObjectFrames,
    SetMasks,
)
from sam3_annotator.domain.entities import MediaKind, Source
from sam3_annotator.domain.ids import CategoryId, FrameIndex, MediaId, ObjectId, PassId
from sam3_annotator.workflow.document import Document

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.planted import Planted

COLORS = ((208, 92, 92), (86, 140, 196), (120, 176, 96), (190, 150, 70), (150, 110, 180))


def film(clip: Planted, path: Path) -> None:
    """Paint the truth of a planted clip and encode it."""
    rng = np.random.default_rng(5)
    ground = rng.integers(150, 175, (clip.height // 8, clip.width // 8, 3)).astype(np.uint8)
    ground = cv2.resize(ground, (clip.width, clip.height), interpolation=cv2.INTER_CUBIC)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "20", "g": "12"})
        stream.width, stream.height, stream.pix_fmt = clip.width, clip.height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 25)
        for frame in range(clip.frame_count):
            picture = ground.copy()
            for number in clip.masklets:
                mask = clip.truth[int(number), frame]
                picture[mask.to_array(clip.height, clip.width)] = COLORS[int(number) % len(COLORS)]
            video = av.VideoFrame.from_ndarray(picture, format="rgb24")
            video.pts, video.time_base = frame, Fraction(1, 25)
            container.mux(stream.encode(video))
        container.mux(stream.encode(None))


def project_of(clip: Planted, folder: Path, author: str = "Ada") -> tuple[Path, MediaId]:
    """A project with this clip, its objects and everything the tracker said."""
    film(clip, folder / "clip.mp4")
    path = folder / "clip.s3a"
    document = Document.create(path, author)
    media = MediaId(
        document.do(
            AddMedia(
                (
                    NewMedia(
                        MediaKind.CLIP,
                        "clip.mp4",
                        "hash",
                        clip.width,
                        clip.height,
                        frame_count=clip.frame_count,
                    ),
                )
            )
        ).made[0]
    )
    category = CategoryId(document.do(AddCategory("blob")).made[0])
    model = PassId(document.do(AddModelPass("planted", "0" * 64)).made[0])
    for number, masklet in sorted(clip.masklets.items()):
        first = FrameMask(FrameIndex(0), clip.masks[int(number), 0])
        new = NewObject(media, category, (first,), origin="click")
        made = ObjectId(document.do(AddObjects((new,))).made[0])
        rest = tuple(
            FrameMask(
                note.frame,
                clip.masks[int(number), note.frame],
                note.score,
                attributes=note.attributes,
            )
            for note in masklet.annotations()[1:]
        )
        document.do(SetMasks((ObjectFrames(made, rest),), Source.MODEL, model))
    document.close()
    return path, media
