"""The bundled model behind the common door: clicks, search by exemplars, both ways to follow."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from sam3_annotator import paths
from sam3_annotator.domain.mask import Mask
from sam3_annotator.engine.protocol import Capability
from sam3_annotator.errors import Rejected
from sam3_annotator.inference.backend_mini import MiniBackend
from sam3_annotator.inference.backend_sam2 import Sam2Backend
from sam3_annotator.inference.mini_tracking import PreviousMaskFollower, widened_box
from sam3_annotator.inference.predictor import Predictor
from sam3_annotator.inference.video_predictor import FrameArrays, VideoPredictor
from sam3_annotator.model.mini_image import IMAGE_FILE, load_mini_image
from sam3_annotator.model.mini_memory import MiniMemory
from sam3_annotator.model.mini_similar import SimilarFinder, SimilarWeights
from tests.support.tiny_models import info

pytestmark = pytest.mark.slow


def scene(*places, size=(96, 128)):
    """Grey ground with red discs at (x, y)."""
    picture = np.full((*size, 3), 120, np.uint8)
    for x, y in places:
        cv2.circle(picture, (x, y), 14, (210, 40, 30), -1)
    return picture


def disc(x, y, size=(96, 128)):
    mask = np.zeros(size, np.uint8)
    cv2.circle(mask, (x, y), 14, 1, -1)
    return mask.astype(bool)


@pytest.fixture(scope="module")
def image():
    return load_mini_image(paths.resource(IMAGE_FILE))


def backend(image, *, with_memory=False):
    torch.manual_seed(0)
    can = info("mini", *(set(Capability) - {Capability.PHRASE}))
    stills = Sam2Backend(image.encoder, image.heads, None, can, image_size=256)
    memory = MiniMemory().eval().requires_grad_(requires_grad=False) if with_memory else None
    finder = SimilarFinder(image.heads, SimilarWeights().eval().requires_grad_(requires_grad=False))
    return MiniBackend(stills, image.heads, can, memory=memory, finder=finder)


@pytest.fixture(scope="module")
def predictor(image):
    return Predictor(backend(image))


def test_a_click_finds_the_disc(predictor):
    encoded = predictor.encode(scene((40, 40)))
    answer = predictor.segment(encoded, points=[(40.5, 40.5)])
    truth = disc(40, 40)
    overlaps = [
        (m.to_array(96, 128) & truth).sum() / (m.to_array(96, 128) | truth).sum()
        for m in answer.masks
    ]
    assert max(overlaps) > 0.8


def test_searching_encodes_the_small_picture_once(predictor, monkeypatch):
    encoded = predictor.encode(scene((30, 40), (90, 60)))
    assert encoded.features.search.value is None
    predictor.detect(encoded, boxes=[[14, 24, 46, 56]], min_score=0.0)
    first = encoded.features.search.value
    found = predictor.detect(encoded, boxes=[[14, 24, 46, 56]], min_score=0.0)
    assert encoded.features.search.value is first
    assert found.presence is None
    assert encoded.size_bytes > encoded.features.still.size_bytes


def test_phrases_are_refused(predictor):
    with pytest.raises(Rejected, match="phrase"):
        predictor.detect(predictor.encode(scene((40, 40))), text="disc")


@pytest.mark.parametrize("with_memory", [False, True])
def test_a_moving_disc_is_followed_both_ways(image, with_memory):
    places = [(30 + 6 * i, 40) for i in range(4)]
    frames = [scene(place) for place in places]
    clip = VideoPredictor(Predictor(backend(image, with_memory=with_memory)), FrameArrays(frames))
    clip.add_mask(0, 1, disc(*places[0]))
    found = list(clip.propagate())
    assert [[o.track for o in f.objects] for f in found] == [[1]] * 4
    if not with_memory:  # the memory here is untrained
        masks = [f.objects[0].mask.to_array(96, 128) for f in found]
        overlaps = [
            (m & disc(*p)).sum() / (m | disc(*p)).sum() for m, p in zip(masks, places, strict=True)
        ]
        assert min(overlaps) > 0.7
    clip.add_clicks(3, 2, points=[places[3]])
    # Going backward, an object is looked for from its last prompt on.
    assert [o.track for o in list(clip.propagate(3, 2, "backward"))[1].objects] == [2]
    assert {o.track for o in next(iter(clip.propagate(3, 3))).objects} == {1, 2}
    clip.remove(1)
    assert [o.track for o in next(iter(clip.propagate(3, 3))).objects] == [2]


@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
def test_one_example_finds_and_follows_all_beside_a_clicked_object(dtype):
    """Two red discs move to the right, a green square stays: an example, a click."""
    size = (180, 320)
    frames = [scene((60 + 5 * i, 60), (200 + 5 * i, 110), size=size) for i in range(4)]
    for frame in frames:
        frame[120:150, 30:60] = (40, 150, 60)
    mini = Predictor.load("mini", "cpu", dtype)
    with VideoPredictor(mini, FrameArrays(frames)) as clip:
        square = clip.add_clicks(0, 4, points=[(45, 135)])
        assert clip.add_concept(frame=1, boxes=[[51, 46, 79, 74]]) == 0
        found = list(clip.propagate())
        assert [{o.track: o.concept for o in f.objects} for f in found] == [
            {4: -1},
            *[{4: -1, 5: 0, 6: 0}] * 3,
        ]
        for frame, place in ((3, (75, 60)), (3, (215, 110))):
            truth = Mask.from_array(disc(*place, size=size), 0, 0)
            assert max(o.mask.iou(truth) for o in found[frame].objects) > 0.8
        assert found[3].objects[0].mask.iou(square) > 0.9
        clip.remove(5)
        again = list(clip.propagate(3, 0, "backward"))
        # Going backward, the example's frame is the first that knows its objects.
        assert [{o.track for o in f.objects} for f in again] == [set(), set(), {6}, {4, 6}]
        with pytest.raises(Rejected, match="phrase"):
            clip.add_concept("disc")
        with pytest.raises(Rejected, match="positive exemplar"):
            clip.add_concept(boxes=[[51, 46, 79, 74]], box_labels=[0])


def test_a_negative_click_takes_away_from_what_the_frame_shows():
    """A disc and the bar below it were told as one; a click on the bar leaves the disc."""
    size = (180, 320)
    frames = [scene((60 + 5 * i, 60), size=size) for i in range(3)]
    for frame in frames:
        frame[90:130, 40:120] = (30, 60, 190)
    both = disc(60, 60, size=size)
    both[90:130, 40:120] = True
    with VideoPredictor(Predictor.load("mini", "cpu", "fp32"), FrameArrays(frames)) as clip:
        clip.add_mask(0, 1, both)
        corrected = clip.add_clicks(0, 1, points=[(80, 110)], labels=[0])
        assert corrected.iou(Mask.from_array(disc(60, 60, size=size), 0, 0)) > 0.8
        second = list(clip.propagate())[2].objects[0].mask
        assert second.iou(Mask.from_array(disc(70, 60, size=size), 0, 0)) > 0.8


def test_an_empty_mask_says_that_a_thing_is_not_there():
    size = (180, 320)
    frames = [scene((60 + 5 * i, 60), size=size) for i in range(4)]
    with VideoPredictor(Predictor.load("mini", "cpu", "fp32"), FrameArrays(frames)) as clip:
        clip.add_mask(0, 1, disc(60, 60, size=size))
        clip.add_mask(2, 1, np.zeros(size, bool))
        found = [f.objects[0] for f in clip.propagate()]
        assert [o.mask.is_empty for o in found] == [False, False, True, False]
        assert found[2].object_score < 0.01
        clip.add_mask(0, 1, np.zeros(size, bool))
        assert next(iter(clip.propagate())).objects == ()


def test_weights_that_find_nothing_refuse_a_concept(image):
    can = info("mini", Capability.CLICK, Capability.BOX, Capability.TRACK)
    blind = MiniBackend(Sam2Backend(image.encoder, image.heads, None, can), image.heads, can)
    with pytest.raises(Rejected, match="concepts"):
        VideoPredictor(Predictor(blind), FrameArrays([scene()])).add_concept(boxes=[[1, 1, 9, 9]])


def test_a_lost_object_stays_lost_until_prompted_again(image):
    whole = backend(image)
    follower = whole.clip_tracker(3)
    assert isinstance(follower, PreviousMaskFollower)
    features = follower.encode(scene((40, 40)))
    follower.condition(0, features, {1: np.zeros((96, 128), bool)})
    answer = follower.step(1, features, reverse=False)[1]
    assert not (answer.logits > 0).any()
    assert answer.object_score == 0


def test_boxes_are_widened_and_stay_inside():
    mask = torch.zeros(10, 20, dtype=torch.bool)
    assert widened_box(mask) is None
    mask[2:4, 5:15] = True
    torch.testing.assert_close(widened_box(mask), torch.tensor([0.5, 0.3, 0.6, 0.24]))


def test_the_fast_setting_looks_at_smaller_pictures_and_says_so():
    slow, fast = Predictor.load("mini"), Predictor.load("mini-fast")
    assert (slow.info.name, fast.info.name) == ("mini", "mini (fast)")
    assert slow.info.weights_hash != fast.info.weights_hash
    assert slow.info.capabilities == fast.info.capabilities
    picture = scene((40, 40), (90, 60))
    encoded = [one.encode(picture) for one in (slow, fast)]
    assert [e.features.still.levels.grid for e in encoded] == [(64, 64), (48, 48)]
    assert encoded[1].size_bytes < encoded[0].size_bytes
    for predictor, one in zip((slow, fast), encoded, strict=True):
        answer = predictor.segment(one, points=[(40.5, 40.5)])
        truth = Mask.from_array(disc(40, 40), 0, 0)
        assert max(mask.iou(truth) for mask in answer.masks) > 0.9


def test_a_click_inside_a_right_mask_does_not_lose_it():
    """Clicks on the face and on the sleeve of a whole person: not the face, not the sleeve."""
    mini = Predictor.load("mini", "cpu", "fp32")
    with Image.open(paths.resource("sample/pictures/astronaut.jpg")) as picture:
        encoded = mini.encode(np.asarray(picture.convert("RGB")))
    person = mini.segment(encoded, box=[10, 30, 360, 512])
    for point in ((227, 59), (32, 355)):
        again = mini.segment(encoded, points=[point], mask_logits=person.logits[0])
        assert len(again.masks) == 1
        assert again.masks[0].iou(person.masks[0]) > 0.9
