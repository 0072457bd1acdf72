"""The clip door, on tiny random models: what the published pipeline gets wrong works here."""

from __future__ import annotations

import numpy as np
import pytest

from sam3_annotator.errors import Rejected
from sam3_annotator.inference.predictor import Predictor
from sam3_annotator.inference.video_predictor import FrameArrays, VideoPredictor
from sam3_annotator.model.concept_rules import ConceptRules
from tests.support.tiny_models import tiny_sam2, tiny_sam3, without_memory

ANYTHING = ConceptRules(
    min_score=0.0, new_score=0.0, duplicate_iou=1.0, max_objects=3, probation_frames=0, speck_area=0
)


@pytest.fixture(scope="module")
def frames():
    random = np.random.default_rng(0)
    base = random.integers(0, 255, (40, 60, 3), np.uint8)
    return [np.roll(base, 2 * i, axis=1) for i in range(6)]


@pytest.fixture(scope="module")
def sam3():
    return Predictor(tiny_sam3())


@pytest.fixture(scope="module")
def sam2():
    return Predictor(tiny_sam2())


def video(predictor, frames, rules=ANYTHING):
    return VideoPredictor(predictor, FrameArrays(frames), rules)


def followed(predictor, frames, *prompts, start=0, **more):
    clip = video(predictor, frames)
    for frame, object_id, point in prompts:
        clip.add_clicks(frame, object_id, points=[point])
    return {f.frame: {o.track: o for o in f.objects} for f in clip.propagate(start, **more)}


def test_clicks_before_any_phrase_are_followed(sam3, frames):
    found = followed(sam3, frames, (0, 7, (20, 20)))
    assert set(found) == set(range(6))
    assert set(found[0]) == {7}


def test_sam2_follows_clicks_too(sam2, frames):
    found = followed(sam2, frames, (1, 3, (20, 20)))
    assert found[0] == {}
    assert all(set(found[f]) == {3} for f in range(1, 6))


def test_objects_prompted_on_different_frames_do_not_hurt_each_other(sam2, frames):
    alone = followed(sam2, frames, (0, 1, (20, 20)))
    both = followed(sam2, frames, (0, 1, (20, 20)), (3, 2, (40, 10)))
    assert [both[f][1].mask for f in range(6)] == [alone[f][1].mask for f in range(6)]
    assert [both[f][1].object_score for f in both] == [alone[f][1].object_score for f in alone]


def test_removing_one_object_leaves_the_others_as_they_were(sam2, frames):
    clip = video(sam2, frames)
    clip.add_clicks(0, 1, points=[(20, 20)])
    clip.add_clicks(0, 2, points=[(40, 10)])
    clip.remove(2)
    alone = followed(sam2, frames, (0, 1, (20, 20)))
    for found in clip.propagate():
        assert [o.track for o in found.objects] == [1]
        assert found.objects[0].mask == alone[found.frame][1].mask
        assert found.objects[0].score == alone[found.frame][1].score


def test_a_correction_is_kept_when_the_clip_is_followed_again(sam2, frames):
    clip = video(sam2, frames)
    clip.add_clicks(0, 1, points=[(20, 20)])
    first = list(clip.propagate())
    corrected = clip.add_clicks(3, 1, points=[(20, 20), (50, 30)], labels=[1, 0])
    again = list(clip.propagate())
    assert again[3].objects[0].mask == corrected
    assert again[0].objects[0].mask == first[0].objects[0].mask


def test_a_given_mask_is_what_the_frame_shows(sam2, frames):
    mask = np.zeros((40, 60), bool)
    mask[8:24, 8:32] = True
    clip = video(sam2, frames)
    clip.add_mask(2, 5, mask)
    (found,) = list(clip.propagate(2, 2))
    assert found.objects[0].mask.iou(type(found.objects[0].mask).from_array(mask)) > 0.8
    with pytest.raises(ValueError, match="shape"):
        clip.add_mask(2, 5, mask[:10])


def test_ranges_include_both_ends_and_go_backward(sam2, frames):
    assert list(followed(sam2, frames, (1, 1, (9, 9)), start=1, stop=3)) == [1, 2, 3]
    backward = followed(sam2, frames, (4, 1, (9, 9)), start=4, stop=2, direction="backward")
    assert list(backward) == [4, 3, 2]
    with pytest.raises(ValueError, match="cannot go"):
        followed(sam2, frames, (1, 1, (9, 9)), start=3, stop=1)
    with pytest.raises(ValueError, match="of 6 frames"):
        followed(sam2, frames, (1, 1, (9, 9)), stop=6)


