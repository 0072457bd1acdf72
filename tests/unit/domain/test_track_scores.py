"""HOTA, IDF1 and switches: worked examples, bounds, and motmetrics where it is installed."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam3_annotator.domain.track_scores import (
    ALPHAS,
    IdentityScore,
    Scene,
    hota,
    identity,
    switches,
)


def scene(truths, answers, overlaps):
    return Scene(
        np.array(truths, np.intp),
        np.array(answers, np.intp),
        np.array(overlaps, np.float64).reshape(len(truths), len(answers)),
    )


def test_perfect_answers_score_one():
    scenes = [scene([0, 1], [1, 0], [[0, 1], [1, 0]]) for _ in range(5)]
    assert hota(scenes).hota == pytest.approx(1)
    assert identity(scenes).idf1 == 1
    assert switches(scenes) == 0


def test_nothing_there_and_nothing_answered_scores_one():
    assert hota([scene([], [], [])]).hota == 1
    assert identity([]).idf1 == 1


def test_nothing_answered_scores_zero():
    scenes = [scene([0], [], [])]
    assert hota(scenes).hota == 0
    assert identity(scenes) == IdentityScore(0, 0, 1)


def test_a_track_cut_in_half_by_identity_has_half_the_association():
    scenes = [scene([0], [0 if frame < 4 else 1], [[1.0]]) for frame in range(8)]
    result = hota(scenes)
    assert result.detection == pytest.approx(1)
    assert result.association == pytest.approx(0.5)
    assert result.hota == pytest.approx(np.sqrt(0.5))
    assert identity(scenes).idf1 == pytest.approx(0.5)
    assert switches(scenes) == 1


def test_an_overlap_counts_from_its_own_threshold_on():
    scenes = [scene([0], [0], [[0.62]])]
    share = np.count_nonzero(ALPHAS <= 0.62 + 1e-9) / ALPHAS.size
    assert hota(scenes).hota == pytest.approx(share)
    assert hota(scenes).detection == pytest.approx(share)


def test_a_kept_pair_is_no_switch_although_another_overlaps_more():
    scenes = [scene([0], [0], [[0.9]]), scene([0], [0, 1], [[0.6, 0.9]])]
    assert switches(scenes) == 0


def test_a_switch_after_a_gap_is_counted():
    scenes = [scene([0], [0], [[0.9]]), scene([0], [], []), scene([0], [1], [[0.9]])]
    assert switches(scenes) == 1


@st.composite
def clips(draw):
    tracks, others = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    scenes = []
    for _ in range(draw(st.integers(1, 6))):
        truths = sorted(draw(st.sets(st.integers(0, tracks - 1))))
        answers = sorted(draw(st.sets(st.integers(0, others - 1))))
        values = [
            [draw(st.sampled_from([0.0, 0.3, 0.55, 0.8, 1.0])) for _ in answers] for _ in truths
        ]
        scenes.append(scene(truths, answers, values))
    return scenes


@settings(deadline=None, max_examples=80)
@given(clips())
def test_scores_stay_in_bounds_and_the_matching_is_one_to_one(scenes):
    result = hota(scenes)
    for value in (result.hota, result.detection, result.association, result.localisation):
        assert -1e-9 <= value <= 1 + 1e-9
    found = identity(scenes)
    assert min(found.hits, found.false, found.missed) >= 0
    assert found.hits + found.missed == sum(s.truths.size for s in scenes)
    assert found.hits + found.false == sum(s.answers.size for s in scenes)


@pytest.mark.skipif(importlib.util.find_spec("motmetrics") is None, reason="needs motmetrics")
@pytest.mark.filterwarnings("ignore")
@settings(deadline=None, max_examples=40)
@given(clips())
def test_idf1_agrees_with_motmetrics(scenes):
    import motmetrics  # noqa: PLC0415 - not everywhere installed

    scenes = [s for s in scenes if s.truths.size or s.answers.size]
    if not any(s.truths.size for s in scenes) or not any(s.answers.size for s in scenes):
        return
    log = motmetrics.MOTAccumulator(auto_id=True)
    for one in scenes:
        distances = np.where(one.overlaps >= 0.5, 1 - one.overlaps, np.nan)
        log.update(one.truths.tolist(), one.answers.tolist(), distances)
    table = motmetrics.metrics.create().compute(log, metrics=["idf1"], name="clip")
    assert identity(scenes).idf1 == pytest.approx(float(table["idf1"].iloc[0]))
