"""The session answers every kind of request with a real (tiny) model, and caches only."""

from __future__ import annotations

import numpy as np
import pytest

from sam3_annotator.domain.geometry import Box, PixelBox, Point
from sam3_annotator.domain.ids import FrameIndex, MediaId, ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.domain.prompts import Click, ConceptPrompt, Exemplar, PromptSet
from sam3_annotator.engine.protocol import (
    Candidates,
    Direction,
    EncodeFrame,
    FindConcept,
    FrameEncoded,
    FrameMasks,
    FrameRef,
    FreeMemory,
    LoadModel,
    MediaRef,
    ModelLoaded,
    Propagate,
    Segmented,
    SegmentObject,
    TrackConcept,
    TrackSeed,
)
from sam3_annotator.errors import Rejected, WeightsTrouble
from sam3_annotator.inference import session as session_module
from sam3_annotator.inference.predictor import Predictor
from sam3_annotator.inference.session import ModelSession
from sam3_annotator.inference.video_predictor import FrameArrays
from tests.support.tiny_models import tiny_sam2, tiny_sam3

CLIP = MediaRef(MediaId(1), "/clip", 0, "clip", "h")


class Source(FrameArrays):
    def __init__(self, log):
        random = np.random.default_rng(1)
        super().__init__([random.integers(0, 255, (40, 60, 3), np.uint8) for _ in range(5)])
        self.log = log

    def frame(self, index):
        self.log.append(index)
        return super().frame(index)

    def close(self):
        self.log.append("closed")


@pytest.fixture
def log():
    return []


@pytest.fixture
def session(log, monkeypatch):
    models = {"sam2": tiny_sam2, "sam3": tiny_sam3}

    def load(weights, device, dtype, progress):
        if weights not in models:
            raise WeightsTrouble(f"no {weights}")
        return Predictor(models[weights]())

    monkeypatch.setattr(session_module.Predictor, "load", load)
    session = ModelSession(lambda _media: Source(log))
    yield session
    session.close()


def answers(session, request, kind):
    return [item for item in session.run(request) if isinstance(item, kind)]


def frame(index=0):
    return FrameRef(CLIP, FrameIndex(index))


def loaded(session, weights):
    assert answers(session, LoadModel(weights), ModelLoaded)
    return session


def test_nothing_can_be_asked_before_a_model_is_loaded(session):
    with pytest.raises(Rejected, match="No model"):
        answers(session, EncodeFrame(frame()), FrameEncoded)
    assert session.memory().total_bytes == 0


def test_a_failed_load_leaves_the_old_model_at_work(session):
    loaded(session, "sam2")
    with pytest.raises(WeightsTrouble):
        answers(session, LoadModel("nothing"), ModelLoaded)
    assert answers(session, EncodeFrame(frame()), FrameEncoded)


def test_clicks_are_answered_from_the_cached_picture(session, log):
    loaded(session, "sam2")
    answers(session, EncodeFrame(frame()), FrameEncoded)
    prompts = PromptSet((Click(Point(20, 20)),))
    (found,) = answers(session, SegmentObject("k", frame(), prompts, wants_three=True), Segmented)
    assert len(found.choices) == 3
    scores = [c.score for c in found.choices]
    assert scores == sorted(scores, reverse=True)
    assert log == [0]
    refined = SegmentObject("k", frame(), prompts, found.choices[1].logits)
    assert answers(session, refined, Segmented)
    with pytest.raises(ValueError, match="read-only"):
        found.choices[0].logits[0] = 1


def test_a_drawn_mask_is_a_prompt(session):
    loaded(session, "sam2")
    prompts = PromptSet(mask=Mask.from_box(PixelBox(5, 5, 30, 30)), box=Box(5, 5, 30, 30))
    (found,) = answers(session, SegmentObject("k", frame(), prompts), Segmented)
    assert len(found.choices) == 1


def test_concepts_are_found_with_phrases_and_exemplars(session):
    loaded(session, "sam3")
    concept = ConceptPrompt(
        "cat", (Exemplar(Box(1, 1, 20, 20)), Exemplar(Box(30, 5, 50, 30), False))
    )
    (found,) = answers(session, FindConcept("k", frame(), concept, 0.0), Candidates)
    assert 0 <= found.presence <= 1
    assert all(not c.mask.is_empty for c in found.found)


