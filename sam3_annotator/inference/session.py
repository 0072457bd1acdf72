"""ModelSession: answers the engine's requests with a real model; holds only caches."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import torch

from sam3_annotator.engine.protocol import (
    Candidate,
    Candidates,
    EncodeFrame,
    FindConcept,
    FrameEncoded,
    FreeMemory,
    Item,
    LoadModel,
    MaskChoice,
    ModelLoaded,
    PlanRun,
    Progress,
    Propagate,
    Request,
    Segmented,
    SegmentObject,
    TrackConcept,
)
from sam3_annotator.engine.session import MemoryFigures
from sam3_annotator.errors import Rejected
from sam3_annotator.inference import device as devices
from sam3_annotator.inference.clip_run import ClipFrames, propagate, track_concepts
from sam3_annotator.inference.embeddings import EmbeddingCache
from sam3_annotator.inference.predictor import Encoded, Predictor
from sam3_annotator.inference.run_needs import rules_with_room, run_needs
from sam3_annotator.inference.search_run import search_run
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from sam3_annotator.engine.protocol import FrameRef, MediaRef, RunNeeds
    from sam3_annotator.inference.backend import Backend
    from sam3_annotator.inference.clip_tracking import ClipTracker
    from sam3_annotator.io.media import MediaSource

DEFAULT_CACHE_BYTES = 2 << 30
_OPEN_SOURCES = 4


class ModelSession:
    """The model side of the engine; lives on the worker thread only.

    Args:
        open_source: opens a media for reading pixels.
        cache_bytes: how much memory embeddings may take.
        adapt: puts another backend in the place of a loaded one, as an embedder or a measurement
            may want it; it must encode as the first does, for the weights' hash stays.
    """

    def __init__(
        self,
        open_source: Callable[[MediaRef], MediaSource],
        cache_bytes: int = DEFAULT_CACHE_BYTES,
        adapt: Callable[[Backend[Any]], Backend[Any]] | None = None,
    ) -> None:
        self._open_source = open_source
        self._adapt = adapt
        self._sources: OrderedDict[MediaRef, MediaSource] = OrderedDict()
        self._embeddings: EmbeddingCache[Encoded] = EmbeddingCache(cache_bytes)
        self._predictor: Predictor | None = None
        self._answers: dict[type[Request], Callable[[Any], Iterator[Item]]] = {
            LoadModel: self._load,
            EncodeFrame: self._encode,
            SegmentObject: self._segment,
            FindConcept: self._find,
            Propagate: self._propagate,
            TrackConcept: self._track_concept,
            PlanRun: self._plan_run,
            FreeMemory: self._free,
        }
        # Grad mode is per thread: entered once here, on the worker's.
        self._inference_mode = torch.inference_mode()
        self._inference_mode.__enter__()

    def run(self, request: Request) -> Iterator[Item]:
        """Answer a request step by step; see ``engine.session.Session``."""
        answer: Callable[[Any], Iterator[Item]] = self._answers[type(request)]
        return answer(request)

    def free_memory(self) -> None:
        """Drop every cache; answers stay the same."""
        self._embeddings.clear()
        if self._predictor is not None:
            devices.release_cached(self._predictor.backend.device)

    def memory(self) -> MemoryFigures:
        """Memory of ours and in all on the device the model is on."""
        if self._predictor is None:
            return MemoryFigures(0, 0)
        figures = devices.memory(self._predictor.backend.device)
        return MemoryFigures(figures.ours_bytes, figures.total_bytes)

    def close(self) -> None:
        """Release the model and every open media."""
        self.free_memory()
        self._predictor = None
        for source in self._sources.values():
            source.close()
        self._sources.clear()
        self._inference_mode.__exit__(None, None, None)

    # ------------------------------------------------------------------ answers

    def _load(self, request: LoadModel) -> Iterator[Item]:
        said: list[str] = []
        yield Progress(0, 0, Wording("Loading the model"))
        predictor = Predictor.load(request.weights, request.device, request.dtype, said.append)
        if self._adapt is not None:
            predictor = Predictor(self._adapt(predictor.backend))
        # Only now: a failed load leaves the old model at work.
        self._embeddings.clear()
        self._predictor = predictor
        yield ModelLoaded(predictor.info)

    def _encode(self, request: EncodeFrame) -> Iterator[Item]:
        start = time.perf_counter()
        yield from self._encoded_steps(request.frame)
        yield FrameEncoded(request.frame, time.perf_counter() - start)

    def _segment(self, request: SegmentObject) -> Iterator[Item]:
        yield from self._encoded_steps(request.frame)
        encoded = self._encoded(request.frame)
        predictor = self._need_model()
        start = time.perf_counter()
        prompts = request.prompts
        logits = request.previous_logits
        if logits is None and prompts.mask is not None:
            logits = predictor.low_resolution_logits(prompts.mask, encoded)
        box = prompts.box
        answer = predictor.segment(
            encoded,
            points=[(c.point.x, c.point.y) for c in prompts.clicks] or None,
            labels=[int(c.is_positive) for c in prompts.clicks],
            box=None if box is None else (box.x0, box.y0, box.x1, box.y1),
            mask_logits=logits,
            multimask=request.wants_three,
        )
        choices = tuple(
            MaskChoice(mask, float(score), low)
            for mask, score, low in zip(answer.masks, answer.scores, answer.logits, strict=True)
        )
        seconds = time.perf_counter() - start
        yield Segmented(request.key, request.frame, prompts, choices, answer.object_score, seconds)

    def _find(self, request: FindConcept) -> Iterator[Item]:
        yield from self._encoded_steps(request.frame)
        encoded = self._encoded(request.frame)
        start = time.perf_counter()
        concept = request.concept
        boxes = [(e.box.x0, e.box.y0, e.box.x1, e.box.y1) for e in concept.exemplars]
        answer = self._need_model().detect(
            encoded,
            text=concept.phrase,
            boxes=boxes or None,
            box_labels=[int(e.is_positive) for e in concept.exemplars],
            min_score=request.min_score,
        )
        found = tuple(
            Candidate(mask, answer.box(i), float(answer.scores[i]))
            for i, mask in enumerate(answer.masks)
            if not mask.is_empty
        )
        seconds = time.perf_counter() - start
        yield Candidates(request.key, request.frame, concept, found, answer.presence, seconds)

    def _propagate(self, request: Propagate) -> Iterator[Item]:
        source = self._source(request.media)
        tracker = self._need_model().backend.clip_tracker(source.frame_count)
        yield from propagate(request, tracker, self._clip_frames(request.media, tracker))

    def _track_concept(self, request: TrackConcept) -> Iterator[Item]:
        backend = self._need_model().backend
        source = self._source(request.media)
        size, total = (source.height, source.width), source.frame_count
        rules = rules_with_room(self._needs(PlanRun(request.media, 1, is_concept=True)))
        run = search_run(backend, size, total, rules)
        if run is None:
            raise Rejected(
                "{name} cannot track a phrase through a clip; load SAM 3 weights, or click the "
                "objects and propagate.",
                name=backend.info.name,
            )
        yield from track_concepts(request, run, self._clip_frames(request.media, run.objects))

    def _plan_run(self, request: PlanRun) -> Iterator[Item]:
        yield self._needs(request)

    def _needs(self, request: PlanRun) -> RunNeeds:
        backend = self._need_model().backend
        return run_needs(backend, backend.device, request, self._embeddings.size_bytes)

    def _clip_frames(self, media: MediaRef, tracker: ClipTracker[Any]) -> ClipFrames:
        return ClipFrames(media, self._source(media), tracker, self._need_model(), self._embeddings)

    def _free(self, request: FreeMemory) -> Iterator[Item]:
        del request
        self.free_memory()
        yield Progress(1, 1)

    # ------------------------------------------------------------------ caches

    def _encoded_steps(self, frame: FrameRef) -> Iterator[Item]:
        """Make sure that a frame is encoded, in steps between which others may go first."""
        self._need_model()
        if frame in self._embeddings:
            return
        yield Progress(0, 2, Wording("Reading the picture"))
        picture = self._pixels(frame)
        yield Progress(1, 2, Wording("Looking at the picture"))
        self._embeddings.put(frame, self._need_model().encode(picture))

    def _encoded(self, frame: FrameRef) -> Encoded:
        encoded = self._embeddings.get(frame)
        if encoded is None:  # dropped between two steps
            encoded = self._need_model().encode(self._pixels(frame))
            self._embeddings.put(frame, encoded)
        return encoded

    def _pixels(self, frame: FrameRef) -> NDArray[np.uint8]:
        return self._source(frame.media).frame(frame.frame)

    def _source(self, media: MediaRef) -> MediaSource:
        source = self._sources.pop(media, None) or self._open_source(media)
        self._sources[media] = source
        while len(self._sources) > _OPEN_SOURCES:
            _, oldest = self._sources.popitem(last=False)
            oldest.close()
        return source

    def _need_model(self) -> Predictor:
        if self._predictor is None:
            raise Rejected("No model is loaded yet. Choose weights in the model dialog.")
        return self._predictor
