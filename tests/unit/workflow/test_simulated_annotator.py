"""The measurement of corrections itself, with a toy in the model's place, so that it cannot rot."""

from __future__ import annotations

import re

import numpy as np
import pytest

from sam3_annotator.domain.geometry import PixelBox, Point
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from tests.bench.bench_corrections import Workshop, section
from tests.support.annotator import (
    Annotator,
    Bench,
    Correction,
    FullRun,
    Habit,
    Story,
    Truth,
    load,
    worst_place,
)
from tests.support.correction_scores import (
    Job,
    clips_table,
    equality_table,
    needs_table,
    quality_table,
    saving_table,
    score,
)
from tests.support.fake_session import FakeSession
from tests.support.moving_things import CLIPS, moving_clip, write_film
from tests.support.pump import Pump

SIZE = (64, 96)
FRAMES = 16


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "clip.mp4"
    write_film(np.full((FRAMES, *SIZE, 3), 90, np.uint8), path)
    return path


@pytest.fixture
def pump():
    pump = Pump(FakeSession(lambda _frame: SIZE[::-1]))
    yield pump
    pump.close()


def seen(lefts):
    """(T, H, W) bool: a square whose left edge is given for each frame, None where it is gone."""
    pixels = np.zeros((len(lefts), *SIZE), np.bool_)
    for frame, left in enumerate(lefts):
        if left is not None:
            pixels[frame, 20:40, left : left + 20] = True
    return pixels


def truth(name, lefts):
    pixels = seen(lefts)
    return Truth.of(name, pixels, np.full(len(lefts), 400))


# The toy moves everything by a pixel a frame.
EASY = truth("easy", [10 + f for f in range(FRAMES)])
QUICK = truth("quick", [5 + 3 * f for f in range(FRAMES)])
GONE = truth("gone", [10 + f if f < 8 else None for f in range(FRAMES)])


def work(pump, film, folder, habit, truths=(EASY, QUICK, GONE)):
    bench = Bench(pump, folder, film, load(pump, "mini"))
    try:
        firsts = {t.name: bench.first_mask(t) for t in truths}
        stories = Annotator(bench, habit).work(firsts, truths)
        human = [bench.human_frames(s.id).tolist() for s in bench.document.project.objects(1)]
    finally:
        bench.close()
    return firsts, stories, human


def test_the_person_corrects_until_enough_frames_are_right(pump, film, tmp_path):
    habit = Habit(limit=20, checked=1)
    firsts, (easy, quick, gone), human = work(pump, film, tmp_path, habit)
    assert firsts["easy"].is_painted, "the toy's ellipses are no squares"
    assert easy.corrections == []
    assert easy.needed(0.9, 0.95) == 0
    assert quick.needed(0.9, 0.95) == len(quick.corrections) > 2
    assert quick.share_right(len(quick.corrections), 0.9) >= 0.95
    assert human[1] == sorted({0, *(c.frame for c in quick.corrections)})
    (absence,) = gone.corrections
    assert absence.is_absence
    assert absence.computed == 0
    assert human[2] == [0, *range(8, FRAMES)]
    first = quick.corrections[0]
    assert first.frame == 10, "the first of those that it misses altogether"
    assert first.gap == FRAMES - 2
    assert 0 < first.computed < first.gap, "close to the first frame both walks agree"
    assert first.full.computed == FRAMES - 1
    assert first.full.overlaps.size == first.gap - first.computed


def test_a_full_run_is_compared_and_taken_back(pump, film, tmp_path):
    habit = Habit(limit=2, checked=2)
    _, (quick,), _ = work(pump, film, tmp_path, habit, (QUICK,))
    _, second = quick.corrections
    kept = second.full
    assert 0 < kept.overlaps.size <= FRAMES - 2 - second.computed
    assert kept.overlaps.shape == kept.is_beyond.shape == kept.gains.shape
    assert (kept.overlaps <= 1).all()


