"""Every door on a device that is not the CPU: nothing is left behind, and the answers are the same.

No GPU is needed; see ``tests/support/pretend_device.py``.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from sam3_annotator.engine.protocol import Capability
from sam3_annotator.inference.backend_mini import MiniBackend
from sam3_annotator.inference.backend_sam2 import Sam2Backend
from sam3_annotator.inference.backend_sam3 import Sam3Backend
from sam3_annotator.inference.predictor import Predictor
from sam3_annotator.inference.video_predictor import VideoPredictor
from sam3_annotator.model.build_tracker import build_sam2_image
from sam3_annotator.model.concept_rules import ConceptRules
from sam3_annotator.model.mini_memory import MiniMemory
from sam3_annotator.model.mini_similar import SimilarFinder, SimilarWeights
from sam3_annotator.model.tracker import Tracker
from sam3_annotator.model.tracker_config import BUNDLED_HEADS, SMALL_HIERA
from tests.support.pretend_device import MixedDevicesError, pretended_device
from tests.support.tiny_models import info, randomised, tiny_sam2, tiny_sam3

pytestmark = pytest.mark.slow


def scene(*places, size=(96, 128)):
    picture = np.full((*size, 3), 120, np.uint8)
    for x, y in places:
        cv2.circle(picture, (x, y), 14, (210, 40, 30), -1)
    return picture


FRAMES = np.stack([scene((30 + 5 * t, 40), (90, 60)) for t in range(4)])


def on(device, family):
    """A small model of a family whose weights lie on ``device``, set up as for a GPU."""
    torch.manual_seed(0)
    if family == "mini":
        return _mini(device)
    model = tiny_sam3() if family == "sam3" else tiny_sam2()
    known = replace(model.info, device=str(device))
    net = model.tracker.net.to(device)
    tracker = Tracker(net, batch_size=3, projection_bytes=1 << 24)
    if family == "sam3":
        detector = model._detector.to(device)
        return Sam3Backend(detector, net.heads, tracker, model._tokenizer, known)
    return Sam2Backend(model._encoder.to(device), net.heads, tracker, known, image_size=128)


def _mini(device):
    can = replace(info("mini", *Capability), device=str(device))
    image = randomised(build_sam2_image(SMALL_HIERA, BUNDLED_HEADS)).to(device)
    stills = Sam2Backend(image.encoder, image.heads, None, can, image_size=256)
    memory = randomised(MiniMemory()).to(device)
    finder = SimilarFinder(image.heads, randomised(SimilarWeights()).to(device))
    return MiniBackend(stills, image.heads, can, memory=memory, finder=finder)


FAMILIES = ("mini", "sam2", "sam3")


def clicked(predictor, encoded):
    """A lone click, a box with clicks, and a correction of the answer."""
    first = predictor.segment(encoded, points=[(30, 40)])
    boxed = predictor.segment(
        encoded, points=[(30, 40), (90, 60)], labels=[1, 0], box=(9, 9, 60, 60)
    )
    again = predictor.segment(encoded, points=[(50, 50)], labels=[0], mask_logits=first.logits[0])
    return [*first.logits, *boxed.logits, *again.logits]


def followed(predictor):
    """A clicked object, a given one that goes away, a small one; corrected, both ways, removed."""
    video = VideoPredictor(predictor, _Frames())
    video.add_clicks(1, 0, points=[(35, 40)])
    mask = np.zeros(FRAMES.shape[1:3], bool)
    mask[46:74, 76:104] = True
    video.add_mask(0, 1, mask)
    video.add_mask(3, 1, np.zeros_like(mask))
    small = np.zeros_like(mask)
    small[56:64, 86:94] = True
    video.add_mask(0, 2, small)
    frames = list(video.propagate(0, 2))
    video.add_clicks(2, 0, points=[(40, 40), (90, 60)], labels=[1, 0])
    frames += video.propagate(3, 1, "backward")
    video.remove(0)
    frames += video.propagate(2, 3)
    return [(f.frame, o.track, o.score, o.object_score) for f in frames for o in f.objects]


class _Frames:
    height, width, frame_count = *FRAMES.shape[1:3], len(FRAMES)

    def frame(self, index):
        return FRAMES[index]


@pytest.mark.parametrize("family", FAMILIES)
def test_clicks(family):
    here = Predictor(on(torch.device("cpu"), family))
    wanted = clicked(here, here.encode(FRAMES[0]))
    with pretended_device() as device, torch.no_grad():
        there = Predictor(on(device, family))
        answers = clicked(there, there.encode(FRAMES[0]))
    assert all(np.allclose(a, w, atol=1e-6) for a, w in zip(answers, wanted, strict=True))


@pytest.mark.parametrize("family", FAMILIES)
def test_following(family):
    wanted = followed(Predictor(on(torch.device("cpu"), family)))
    with pretended_device() as device, torch.no_grad():
        answers = followed(Predictor(on(device, family)))
    assert np.allclose(answers, wanted, atol=1e-6)
    assert {track for _, track, *_ in answers} == {0, 1, 2}


@pytest.mark.parametrize(("family", "text"), [("mini", ""), ("sam3", ""), ("sam3", "red disc")])
def test_searching(family, text):
    def found(predictor):
        encoded = predictor.encode(FRAMES[0])
        boxes = [[16, 26, 44, 54], [76, 46, 104, 74]]
        return predictor.detect(encoded, text=text, boxes=boxes, box_labels=[1, 0], min_score=0.0)

    wanted = found(Predictor(on(torch.device("cpu"), family)))
    with pretended_device() as device, torch.no_grad():
        answer = found(Predictor(on(device, family)))
    assert len(answer.scores) > 0
    assert np.allclose(answer.scores, wanted.scores, atol=1e-5)
    assert np.allclose(answer.boxes_xyxy_px, wanted.boxes_xyxy_px, atol=1e-2)


EVERYTHING = ConceptRules(
    min_score=0.0,
    new_score=0.0,
    recondition_every=1,
    recondition_score=0.0,
    recondition_iou=0.0,
    recondition_object_logit=-99.0,
    appearance_weight=0.1,
    motion_weight=0.1,
    gone_frames=1,
    recover_likeness=0.1,
    recover_margin=0.0,
    max_objects=4,
)
"""Rules under which a model that knows nothing does everything."""


def test_following_concepts():
    """Only that it runs: all things look alike to this model, and rounding decides between them."""
    with pretended_device() as device, torch.no_grad():
        video = VideoPredictor(Predictor(on(device, "sam3")), _Frames(), EVERYTHING)
        video.add_clicks(0, 50, points=[(30, 40)])
        video.add_concept("red disc")
        video.add_concept("", frame=2, boxes=[[16, 26, 44, 54], [76, 46, 104, 74]])
        frames = [*video.propagate(), *video.propagate(3, 0, "backward")]
    tracks = [o.track for f in frames for o in f.objects]
    assert len(set(tracks)) > 2
    assert len(tracks) > len(set(tracks))


def test_the_pretended_device_refuses_operands_in_two_places():
    with pretended_device() as device:
        there = torch.arange(4.0, device=device)
        assert (there + torch.tensor(1.0)).tolist() == [1, 2, 3, 4]
        with pytest.raises(MixedDevicesError):
            there + torch.ones(4)
        with pytest.raises(MixedDevicesError):
            torch.ones(4)[there > 1]
        with pytest.raises(RuntimeError):
            there.numpy()
