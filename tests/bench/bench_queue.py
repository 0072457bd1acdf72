"""Review queue: quality on clips with planted errors, and the time it takes to measure them."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from sam3_annotator.domain.doubts.calibration import calibrate, found_share
from sam3_annotator.domain.doubts.evidence import measure
from sam3_annotator.domain.doubts.jumps import follow_jumps
from sam3_annotator.domain.doubts.queue import doubts_of
from sam3_annotator.domain.doubts.signals import Weights
from sam3_annotator.domain.ids import ObjectId
from sam3_annotator.domain.masklet import ROW, SOURCE_CODES, Masklet, People
from tests.unit.domain.test_queue_quality import frames_of

pytestmark = pytest.mark.bench


def test_quality_of_the_queue(benchmark):
    judged, scores, hits = benchmark.pedantic(
        lambda: frames_of(range(200, 240)), rounds=1, iterations=1
    )
    default = Weights.default().probabilities(judged.strengths)
    found = calibrate(judged)
    lines = {
        "frames": len(judged),
        "errors": float(judged.is_error.mean()),
        "first 20 %, default weights": found_share(default, judged.is_error),
        "first 20 %, calibrated": found.found_share,
        "predicted": found.predicted_share,
        "first 20 %, by confidence": found_share(1.0 - scores.astype(float), judged.is_error),
        "swaps found": f"{sum(hits)} of {len(hits)}",
    }
    for name, value in lines.items():
        sys.stdout.write(f"{name}: {value if isinstance(value, str) else round(value, 3)}\n")


def test_measuring_ten_thousand_frames(benchmark):
    rng = np.random.default_rng(0)
    rows = np.zeros(10_000, ROW)
    rows["frame"] = np.arange(10_000)
    rows["source"] = SOURCE_CODES["model"]
    rows["score"] = rng.random(10_000)
    rows["left"] = 100 + 80 * np.sin(np.arange(10_000) / 90)
    rows["top"], rows["bottom"] = 40, 80
    rows["right"] = rows["left"] + 40
    rows["area"] = 1600 + rng.integers(-40, 40, 10_000)
    masklet = Masklet(ObjectId(1), rows, (), People())

    def queue_of_one():
        evidence = measure(masklet, 1920, 1080)
        follow_jumps(evidence, masklet)
        return doubts_of(evidence, Weights.default())

    assert benchmark(queue_of_one)
