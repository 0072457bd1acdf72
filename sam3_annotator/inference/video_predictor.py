"""VideoPredictor: follow objects and concepts through a clip, from a script."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from typing_extensions import Self

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.domain.geometry import Box
from sam3_annotator.domain.ids import FrameIndex, MediaId
from sam3_annotator.domain.prompts import ConceptPrompt, Exemplar
from sam3_annotator.engine.protocol import (
    Capability,
    Direction,
    FrameMasks,
    MediaRef,
    ObjectMask,
    PlanRun,
)
from sam3_annotator.errors import Rejected
from sam3_annotator.inference.clip_run import concept_masks
from sam3_annotator.inference.embeddings import EmbeddingCache
from sam3_annotator.inference.exact_masks import answer_masks
from sam3_annotator.inference.predictor import Encoded, Predictor, click_prompt
from sam3_annotator.inference.run_needs import run_needs
from sam3_annotator.inference.search_run import search_run
from sam3_annotator.io.media import check_index
from sam3_annotator.io.opening import open_media
from sam3_annotator.model.concept_frames import Probation
from sam3_annotator.model.concept_rules import ConceptRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.engine.protocol import RunNeeds
    from sam3_annotator.inference.clip_tracking import ClipTracker
    from sam3_annotator.inference.search_run import SearchRun
    from sam3_annotator.io.media import MediaSource

__all__ = ["ConceptRules", "FrameArrays", "VideoPredictor"]

_KEY = "video"
_CLIP = "The clip"
_MEDIA = MediaId(0)
_NO_FILE = MediaRef(_MEDIA, "", 0, "clip", "")  # arrays have none, and a plan wants none
_CACHE_BYTES = 512 << 20


class FrameArrays:
    """Frames that are in memory already.

    Args:
        frames: (H, W, 3) uint8 RGB pictures of one size.

    Raises:
        ValueError: no frames, or of different shapes.
    """

    def __init__(self, frames: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]) -> None:
        if len(frames) == 0 or any(f.shape != frames[0].shape for f in frames):
            raise ValueError("a clip needs frames, all of one size")
        self._frames = frames
        self.height, self.width = frames[0].shape[:2]
        self.frame_count = len(frames)

    def frame(self, index: int) -> NDArray[np.uint8]:
        """One frame."""
        return self._frames[index]

    def close(self) -> None:
        """Nothing is held open."""


@dataclass(slots=True)
class _Told:
    """What was said of a concept: its phrase, and the frames with a positive exemplar."""

    phrase: str
    shown_on: set[int] = field(default_factory=set)


class VideoPredictor:
    """One clip and what is followed on it. Not thread-safe.

    Prompts may be given on any frame, in any order, before or between propagations. Every object
    has memories of its own: adding, correcting or removing one changes no other.

    Example:
        >>> with VideoPredictor.open("clip.mp4", weights="sam3.pt") as video:
        ...     video.add_concept("yellow school bus")
        ...     video.add_clicks(0, 100, points=[(310, 200)])
        ...     for found in video.propagate():
        ...         print(found.frame, [o.track for o in found.objects])
    """

    def __init__(
        self,
        predictor: Predictor,
        source: MediaSource | FrameArrays,
        rules: ConceptRules | None = None,
    ) -> None:
        self._predictor = predictor
        self._source = source
        self._cache: EmbeddingCache[Encoded] = EmbeddingCache(_CACHE_BYTES)
        self._size = (source.height, source.width)
        self._told: dict[int, _Told] = {}
        backend, total = predictor.backend, source.frame_count
        self._run = search_run(backend, self._size, total, rules)
        self._objects: ClipTracker[Any]
        self._objects = backend.clip_tracker(total) if self._run is None else self._run.objects

    @classmethod
    def open(
        cls,
        clip: str | Path | Sequence[NDArray[np.uint8]] | NDArray[np.uint8],
        *,
        weights: str | Path = "mini",
        device: str = "auto",
        dtype: str = "auto",
        rules: ConceptRules | None = None,
    ) -> VideoPredictor:
        """Open a clip.

        Args:
            clip: a video file, a folder of pictures, a TIFF of many pages, or frames as
                (H, W, 3) uint8 RGB arrays (no video decoder is needed then).
            weights: see :meth:`Predictor.load`.
            device: see :meth:`Predictor.load`.
            dtype: see :meth:`Predictor.load`.
            rules: thresholds of concept tracking.

        Raises:
            FileTrouble: the clip is missing or unreadable.
            MediaTrouble: it cannot be decoded.
            Rejected: the weights cannot track.
        """
        predictor = Predictor.load(weights, device, dtype)
        if isinstance(clip, str | Path):
            return cls(predictor, open_media(Path(clip), MediaKind.CLIP), rules)
        return cls(predictor, FrameArrays(clip), rules)

    @property
    def frame_count(self) -> int:
        """Number of frames."""
        return self._source.frame_count

    def add_clicks(
        self,
        frame: int,
        object_id: int,
        *,
        points: ArrayLike | None = None,
        labels: Sequence[int] | None = None,
        box: ArrayLike | None = None,
    ) -> Mask:
        """Point at an object, new or known; the whole list of its prompts on this frame.

        A known object is corrected from what is remembered of it here, and only it.

        Args:
            frame: frame number.
            object_id: your number for it, from 0.
            points: (P, 2) xy in pixels.
            labels: P times 1 (inside) or 0 (outside).
            box: (4,) xyxy in pixels.

        Returns:
            Its mask on this frame.

        Raises:
            MediaTrouble: there is no such frame.
            Rejected: no prompt at all.
            ValueError: a negative number, labels that do not match, coordinates that are no
                finite numbers.
        """
        _check_number(object_id)
        features = self._features(frame)
        height, width = self._size
        encoded = Encoded(height, width, self._predictor.info.weights_hash, features)
        prompt = click_prompt(encoded, points, labels, box, None, None)
        answer = self._objects.click(frame, features, object_id, prompt)
        self._pin(object_id, frame)
        return answer_masks([answer], *self._size)[0]

    def add_mask(self, frame: int, object_id: int, mask: NDArray[np.bool_]) -> None:
        """Say what an object looks like on a frame.

        Args:
            frame: frame number.
            object_id: your number for it, from 0.
            mask: (H, W) bool; all False says "not on this frame".

        Raises:
            MediaTrouble: there is no such frame.
            ValueError: the mask has another size than the clip, or a negative number.
        """
        _check_number(object_id)
        if mask.shape != self._size:
            raise ValueError(f"expected a mask of shape {self._size}, got {mask.shape}")
        self._objects.condition(frame, self._features(frame), {object_id: mask})
        self._pin(object_id, frame)

    def add_concept(
        self,
        text: str = "",
        *,
        frame: int = 0,
        boxes: ArrayLike | None = None,
        box_labels: Sequence[int] | None = None,
        concept: int | None = None,
    ) -> int:
        """Look for every instance of a phrase, of exemplars, or of both.

        The bundled model takes exemplars alone. A phrase is looked for on every frame; exemplars
        count on the frame they lie on, and may be given on any number of frames.

        Args:
            text: noun phrase, or "" for exemplars alone (objects found on their frame are then
                followed; newcomers need a phrase or exemplars of their own).
            frame: frame the exemplars lie on.
            boxes: (P, 4) xyxy in pixels.
            box_labels: P times 1 (like this) or 0 (not like this); all 1 when left out.
            concept: number of the concept that these exemplars add to; None for one of its own.
                A phrase that was given before is known without it.

        Returns:
            The concept's number.

        Raises:
            MediaTrouble: there is no such frame.
            Rejected: the weights know no concepts, or no phrases and there is one, or there is
                nothing to look for.
            ValueError: labels that do not match, coordinates that are no finite numbers, no such
                concept, or one of another phrase.
        """
        check_index(frame, self.frame_count, _CLIP)
        info = self._predictor.info
        if self._run is None or Capability.TRACK_CONCEPT not in info.capabilities:
            raise Rejected("{name} cannot track concepts; load SAM 3.", name=info.name)
        told = _Told(text.strip()) if concept is None else self._told_of(concept, text)
        prompt = ConceptPrompt(told.phrase, _exemplars(boxes, box_labels))
        if prompt.is_empty and frame not in told.shown_on:
            raise Rejected("Give a phrase, or at least one positive exemplar.")
        number = self._run.add(frame, prompt, concept)
        told = self._told.setdefault(number, told)
        if any(one.is_positive for one in prompt.exemplars):
            told.shown_on.add(frame)
        return number

    def remove(self, object_id: int) -> None:
        """Tell no more of an object; a concept that found it does not find it again."""
        if self._run is not None:
            self._run.remove(object_id)
        else:
            self._objects.remove(object_id)

    def needs(self, objects: int, *, prompted_frames: int = 1, concepts: bool = False) -> RunNeeds:
        """What following so many objects will take on the model's device, before it begins.

        Args:
            objects: followed at once.
            prompted_frames: of the object that was clicked, or given a mask, on most of them.
            concepts: whether phrases or exemplars find them. ``ConceptRules(max_objects=...)``
                limits those to what there is room for (``RunNeeds.room_for``).

        Raises:
            ValueError: fewer than no objects.
        """
        if objects < 0 or prompted_frames < 1:
            raise ValueError(f"cannot plan for {objects} objects on {prompted_frames} frames")
        backend = self._predictor.backend
        plan = PlanRun(_NO_FILE, objects, prompted_frames, concepts)
        return run_needs(backend, backend.device, plan, self._cache.size_bytes)

    def propagate(
        self,
        start: int = 0,
        stop: int | None = None,
        direction: str = "forward",
        *,
        provisional: bool = False,
    ) -> Iterator[FrameMasks]:
        """Follow everything over a range; stop iterating to cancel.

        Args:
            start: first frame.
            stop: last frame, included; by default the clip's end in this direction.
            direction: "forward" or "backward".
            provisional: yield each frame at once, with ``removed`` telling later which objects
                were mistakes, instead of holding frames back until that is settled.

        Raises:
            ValueError: the range lies outside the clip, or against the direction.
        """
        forward = Direction(direction) is Direction.FORWARD
        last = self.frame_count - 1
        if stop is None:
            stop = last if forward else 0
        step = 1 if forward else -1
        inside = 0 <= start <= last and 0 <= stop <= last
        if not inside or (stop - start) * step < 0:
            raise ValueError(f"cannot go {direction} from {start} to {stop} of {last + 1} frames")
        frames = range(start, stop + step, step)
        if self._run is None:
            return self._objects_only(frames, reverse=not forward)
        return self._with_concepts(self._run, frames, reverse=not forward, at_once=provisional)

    def close(self) -> None:
        """Release the clip."""
        self._cache.clear()
        self._source.close()

    def __enter__(self) -> Self:
        """Use as a context: closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------ inside

    def _objects_only(self, frames: range, *, reverse: bool) -> Iterator[FrameMasks]:
        for frame in frames:
            found = self._objects.step(frame, self._features(frame), reverse=reverse)
            masks = answer_masks(found.values(), *self._size)
            objects = tuple(
                ObjectMask(object_id, mask, answer.score, answer.object_score)
                for (object_id, answer), mask in zip(found.items(), masks, strict=True)
            )
            yield FrameMasks(_KEY, _MEDIA, FrameIndex(frame), objects)

    def _with_concepts(
        self, run: SearchRun, frames: range, *, reverse: bool, at_once: bool
    ) -> Iterator[FrameMasks]:
        waits = run.is_provisional and not at_once
        probation = Probation(run.rules.probation_frames - 1 if waits else 0)
        for frame in frames:
            found = run.step(frame, self._features(frame), reverse=reverse)
            for settled in probation.push(found):
                yield concept_masks(settled, self._size, _KEY, _MEDIA)
        for settled in probation.flush():
            yield concept_masks(settled, self._size, _KEY, _MEDIA)

    def _told_of(self, concept: int, text: str) -> _Told:
        told = self._told.get(concept)
        if told is None:
            raise ValueError(f"there is no concept {concept}")
        if text.strip() not in ("", told.phrase):
            raise ValueError(f"concept {concept} is {told.phrase!r}, not {text!r}")
        return told

    def _pin(self, object_id: int, frame: int) -> None:
        if self._run is not None:
            self._run.pin(object_id, frame)

    def _features(self, frame: int) -> Any:  # noqa: ANN401 - only the backend can read it
        check_index(frame, self.frame_count, _CLIP)
        kept = self._cache.get(frame)
        if kept is None:
            features = self._objects.encode(self._source.frame(frame))
            height, width = self._size
            kept = Encoded(height, width, self._predictor.info.weights_hash, features)
            self._cache.put(frame, kept)
        return kept.features


def _exemplars(boxes: ArrayLike | None, labels: Sequence[int] | None) -> tuple[Exemplar, ...]:
    rows = np.zeros((0, 4)) if boxes is None else np.asarray(boxes, float).reshape(-1, 4)
    if not np.isfinite(rows).all():
        raise ValueError("coordinates must be finite numbers")
    signs = [1] * len(rows) if labels is None else list(labels)
    return tuple(
        Exemplar(Box(*(float(v) for v in row)), bool(sign))
        for row, sign in zip(rows, signs, strict=True)
    )


def _check_number(object_id: int) -> None:
    if object_id < 0:
        raise ValueError(f"objects are numbered from 0, not {object_id}")
