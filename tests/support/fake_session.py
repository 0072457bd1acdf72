"""A deterministic session for tests: discs around clicks, and no model.

It answers every request with the right types at once, and can be told to be slow (a gate that a
test opens), to fail, or to run out of memory, so that the window's behaviour can be tested
without torch.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.geometry import Box, PixelBox, Point
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.engine.protocol import (
    Candidate,
    Candidates,
    Capability,
    Direction,
    EncodeFrame,
    FindConcept,
    FrameEncoded,
    FrameMasks,
    FrameRef,
    FreeMemory,
    Item,
    LoadModel,
    MaskChoice,
    ModelInfo,
    ModelLoaded,
    ObjectMask,
    PlanRun,
    Progress,
    Propagate,
    Request,
    RunNeeds,
    Segmented,
    SegmentObject,
    TrackConcept,
    TrackSeed,
)
from sam3_annotator.engine.session import MemoryFigures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sam3_annotator.domain.prompts import PromptSet
    from sam3_annotator.errors import AnnotatorError

FAKE_NAME = "fake engine (no model)"
_RADIUS_PX = 20.0


class FakeSession:
    """Answers like a model, computes like a toy.

    Args:
        size_of: (width, height) in pixels of a frame.

    Attributes:
        gate: every step waits until it is set; clear it to make the engine slow.
        fail_with: raised by the next step, once.
        handled: every request seen, in order of their first step.
        began: set whenever a request takes its first step.
        free_bytes: what it says is free; a run needs a mebibyte, and another for each object.
    """

    def __init__(self, size_of: Callable[[FrameRef], tuple[int, int]]) -> None:
        self._size_of = size_of
        self.gate = threading.Event()
        self.gate.set()
        self.fail_with: AnnotatorError | Exception | None = None
        self.handled: list[Request] = []
        self.began = threading.Event()
        self.freed = 0
        self.free_bytes = 1 << 30
        self.is_closed = False

    def run(self, request: Request) -> Iterator[Item]:
        """Answer a request; see the protocol."""
        self.handled.append(request)
        self.began.set()
        for item in self._answer(request):
            self.gate.wait()
            if self.fail_with is not None:
                error, self.fail_with = self.fail_with, None
                raise error
            yield item

    def free_memory(self) -> None:
        """Count the call; there is nothing to free."""
        self.freed += 1

    def memory(self) -> MemoryFigures:
        """A fixed figure."""
        return MemoryFigures(1 << 30, 4 << 30)

    def close(self) -> None:
        """Remember that it was called."""
        self.is_closed = True

    def _answer(self, request: Request) -> Iterator[Item]:
        match request:
            case LoadModel():
                yield Progress(1, 1, FAKE_NAME)
                yield ModelLoaded(fake_info())
            case EncodeFrame(frame=frame):
                yield FrameEncoded(frame, 0.0)
            case SegmentObject():
                yield self._segmented(request)
            case FindConcept():
                yield self._candidates(request)
            case Propagate():
                yield from self._propagated(request)
            case TrackConcept():
                yield from self._tracked(request)
            case PlanRun():
                yield RunNeeds(request.objects, 1 << 20, 1 << 20, self.free_bytes)
            case FreeMemory():
                self.free_memory()

    def _segmented(self, request: SegmentObject) -> Segmented:
        size = self._size_of(request.frame)
        mask = fake_mask(request.prompts, size)
        logits = np.zeros((8, 8), dtype=np.float32)
        logits.flags.writeable = False
        choices = [MaskChoice(mask, 0.9, logits)]
        if request.wants_three:
            choices += [
                MaskChoice(fake_mask(request.prompts, size, scale), 0.9 - 0.1 * scale, logits)
                for scale in (2.0, 3.0)
            ]
        return Segmented(request.key, request.frame, request.prompts, tuple(choices), 0.99)

    def _candidates(self, request: FindConcept) -> Candidates:
        width, height = self._size_of(request.frame)
        found = []
        for index in range(4):
            center = Point(width * (2 * index + 1) / 8, height / 2)
            mask = _disc(center, min(width, height) / 10, (width, height))
            found.append(Candidate(mask, mask.box.box(), 0.95 - 0.2 * index))
        kept = tuple(c for c in found if c.score >= request.min_score)
        return Candidates(request.key, request.frame, request.concept, kept, 0.97)

    def _propagated(self, request: Propagate) -> Iterator[Item]:
        for frame in _frames(request.start, request.stop, request.direction):
            objects = tuple(
                ObjectMask(int(object_id), _moved(seed, frame), 0.8, 0.9)
                for object_id, seed in _nearest_seeds(request.seeds, frame).items()
            )
            yield FrameMasks(request.key, request.media.media_id, frame, objects)

    def _tracked(self, request: TrackConcept) -> Iterator[Item]:
        """One thing that moves to the right; more only where more are known."""
        for frame in _frames(request.start, request.stop, request.direction):
            box = PixelBox(10 + frame, 10, 30 + frame, 30)
            found: tuple[ObjectMask, ...] = (
                ObjectMask(0, Mask.from_box(box), 0.9, 0.9, is_new=True, concept=0),
            )
            if request.seeds:
                found = tuple(
                    ObjectMask(one, _moved(seed, frame), 0.9, 0.9, concept=0, detector_iou=0.75)
                    for one, seed in _nearest_seeds(request.seeds, frame).items()
                )
            yield FrameMasks(request.key, request.media.media_id, frame, found)


def fake_info() -> ModelInfo:
    """What the fake says it is; its name tells people that no model is at work."""
    return ModelInfo(FAKE_NAME, "fake", frozenset(Capability), "0" * 64, "cpu", "fp32")


def fake_mask(prompts: PromptSet, size: tuple[int, int], scale: float = 1.0) -> Mask:
    """Discs around positive clicks and the box's ellipse, less discs around negative clicks.

    Args:
        size: (width, height) of the picture in pixels.
        scale: factor on the radius of positive discs.
    """
    mask = prompts.mask or EMPTY_MASK
    if prompts.box is not None:
        mask = mask.union(_ellipse(prompts.box, size))
    for click in prompts.clicks:
        if click.is_positive:
            mask = mask.union(_disc(click.point, _RADIUS_PX * scale, size))
        else:
            mask = mask.minus(_disc(click.point, _RADIUS_PX / 2, size))
    return mask


def _disc(center: Point, radius: float, size: tuple[int, int]) -> Mask:
    box = Box(center.x - radius, center.y - radius, center.x + radius, center.y + radius)
    return _ellipse(box, size)


def _ellipse(box: Box, size: tuple[int, int]) -> Mask:
    window = box.pixels().intersection(PixelBox(0, 0, *size))
    if window.is_empty:
        return EMPTY_MASK
    x = np.arange(window.left, window.right) + 0.5 - box.center.x
    y = np.arange(window.top, window.bottom) + 0.5 - box.center.y
    inside = (x[None, :] / (box.width / 2)) ** 2 + (y[:, None] / (box.height / 2)) ** 2 <= 1
    return Mask.from_array(inside, window.left, window.top)


def _frames(start: FrameIndex, stop: FrameIndex, direction: Direction) -> Iterator[FrameIndex]:
    step = 1 if direction is Direction.FORWARD else -1
    yield from (FrameIndex(f) for f in range(start, stop + step, step))


def _nearest_seeds(seeds: tuple[TrackSeed, ...], frame: FrameIndex) -> dict[int, TrackSeed]:
    nearest: dict[int, TrackSeed] = {}
    for seed in sorted(seeds, key=lambda s: -abs(s.frame - frame)):
        nearest[int(seed.object_id)] = seed
    return nearest


def _moved(seed: TrackSeed, frame: FrameIndex) -> Mask:
    return seed.mask.translated(frame - seed.frame, 0)


def fake_session() -> FakeSession:
    """One that finds out the sizes of pictures and clips as the real one does; for ``app.main``."""
    from sam3_annotator.app import open_source  # noqa: PLC0415 - Qt, which few tests of this need

    def size_of(frame: FrameRef) -> tuple[int, int]:
        source = open_source(frame.media)
        try:
            return source.width, source.height
        finally:
            source.close()

    return FakeSession(size_of)