def test_a_family_that_cannot_search_says_so(session):
    loaded(session, "sam2")
    with pytest.raises(Rejected, match="by concept"):
        answers(session, FindConcept("k", frame(), ConceptPrompt("cat")), Candidates)
    concept = TrackConcept(
        "k", CLIP, ((FrameIndex(0), ConceptPrompt("cat")),), FrameIndex(0), FrameIndex(1),
        Direction.FORWARD,
    )  # fmt: skip
    with pytest.raises(Rejected, match="phrase"):
        answers(session, concept, FrameMasks)


@pytest.mark.parametrize("weights", ["sam2", "sam3"])
def test_seeds_are_followed_in_both_directions(session, weights):
    loaded(session, weights)
    seed = TrackSeed(ObjectId(9), FrameIndex(2), Mask.from_box(PixelBox(5, 5, 30, 30)))
    for direction, start, stop in ((Direction.FORWARD, 3, 4), (Direction.BACKWARD, 1, 0)):
        request = Propagate("r", CLIP, (seed,), FrameIndex(start), FrameIndex(stop), direction)
        found = answers(session, request, FrameMasks)
        assert [f.frame for f in found] == [start, stop]
        assert all([o.track for o in f.objects] == [9] for f in found)


def test_a_concept_is_tracked(session):
    loaded(session, "sam3")
    request = TrackConcept(
        "k", CLIP, ((FrameIndex(0), ConceptPrompt("cat")),), FrameIndex(0), FrameIndex(4),
        Direction.FORWARD,
    )  # fmt: skip
    assert [f.frame for f in answers(session, request, FrameMasks)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("direction", "start", "stop"), [(Direction.FORWARD, 2, 4), (Direction.BACKWARD, 3, 0)]
)
def test_a_search_goes_on_with_what_was_found_before(session, direction, start, stop):
    """Seeds behind the walk are told first; what is found besides gets other numbers."""
    loaded(session, "sam3")
    behind = start - 1 if direction is Direction.FORWARD else start + 1
    seeds = tuple(
        TrackSeed(ObjectId(one), FrameIndex(at), Mask.from_box(PixelBox(5, 5, 30, 30)), score=0.7)
        for one, at in ((7, behind), (9, 2))
    )
    example = ConceptPrompt("", (Exemplar(Box(1, 1, 20, 20)),))
    prompts = ((FrameIndex(2), example), (FrameIndex(3), example))
    request = TrackConcept(
        "k", CLIP, prompts, FrameIndex(start), FrameIndex(stop), direction, seeds
    )
    found = answers(session, request, FrameMasks)
    step = 1 if stop > start else -1
    assert [f.frame for f in found] == list(range(start, stop + step, step))
    told = {(f.frame, o.track): o for f in found for o in f.objects}
    assert told[2, 9].score == pytest.approx(0.7)
    assert told[2, 9].mask.iou(seeds[1].mask) > 0.8
    assert all(track in (7, 9) or track > 9 for _, track in told)
    assert {o.concept for o in told.values()} == {0}
    assert 0 <= told[2, 9].detector_iou <= 1
    assert {o.detector_iou for (at, _), o in told.items() if at not in (2, 3)} <= {None}


def test_dropping_every_cache_changes_no_answer(session, log):
    loaded(session, "sam2")
    request = SegmentObject("k", frame(), PromptSet((Click(Point(20, 20)),)))
    (first,) = answers(session, request, Segmented)
    list(session.run(FreeMemory()))
    (again,) = answers(session, request, Segmented)
    assert again.choices == first.choices
    assert log == [0, 0]


def test_few_sources_stay_open(session, log):
    loaded(session, "sam2")
    for number in range(6):
        media = MediaRef(MediaId(number), f"/{number}", 0, "clip", str(number))
        answers(session, EncodeFrame(FrameRef(media, FrameIndex(0))), FrameEncoded)
    assert log.count("closed") == 2
