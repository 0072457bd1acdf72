"""What nobody sensible asks, at the doors for scripts: a clear refusal or a harmless answer."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sam3_annotator import paths
from sam3_annotator.errors import DeviceTrouble, MediaTrouble, Rejected
from sam3_annotator.inference.opening import MERGES
from sam3_annotator.inference.predictor import Predictor
from sam3_annotator.inference.video_predictor import FrameArrays, VideoPredictor
from sam3_annotator.model.concept_rules import ConceptRules
from sam3_annotator.model.tokenizer import Tokenizer
from tests.support.tiny_models import tiny_sam2, tiny_sam3

pytestmark = pytest.mark.slow

ANYTHING = ConceptRules(
    min_score=0.0, new_score=0.0, duplicate_iou=1.0, max_objects=3, probation_frames=0
)
NAN, INF = float("nan"), float("inf")


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)


@pytest.fixture(scope="module")
def sam2():
    return Predictor(tiny_sam2())


@pytest.fixture(scope="module")
def sam3():
    return Predictor(tiny_sam3())


def clip(predictor, count=5, rules=ANYTHING):
    base = noise(40, 60)
    frames = [np.roll(base, 2 * i, axis=1) for i in range(count)]
    return VideoPredictor(predictor, FrameArrays(frames), rules)


def told(frames):
    """Everything people see of a run, exactly."""
    return [
        (f.frame, [(o.track, o.score, o.object_score, o.mask) for o in f.objects]) for f in frames
    ]


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
def test_coordinates_that_are_no_numbers_are_refused(sam3, bad):
    encoded = sam3.encode(noise(40, 60))
    with pytest.raises(ValueError, match="finite"):
        sam3.segment(encoded, points=[(bad, 3)])
    with pytest.raises(ValueError, match="finite"):
        sam3.segment(encoded, box=(1, 1, bad, 9))
    with pytest.raises(ValueError, match="finite"):
        sam3.detect(encoded, boxes=[(1, 1, bad, 9)])
    video = clip(sam3)
    with pytest.raises(ValueError, match="finite"):
        video.add_clicks(0, 1, points=[(bad, 3)])
    with pytest.raises(ValueError, match="finite"):
        video.add_concept("cat", boxes=[(1, 1, bad, 9)])
    assert told(video.propagate()) == [(f, []) for f in range(5)]


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (3, 2000)])
def test_tiny_and_stretched_pictures(sam2, sam3, size):
    picture = noise(*size)
    for predictor in (sam2, sam3):
        answer = predictor.segment(predictor.encode(picture), points=[(0.5, 0.5)])
        assert all(mask.to_array(*size).shape == size for mask in answer.masks)
    found = sam3.detect(sam3.encode(picture), text="cat", min_score=0)
    assert (found.boxes_xyxy_px[:, 2:] <= size[::-1]).all()


def test_prompts_outside_the_picture_answer_something(sam2, sam3):
    for predictor in (sam2, sam3):
        encoded = predictor.encode(noise(40, 60))
        for prompt in ({"points": [(-500, 9000)]}, {"box": (-100, -100, -50, -50)}):
            answer = predictor.segment(encoded, **prompt)
            assert np.isfinite(answer.logits).all()
            assert np.isfinite(answer.scores).all()
    found = sam3.detect(sam3.encode(noise(40, 60)), boxes=[(900, 900, 999, 999)], min_score=0)
    assert np.isfinite(found.scores).all()


def test_boxes_without_area(sam3):
    encoded = sam3.encode(noise(40, 60))
    assert np.isfinite(sam3.segment(encoded, box=(20, 20, 20, 20)).logits).all()
    found = sam3.detect(encoded, boxes=[(20, 20, 20, 20), (5, 9, 30, 9)], min_score=0)
    assert np.isfinite(found.scores).all()
    assert np.isfinite(found.boxes_xyxy_px).all()


PHRASES = [
    "word " * 200,
    "\N{DOG FACE}\N{PARTY POPPER}",
    "黄色校车",
    "é\u0301\u200d",
    "<|endoftext|>",
    "\0",
]


@pytest.mark.parametrize("phrase", PHRASES, ids=range(len(PHRASES)))
def test_any_phrase_is_looked_for(sam3, phrase):
    found = sam3.detect(sam3.encode(noise(40, 60)), text=phrase, min_score=0)
    assert np.isfinite(found.scores).all()
    ids = Tokenizer(paths.resource(MERGES)).encode([phrase])
    assert ids.shape == (1, 32)
    assert 0 <= int(ids.min()) <= int(ids.max()) < 49408


@pytest.mark.parametrize("phrase", ["", "   ", "\n\t"])
def test_nothing_to_look_for_is_refused(sam3, phrase):
    with pytest.raises(Rejected, match="phrase"):
        sam3.detect(sam3.encode(noise(40, 60)), text=phrase)
    with pytest.raises(Rejected, match="phrase"):
        clip(sam3).add_concept(phrase)


def test_an_empty_mask_says_that_the_object_is_not_there(sam2):
    video = clip(sam2)
    video.add_mask(0, 1, np.zeros((40, 60), bool))
    frames = list(video.propagate(0, 0))
    assert frames[0].objects[0].mask.is_empty
    assert len(list(video.propagate())) == 5


@pytest.mark.parametrize("frame", [-1, 5, 99])
def test_frames_that_do_not_exist(sam3, frame):
    video = clip(sam3)
    with pytest.raises(MediaTrouble, match="0 to 4"):
        video.add_clicks(frame, 1, points=[(9, 9)])
    with pytest.raises(MediaTrouble, match="0 to 4"):
        video.add_mask(frame, 1, np.ones((40, 60), bool))
    with pytest.raises(MediaTrouble, match="0 to 4"):
        video.add_concept("cat", frame=frame, boxes=[(1, 1, 9, 9)])


def test_object_numbers_start_at_nought(sam3):
    with pytest.raises(ValueError, match="from 0"):
        clip(sam3).add_clicks(0, -1, points=[(9, 9)])
    with pytest.raises(ValueError, match="from 0"):
        clip(sam3).add_mask(0, -3, np.ones((40, 60), bool))


@pytest.mark.slow
def test_three_hundred_objects(sam2):
    video = clip(sam2, 2)
    for number in range(300):
        video.add_clicks(0, number, points=[(number % 60, number % 40)])
    assert [len(f.objects) for f in video.propagate()] == [300, 300]


def test_stopping_in_the_middle_leaves_a_usable_clip(sam3):
    whole, stopped = clip(sam3), clip(sam3)
    for video in (whole, stopped):
        video.add_clicks(0, 7, points=[(20, 20)])
        video.add_concept("cat")
    steps = stopped.propagate()
    next(steps)
    next(steps)
    steps.close()
    assert told(stopped.propagate()) == told(whole.propagate())


def test_a_second_run_tells_the_same_to_the_last_bit(sam3):
    video = clip(sam3)
    video.add_clicks(2, 7, points=[(20, 20)])
    video.add_concept("cat", boxes=[(5, 5, 20, 20)])
    first = told(video.propagate())
    assert told(video.propagate()) == first


def test_removing_one_object_of_a_concept_leaves_the_others_as_they_were(sam3):
    """To the last bit; rules by which objects contend for pixels are off."""
    rules = ConceptRules(
        min_score=0.0, new_score=0.0, duplicate_iou=1.0, max_objects=3, probation_frames=0,
        keep_area_share=0.0, occlusion_iou=0.0, exclusive_output=False, speck_area=0,
    )  # fmt: skip
    whole, fewer = clip(sam3, rules=rules), clip(sam3, rules=rules)
    for video in (whole, fewer):
        video.add_concept("cat")
    first = told(whole.propagate())
    tracks = sorted({track for _, objects in first for track, *_ in objects})
    assert len(tracks) >= 2
    told(fewer.propagate())
    fewer.remove(tracks[0])
    expected = [(f, [o for o in objects if o[0] != tracks[0]]) for f, objects in first]
    assert told(fewer.propagate()) == expected


def test_a_fault_in_a_step_leaves_a_usable_clip(sam3, monkeypatch):
    whole, broken = clip(sam3), clip(sam3)
    for video in (whole, broken):
        video.add_clicks(0, 7, points=[(20, 20)])
        video.add_concept("cat")
    net = sam3.backend.tracker.net
    calls = []

    def fails_once(*arguments):
        calls.append(1)
        if len(calls) == 4:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return type(net).write_memory(net, *arguments)

    monkeypatch.setattr(net, "write_memory", fails_once)
    with pytest.raises(DeviceTrouble, match="out of memory"):
        list(broken.propagate())
    assert told(broken.propagate()) == told(whole.propagate())


@pytest.mark.parametrize("door", ["encode", "segment", "detect"])
def test_running_out_of_memory_is_said_in_words(sam3, monkeypatch, door):
    encoded = sam3.encode(noise(40, 60))

    def fails(*_, **__):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    monkeypatch.setattr(torch.nn.Linear, "forward", fails)
    ask = {
        "encode": lambda: sam3.encode(noise(40, 60)),
        "segment": lambda: sam3.segment(encoded, points=[(9, 9)]),
        "detect": lambda: sam3.detect(encoded, text="a phrase that is new", min_score=0),
    }
    with pytest.raises(DeviceTrouble, match="out of memory"):
        ask[door]()
