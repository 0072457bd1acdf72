"""Every door in half precision, with weights given the way the loader gives them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sam3_annotator.inference.predictor import Predictor
from sam3_annotator.inference.video_predictor import FrameArrays, VideoPredictor
from sam3_annotator.model.concept_rules import ConceptRules
from sam3_annotator.model.recognise import is_exact
from tests.support.tiny_models import tiny_sam2, tiny_sam3
from tests.support.weights_files import golden_shapes

pytestmark = pytest.mark.slow

ANYTHING = ConceptRules(
    min_score=0.0, new_score=0.0, duplicate_iou=1.0, max_objects=2, probation_frames=0
)
BOX = (5, 5, 30, 20)


def refilled(backend, dtype):
    """The same weights handed over in ``dtype``, not converted by the modules themselves."""
    parts = [getattr(backend, name, None) for name in ("_detector", "_encoder")]
    for module in [part for part in parts if part is not None] + [backend.tracker.net]:
        state = {name: value.to(dtype) for name, value in module.state_dict().items()}
        module.load_state_dict(state, strict=True, assign=True)
    return Predictor(backend)


@pytest.fixture(scope="module")
def picture():
    return np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("build", [tiny_sam2, tiny_sam3])
def test_clicks_and_boxes_answer_nearly_as_in_full_precision(build, dtype, picture):
    half, full = refilled(build(), dtype), Predictor(build())
    ours, exact = half.encode(picture), full.encode(picture)
    for prompt in ({"points": [(20, 20)]}, {"box": BOX}, {"points": [(9, 9)], "box": BOX}):
        got, expected = half.segment(ours, **prompt), full.segment(exact, **prompt)
        assert got.scores == pytest.approx(expected.scores, abs=0.05)
        again = half.segment(ours, mask_logits=got.logits[0], **prompt)
        assert np.isfinite(again.logits).all()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_concepts_answer_nearly_as_in_full_precision(dtype, picture):
    half, full = refilled(tiny_sam3(), dtype), Predictor(tiny_sam3())
    prompt = {"text": "cat", "boxes": [BOX, (1, 1, 9, 9)], "box_labels": [1, 0], "min_score": 0}
    got = half.detect(half.encode(picture), **prompt)
    expected = full.detect(full.encode(picture), **prompt)
    assert got.scores == pytest.approx(expected.scores, abs=0.05)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("build", [tiny_sam2, tiny_sam3])
def test_clips_are_followed(build, dtype, picture):
    predictor = refilled(build(), dtype)
    clip = VideoPredictor(predictor, FrameArrays([picture] * 4), ANYTHING)
    clip.add_clicks(0, 1, points=[(20, 20)])
    clip.add_mask(1, 2, np.ones((40, 60), bool))
    clip.add_clicks(2, 1, points=[(20, 20), (50, 5)], labels=[1, 0])
    if build is tiny_sam3:
        clip.add_concept("cat", boxes=[BOX])
    found = list(clip.propagate())
    assert [{o.track for o in f.objects} >= {1, 2} for f in found] == [False, True, True, True]


@pytest.mark.parametrize("names", ["official_sam3", "transformers_sam3_video"])
def test_only_the_click_table_of_waves_keeps_its_precision(names):
    exact = {name: shape for name, shape in golden_shapes(names).items() if is_exact(name)}
    assert set(exact.values()) == {(2, 128)}
    assert len(exact) == (1 if names == "official_sam3" else 2)
