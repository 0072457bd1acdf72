"""Runs over a clip, one frame per step: objects from seeds, or concepts from phrases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.engine.protocol import (
    Direction,
    FrameMasks,
    FrameRef,
    Item,
    ObjectMask,
    Progress,
)
from sam3_annotator.inference.exact_masks import answer_masks, exact_masks
from sam3_annotator.inference.predictor import Encoded, Predictor
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.engine.protocol import MediaRef, Propagate, TrackConcept, TrackSeed
    from sam3_annotator.inference.clip_tracking import ClipTracker
    from sam3_annotator.inference.embeddings import EmbeddingCache
    from sam3_annotator.inference.search_run import SearchRun
    from sam3_annotator.io.media import MediaSource
    from sam3_annotator.model.concept_frames import ConceptFrame


@dataclass(frozen=True, slots=True)
class ClipFrames:
    """Encoded frames of one clip, through the session's cache."""

    media: MediaRef
    source: MediaSource
    tracker: ClipTracker[Any]
    predictor: Predictor
    cache: EmbeddingCache[Encoded]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of every frame."""
        return self.source.height, self.source.width

    def encoded(self, frame: int) -> Any:  # noqa: ANN401 - only the backend can read it
        """The frame as the tracker wants it."""
        key: object = FrameRef(self.media, FrameIndex(frame))
        if not self.tracker.shares_features:
            key = ("clip", key)
        kept = self.cache.get(key)
        if kept is None:
            features = self.tracker.encode(self.source.frame(frame))
            height, width = self.size
            kept = Encoded(height, width, self.predictor.info.weights_hash, features)
            self.cache.put(key, kept)
        return kept.features


def propagate(request: Propagate, tracker: ClipTracker[Any], frames: ClipFrames) -> Iterator[Item]:
    """Follow seeded objects over a range.

    Every seed is told before the first frame, also those ahead: what a person has said of a later
    frame helps on this one. The nearest behind is told last, and one within the range once more
    when the run comes to it, for trackers that know the newest mask only.

    Args:
        request: what to compute.
        tracker: fresh, of the same clip.
        frames: of that clip.
    """
    forward = request.direction is Direction.FORWARD
    step = 1 if forward else -1
    by_frame = _by_frame(request.seeds)
    behind = _behind(request, by_frame)
    ahead = sorted(set(by_frame) - set(behind), reverse=forward)
    told = (*ahead, *behind)
    for index, frame in enumerate(told):
        yield Progress(index, len(told), Wording("Looking at human frames"))
        _condition(tracker, frames, frame, by_frame[frame])
    for frame in range(request.start, request.stop + step, step):
        features = frames.encoded(frame)
        yield Progress(0, 0, Wording("Tracking"))  # a click may be answered between the two halves
        if frame in by_frame:
            _condition(tracker, frames, frame, by_frame[frame])
        found = tracker.step(frame, features, reverse=not forward)
        masks = answer_masks(found.values(), *frames.size)
        objects = tuple(
            ObjectMask(object_id, mask, answer.score, answer.object_score)
            for (object_id, answer), mask in zip(found.items(), masks, strict=True)
        )
        yield FrameMasks(request.key, request.media.media_id, FrameIndex(frame), objects)


def _by_frame(seeds: tuple[TrackSeed, ...]) -> dict[int, list[TrackSeed]]:
    by_frame: dict[int, list[TrackSeed]] = {}
    for seed in seeds:
        by_frame.setdefault(int(seed.frame), []).append(seed)
    return by_frame


def _behind(request: Propagate | TrackConcept, frames: Iterable[int]) -> list[int]:
    """Those frames that a run has passed already when it starts, in its direction."""
    forward = request.direction is Direction.FORWARD
    step = 1 if forward else -1
    return sorted((f for f in frames if (request.start - f) * step > 0), reverse=not forward)


def _condition(
    tracker: ClipTracker[Any], frames: ClipFrames, frame: int, seeds: list[TrackSeed]
) -> None:
    height, width = frames.size
    masks = {int(s.object_id): s.mask.to_array(height, width) for s in seeds}
    tracker.condition(frame, frames.encoded(frame), masks)


def track_concepts(request: TrackConcept, run: SearchRun, frames: ClipFrames) -> Iterator[Item]:
    """Find, follow and end every instance of the request's concept over a range.

    Each frame is published as soon as it is computed, marked provisional while its tracks may still
    turn out to be mistakes; ``FrameMasks.removed`` names those.

    Args:
        request: what to compute.
        run: fresh, of the same clip.
        frames: of that clip.
    """
    forward = request.direction is Direction.FORWARD
    step = 1 if forward else -1
    number = 0
    for index, (prompted, prompt) in enumerate(request.prompts):
        number = run.add(int(prompted), prompt, number if index else None)
    by_frame = _by_frame(request.seeds)
    behind = _behind(request, by_frame)
    for index, frame in enumerate(behind):
        yield Progress(index, len(behind), Wording("Looking at what was found before"))
        _seed(run, frames, frame, by_frame[frame], number)
    for frame in range(request.start, request.stop + step, step):
        features = frames.encoded(frame)
        yield Progress(0, 0, Wording("Looking for the concept"))
        if frame in by_frame:
            _seed(run, frames, frame, by_frame[frame], number)
        found = run.step(frame, features, reverse=not forward)
        masks = concept_masks(found, frames.size, request.key, request.media.media_id)
        yield replace(masks, is_provisional=run.is_provisional)


def _seed(
    run: SearchRun, frames: ClipFrames, frame: int, seeds: list[TrackSeed], concept: int
) -> None:
    height, width = frames.size
    known = {int(s.object_id): (s.mask.to_array(height, width), s.score) for s in seeds}
    run.seed(frame, frames.encoded(frame), known, concept)


def concept_masks(
    found: ConceptFrame, size: tuple[int, int], key: Hashable, media_id: MediaId
) -> FrameMasks:
    """What a step has found, in original pixels.

    Args:
        found: of one frame.
        size: height and width of the frame, pixels.
        key: whose answer it is.
        media_id: of the clip.
    """
    rows = [mask.logits.float().cpu().numpy() for mask in found.masks]
    masks = exact_masks(rows, [mask.close_up for mask in found.masks], *size)
    objects = tuple(
        ObjectMask(
            track=one.object_id,
            mask=mask,
            score=one.score,
            object_score=float(torch.sigmoid(torch.tensor(one.object_logit))),
            is_new=one.object_id in found.began,
            concept=one.concept,
            detector_iou=one.detector_iou,
        )
        for one, mask in zip(found.masks, masks, strict=True)
    )
    return FrameMasks(key, media_id, FrameIndex(found.frame), objects, found.removed)
