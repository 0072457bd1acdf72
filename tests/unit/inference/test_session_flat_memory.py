"""A long run through the session takes no more memory than a short one."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import numpy as np
import pytest

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import FrameIndex, MediaId, ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.engine.protocol import (
    Direction,
    FrameMasks,
    LoadModel,
    MediaRef,
    Propagate,
    TrackSeed,
)
from sam3_annotator.inference import session as session_module
from sam3_annotator.inference.predictor import Predictor
from sam3_annotator.inference.session import ModelSession
from tests.support.tiny_models import tiny_sam2, tiny_sam3

FRAMES, WARM = 300, 60
HEIGHT, WIDTH = 90, 160
CACHE_BYTES = 3_000_000
ALLOWED = 1.03
"""Python's own arenas settle slowly; keeping every frame's embedding adds eight per cent."""

CLIP = MediaRef(MediaId(1), "/clip", 0, "clip", "h")


class MadeUpClip:
    """Frames made when asked for: a disc on noise that moves by a pixel a frame."""

    height, width, frame_count = HEIGHT, WIDTH, FRAMES

    def frame(self, index):
        picture = np.random.default_rng(index).integers(0, 90, (HEIGHT, WIDTH, 3), np.uint8)
        y, x = np.mgrid[:HEIGHT, :WIDTH]
        picture[(x - 20 - index % 100) ** 2 + (y - 45) ** 2 < 200] = 220
        return picture

    def close(self):
        """Nothing is open."""


def resident_bytes():
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads Linux's process table")
@pytest.mark.parametrize("make", [tiny_sam2, tiny_sam3])
def test_memory_is_flat_over_a_run(make, monkeypatch):
    backend = make()
    monkeypatch.setattr(session_module.Predictor, "load", lambda *_: Predictor(backend))
    session = ModelSession(lambda _media: MadeUpClip(), cache_bytes=CACHE_BYTES)
    list(session.run(LoadModel("tiny")))
    seeds = tuple(
        TrackSeed(ObjectId(n), FrameIndex(0), Mask.from_box(PixelBox(10 * n, 30, 10 * n + 20, 60)))
        for n in (1, 2, 3)
    )
    last = FrameIndex(FRAMES - 1)
    request = Propagate("run", CLIP, seeds, FrameIndex(0), last, Direction.FORWARD)
    resident, cached, seen = {}, {}, 0
    for item in session.run(request):
        if not isinstance(item, FrameMasks):
            continue
        seen += 1
        assert len(item.objects) == 3
        if item.frame in (WARM, last):
            resident[item.frame] = resident_bytes()
            cached[item.frame] = session._embeddings.size_bytes
    session.close()
    assert seen == FRAMES
    assert max(cached.values()) <= CACHE_BYTES
    assert resident[last] / resident[FrameIndex(WARM)] <= ALLOWED
