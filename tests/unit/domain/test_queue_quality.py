"""How many planted errors the head of the queue holds, and how well that is predicted.

Seeds from 200 on were never looked at while the default weights were chosen.
"""

from __future__ import annotations

import numpy as np
import pytest

from sam3_annotator.domain.doubts.calibration import Judged, calibrate, found_share
from sam3_annotator.domain.doubts.signals import Weights
from tests.support.planted import KINDS, planted_clip
from tests.support.planted_queue import measured

FIRST_SEED, CLIPS = 200, 12


def frames_of(seeds, **how):
    """Signals, errors, confidence and clip of every frame that the model made."""
    strengths, errors, scores, groups = [], [], [], []
    hits = []
    for seed in seeds:
        clip = planted_clip(seed, **how)
        evidences, swaps = measured(clip)
        told = [({int(s.first), int(s.second)}, int(s.frame)) for s in swaps]
        hits += [
            any(pair == {a, b} and abs(at - frame) <= 6 for pair, at in told)
            for a, b, frame in clip.swaps
        ]
        for object_id, evidence in evidences.items():
            is_open = evidence.is_open
            strengths.append(evidence.strengths[is_open])
            errors.append(clip.is_error(int(object_id))[is_open])
            scores.append(clip.masklets[object_id].rows["score"][is_open])
            groups.append(np.full(int(is_open.sum()), seed * 100 + int(object_id)))
    judged = Judged(np.concatenate(strengths), np.concatenate(errors), np.concatenate(groups))
    return judged, np.concatenate(scores), hits


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def planted():
    return frames_of(range(FIRST_SEED, FIRST_SEED + CLIPS))


def test_the_head_of_the_queue_holds_most_errors(planted):
    judged, scores, _ = planted
    chances = Weights.default().probabilities(judged.strengths)
    ours = found_share(chances, judged.is_error)
    by_confidence = found_share(1.0 - scores.astype(np.float64), judged.is_error)
    assert ours > 0.75
    assert by_confidence < 0.45
    assert ours > by_confidence + 0.3


def test_the_predicted_share_is_within_ten_points(planted):
    judged, _, _ = planted
    found = calibrate(judged)
    assert found.found_share > 0.75
    assert abs(found.found_share - found.predicted_share) < 0.10


def test_most_swaps_are_found_and_few_are_invented(planted):
    _, _, hits = planted
    assert sum(hits) >= 0.8 * len(hits)
    invented = 0
    for seed in range(FIRST_SEED, FIRST_SEED + CLIPS):
        clip = planted_clip(seed, events=0)
        invented += len(measured(clip)[1])
    assert invented <= 3


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_error_comes_early(kind):
    judged, _, _ = frames_of(range(FIRST_SEED, FIRST_SEED + 4), kinds=(kind,), events=3)
    if not judged.is_error.any():
        pytest.skip("nothing could be planted")
    chances = Weights.default().probabilities(judged.strengths)
    assert found_share(chances, judged.is_error) > 0.45
