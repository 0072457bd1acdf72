"""Things like exemplars on clips, with weights that know no phrases."""

from __future__ import annotations

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from sam3_annotator.domain.geometry import Box
from sam3_annotator.domain.ids import FrameIndex, MediaId, ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.domain.prompts import ConceptPrompt, Exemplar
from sam3_annotator.engine.protocol import (
    Direction,
    FrameMasks,
    LoadModel,
    MediaRef,
    TrackConcept,
    TrackSeed,
)
from sam3_annotator.errors import Rejected
from sam3_annotator.inference.clip_tracking import TrackedMask
from sam3_annotator.inference.prompts import RawDetections
from sam3_annotator.inference.session import ModelSession
from sam3_annotator.inference.similar_run import SimilarRun
from sam3_annotator.inference.video_predictor import FrameArrays
from sam3_annotator.model.concept_rules import ConceptRules

SIDE = 32
PROMPT = ConceptPrompt("", (Exemplar(Box(0, 0, 8, 8)), Exemplar(Box(9, 0, 12, 8), False)))


def square(left):
    logits = np.full((SIDE, SIDE), -5.0, np.float32)
    if left is not None:
        logits[8:16, left : left + 8] = 5.0
    return logits


class Follower:
    """Follows a thing by where it was seen first; things in ``hidden`` show no mask."""

    def __init__(self):
        self.given, self.hidden, self.removed = {}, set(), []

    def condition(self, frame, features, masks):
        for one, mask in masks.items():
            self.given[one] = int(np.flatnonzero(np.asarray(mask).any(axis=0))[0])

    def step(self, frame, features, *, reverse):
        return {
            one: TrackedMask(square(None if left in self.hidden else left), 0.8, 0.9)
            for one, left in self.given.items()
        }

    def remove(self, one):
        self.removed.append(one)
        del self.given[one]


class Backend:
    """Finds squares at the given places, whatever the exemplar."""

    def __init__(self, places):
        self.places, self.asked = places, []
        self.info = SimpleNamespace(name="mini")

    def clip_tracker(self, total):
        return Follower()

    def similar(self, features, boxes, labels, min_score):
        self.asked.append((boxes.tolist(), labels.tolist(), min_score))
        rows = [square(place) for place in self.places]
        scores = np.array([0.9 - 0.1 * i for i in range(len(rows))], np.float32)
        masks = np.stack(rows) if rows else np.zeros((0, SIDE, SIDE), np.float32)
        return RawDetections(scores, None, scores, np.zeros((len(rows), 4), np.float32), masks)


def run_of(places, **rules):
    return SimilarRun(Backend(places), (SIDE, SIDE), 10, ConceptRules(**rules))


def test_what_is_found_on_the_exemplars_frame_is_followed():
    run = run_of([0, 20])
    run.add(1, PROMPT)
    frames = [run.step(frame, None, reverse=False) for frame in range(4)]
    assert [f.began for f in frames] == [(), (0, 1), (), ()]
    assert [{m.object_id for m in f.masks} for f in frames] == [set(), {0, 1}, {0, 1}, {0, 1}]
    ((boxes, labels, least),) = run.backend.asked
    assert boxes[0] == pytest.approx([0.125, 0.125, 0.25, 0.25])
    assert (labels, least) == ([1, 0], run.rules.min_score)
    first, followed = frames[1].masks[0], frames[2].masks[0]
    assert (first.score, followed.score) == (pytest.approx(0.9), pytest.approx(0.9))
    assert followed.iou == 0.8
    assert first.detector_iou is followed.detector_iou is None


def test_what_is_known_is_not_found_once_more_and_is_compared():
    run = run_of([4, 20])
    known = np.zeros((SIDE, SIDE), bool)
    known[8:16, 0:8] = True
    run.seed(0, None, {7: (known, 0.6)}, 0)
    run.add(2, PROMPT)
    frames = [run.step(frame, None, reverse=False) for frame in range(1, 4)]
    assert frames[1].began == (8,)
    told = {m.object_id: m for m in frames[1].masks}
    assert told[7].detector_iou == pytest.approx(1 / 3)
    assert told[7].score == 0.6
    assert {m.object_id for m in frames[2].masks} == {7, 8}


def test_what_is_gone_for_long_is_given_up():
    run = run_of([0, 20], gone_frames=3)
    run.add(0, PROMPT)
    run.step(0, None, reverse=False)
    run.objects.hidden.add(0)
    ended = [run.step(frame, None, reverse=False).ended for frame in range(1, 6)]
    assert ended == [(), (), (0,), (), ()]
    assert run.objects.removed == [0]


def test_phrases_are_refused():
    with pytest.raises(Rejected, match="phrase"):
        run_of([]).add(0, ConceptPrompt("rabbit"))