def test_several_phrases_and_negative_exemplars_in_one_run(sam3, frames):
    clip = video(sam3, frames)
    assert clip.add_concept("cat") == 0
    assert clip.add_concept("dog", frame=1, boxes=[[5, 5, 20, 20]], box_labels=[0]) == 1
    assert clip.add_concept("cat", frame=2, boxes=[[1, 1, 9, 9]]) == 0
    found = list(clip.propagate())
    assert [f.frame for f in found] == list(range(6))
    assert {o.concept for o in found[0].objects} <= {0, 1}
    assert found[0].objects


def test_a_negative_exemplar_changes_what_is_found(sam3, frames):
    def scores(labels):
        clip = video(sam3, frames)
        clip.add_concept("cat", boxes=[[5, 5, 20, 20]], box_labels=labels)
        return [o.score for o in next(iter(clip.propagate(0, 0))).objects]

    assert scores([1]) != scores([0])


def test_exemplars_alone_give_objects_that_are_followed(sam3, frames):
    clip = video(sam3, frames)
    clip.add_concept(frame=0, boxes=[[5, 5, 20, 20]])
    found = list(clip.propagate())
    started = {o.track for o in found[0].objects}
    assert started
    assert all({o.track for o in f.objects} <= started for f in found)


def test_exemplars_on_several_frames_belong_to_one_concept(sam3, frames):
    clip = video(sam3, frames)
    boxes = [[5, 5, 25, 25], [30, 10, 50, 30]]
    number = clip.add_concept(frame=1, boxes=boxes[:1])
    assert clip.add_concept(frame=3, boxes=boxes, box_labels=[1, 0], concept=number) == number
    assert clip.add_concept(frame=3, boxes=boxes[1:], box_labels=[0], concept=number) == number
    assert clip.add_concept("bus", frame=1) != number
    found = list(clip.propagate())
    assert not found[0].objects or {o.concept for o in found[0].objects} == {number + 1}
    with pytest.raises(Rejected, match="positive"):
        clip.add_concept(frame=4, boxes=boxes[1:], box_labels=[0], concept=number)
    with pytest.raises(ValueError, match="no concept 7"):
        clip.add_concept(frame=4, boxes=boxes, concept=7)
    with pytest.raises(ValueError, match="is ''"):
        clip.add_concept("bus", frame=4, boxes=boxes, concept=number)


def test_negative_exemplars_add_to_a_phrase_by_its_number(sam3, frames):
    boxes = [[5, 5, 25, 25]]
    told = []
    for more in ({}, {"concept": 0}):
        clip = video(sam3, frames)
        phrase = "" if more else "bus"
        clip.add_concept("bus")
        clip.add_concept(phrase, frame=2, boxes=boxes, box_labels=[0], **more)
        told.append([[(o.track, o.score) for o in f.objects] for f in clip.propagate(2, 3)])
    assert told[0] == told[1]
    without = video(sam3, frames)
    without.add_concept("bus")
    alone = [[(o.track, o.score) for o in f.objects] for f in without.propagate(2, 3)]
    assert told[0] != alone


def test_settled_results_wait_and_provisional_ones_do_not(sam3, frames):
    rules = ConceptRules(min_score=0.0, new_score=0.0, probation_frames=3, max_objects=2)
    clip = video(sam3, frames, rules)
    clip.add_concept("cat")
    assert next(iter(clip.propagate(provisional=True))).frame == 0
    assert [f.frame for f in video_with_concept(sam3, frames, rules).propagate()] == list(range(6))


def video_with_concept(predictor, frames, rules):
    clip = video(predictor, frames, rules)
    clip.add_concept("cat")
    return clip


def test_what_a_family_cannot_do_is_said_at_once(sam2, frames):
    with pytest.raises(Rejected, match="concepts"):
        video(sam2, frames).add_concept("cat")
    with pytest.raises(Rejected, match="memory"):
        video(Predictor(without_memory(tiny_sam2())), frames)


def test_what_a_run_needs_is_told_before_it_begins(sam2, sam3, frames):
    clip = video(sam2, frames)
    one, ten = clip.needs(1), clip.needs(10)
    assert one.object_bytes == ten.object_bytes > 0
    assert ten.total_bytes > one.total_bytes
    assert one.fits
    assert one.room_for > 10
    assert video(sam3, frames).needs(1, concepts=True).object_bytes > 0
    assert clip.needs(1, prompted_frames=5).object_bytes > one.object_bytes
    with pytest.raises(ValueError, match="-1 objects"):
        clip.needs(-1)


def test_frames_must_be_of_one_size(frames):
    with pytest.raises(ValueError, match="one size"):
        FrameArrays([frames[0], frames[1][:10]])