def test_the_queue_leads_to_a_wrong_frame(pump, film, tmp_path):
    habit = Habit(uses_queue=True, limit=3)
    _, (quick,), _ = work(pump, film, tmp_path, habit, (QUICK,))
    assert len(quick.corrections) == 3
    assert all(c.rows_read >= 1 for c in quick.corrections)


def test_a_sliver_is_not_judged():
    pixels = seen([10, 10, None])
    pixels[1, :, 11:] = False
    slim = Truth.of("slim", pixels, np.array([400, 4000, 0]))
    assert slim.is_judged.tolist() == [True, False, True]


def test_a_click_goes_to_the_middle_of_the_largest_error():
    right = Mask.from_box(PixelBox(10, 10, 30, 30))
    assert worst_place(EMPTY_MASK, right)[1]
    point, is_positive = worst_place(right.union(Mask.from_box(PixelBox(40, 10, 61, 31))), right)
    assert (point, is_positive) == (Point(50.5, 20.5), False)


def story(states, corrections):
    return Story(EASY, [tuple(masks) for masks in states], corrections)


def test_scores_and_tables():
    off = [m.translated(0, 30) for m in EASY.masks]
    full = FullRun(15, np.array([1.0, 0.5]), np.array([False, True]), np.array([0.0, -0.3]))
    made = Correction(4, is_absence=False, computed=6, gap=14, rows_read=2, full=full)
    fixed = Job("toy", SIZE, (story([off, EASY.masks], [made]),))
    lost = Job("toy", SIZE, (story([off, off], [made]),))
    assert score([fixed], 0).j == 0
    good = score([fixed], 4)
    assert (good.j, good.f, good.switches, good.idf1, good.right) == (1, 1, 0, 1, (1, 1))
    assert good.hota == pytest.approx(1)
    table = {"a": [fixed], "b": [lost]}
    habit = Habit(limit=1)
    assert "| a | 0.9 | 1 of 1 | 1 | 1.0 |" in needs_table(table, habit)
    assert "| b | 0.9 | 0 of 1 | more than 1 | at least 2.0 |" in needs_table(table, habit)
    assert "| toy: easy | 1 / 1 | > 1 / > 1 |" in clips_table(table, habit)
    assert "| a | 1 | 6 | 14 | 15 | 40.0 % | 42.9 % | 40.0 % |" in saving_table(table)
    same = equality_table(table, 0.95)
    assert "| a, kept by agreement | 1 | 1 | 100.0 % | 1.000 |" in same
    assert "| a, kept behind a human frame | 1 | 1 | 0.0 % | 0.500 | 0.500 | -0.3000 |" in same
    assert quality_table(table).count("\n") == 2 + 2 * 4


def test_swapped_things_are_counted():
    one, two = truth("one", [5] * 4), truth("two", [60] * 4)
    swapped = [
        Story(one, [(*one.masks[:2], *two.masks[2:])]),
        Story(two, [(*two.masks[:2], *one.masks[2:])]),
    ]
    found = score([Job("toy", SIZE, tuple(swapped))], 0)
    assert found.switches == 2
    assert found.idf1 == 0.5


def test_the_clips_are_the_same_every_time():
    clip, again = moving_clip("leaving", frames=3), moving_clip("leaving", frames=3)
    assert np.array_equal(clip.frames, again.frames)
    assert set(CLIPS) > {"leaving"}
    assert not clip.truth["helmet"][1].any(), "it has left half way"
    assert clip.whole["helmet"][0] == clip.truth["helmet"][0].sum()


def test_the_whole_section_is_printed(tmp_path):
    shop = Workshop(tmp_path, lambda _: FakeSession(lambda _: (480, 270)), frames=5)
    work = {}
    for way, job in shop.label("memory", ["slow"]):
        work.setdefault(way, []).append(job)
    assert list(work) == ["memory, worst frame", "memory, review queue"]
    text = section(work, shop, (1.0, 2.0))
    assert text.startswith("## Clips: corrections needed")
    assert "| slow: woman | " in text
    assert max(map(len, re.findall(r"^(?!\|).*", text, re.MULTILINE))) <= 120