def test_concepts_are_kept_apart_and_exemplars_of_one_add_up():
    run = run_of([0])
    other = ConceptPrompt("", (Exemplar(Box(20, 8, 28, 16)),))
    assert [run.add(0, PROMPT), run.add(0, other), run.add(0, other, 0)] == [0, 1, 0]
    run.backend.places = [0]
    (first, second) = run.step(0, None, reverse=False).masks
    assert [(first.object_id, first.concept), (second.object_id, second.concept)] == [
        (0, 0),
        (1, 1),
    ]
    assert [labels for _, labels, _ in run.backend.asked] == [[1, 0, 1], [1]]
    told = run.step(1, None, reverse=False).masks
    assert [(m.object_id, m.concept) for m in told] == [(0, 0), (1, 1)]


def test_a_frame_with_negative_exemplars_alone_is_not_searched():
    run = run_of([0])
    run.add(0, ConceptPrompt("", (Exemplar(Box(0, 0, 8, 8), False),)))
    assert run.step(0, None, reverse=False).masks == ()
    assert run.backend.asked == []


def test_what_a_person_points_at_is_told_always_and_not_found_again():
    run = run_of([1, 20], gone_frames=1)
    known = np.zeros((SIDE, SIDE), bool)
    known[8:16, 0:8] = True
    run.objects.condition(0, None, {5: known})
    run.pin(5, 0)
    run.add(0, PROMPT)
    found = run.step(0, None, reverse=False)
    assert found.began == (6,)
    assert {m.object_id: m.concept for m in found.masks} == {5: -1, 6: 0}
    run.objects.hidden.add(0)
    later = run.step(1, None, reverse=False)
    assert later.ended == ()
    (pinned,) = (m for m in later.masks if m.object_id == 5)
    assert (pinned.is_pinned, pinned.score) == (True, 0.8)
    run.remove(5)
    assert [m.object_id for m in run.step(2, None, reverse=False).masks] == [6]
    assert run.objects.removed == [5]


def test_what_is_removed_is_not_found_again():
    run = run_of([0, 20])
    run.add(0, PROMPT)
    run.step(0, None, reverse=False)
    run.remove(0)
    again = run.step(0, None, reverse=False)
    assert [m.object_id for m in again.masks] == [1]
    assert again.began == ()
    run.pin(0, 0)
    assert {m.object_id for m in run.step(1, None, reverse=False).masks} == {0, 1}


def test_no_more_is_followed_than_there_is_room_for():
    run = run_of([0, 10, 20], max_objects=2)
    run.add(0, PROMPT)
    assert [m.score for m in run.step(0, None, reverse=False).masks] == pytest.approx([0.9, 0.8])


@pytest.mark.slow
def test_the_bundled_model_follows_all_like_one_both_ways():
    """Three red discs that move to the right between green squares: box one, get all three."""
    session = ModelSession(lambda _: FrameArrays([discs(4 * frame) for frame in range(5)]))
    list(session.run(LoadModel("mini")))
    clip = MediaRef(MediaId(1), "/c.mp4", 0, "clip", "h")
    example = ConceptPrompt("", (Exemplar(Box(28, 38, 72, 82)),))

    def search(start, stop, direction, seeds=(), prompts=((FrameIndex(2), example),)):
        request = TrackConcept(
            "k", clip, prompts, FrameIndex(start), FrameIndex(stop), direction, seeds
        )
        return [i for i in session.run(request) if isinstance(i, FrameMasks)]

    onward = search(2, 4, Direction.FORWARD)
    assert [len(found.objects) for found in onward] == [3, 3, 3]
    seeds = tuple(TrackSeed(ObjectId(o.track), FrameIndex(2), o.mask) for o in onward[0].objects)
    back = search(1, 0, Direction.BACKWARD, seeds, ())
    assert [{o.track for o in found.objects} for found in back] == [{0, 1, 2}] * 2
    for found in (*onward, *back):
        for disc in range(3):
            truth = Mask.from_array(drawn(disc, 4 * int(found.frame)), 0, 0)
            assert max(o.mask.iou(truth) for o in found.objects) > 0.8
    session.close()


def drawn(disc, shift):
    mask = np.zeros((180, 320), np.uint8)
    cv2.circle(mask, (42 + 90 * disc + shift, 60 + 20 * disc), 18, 1, -1)
    return mask.astype(bool)


def discs(shift):
    picture = np.full((180, 320, 3), (120, 125, 130), np.uint8)
    for left in (30, 130, 230):
        picture[120:150, left : left + 34] = (40, 150, 60)
    for disc in range(3):
        picture[drawn(disc, shift)] = (205, 45, 40)
    return picture
