"""Clips: human corrections that a clip needs, frames that a local correction saves.

``pytest -m bench -s tests/bench/bench_corrections.py`` prints the section of
``docs/benchmarks.md`` ready to be pasted, and writes it to ``out/corrections.md``.
"""

from __future__ import annotations

import os
import platform
import sys
import textwrap
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from sam3_annotator.app import open_source
from sam3_annotator.inference.session import ModelSession
from tests.support.annotator import Annotator, Bench, Habit, Truth, load
from tests.support.correction_scores import (
    Job,
    clips_table,
    equality_table,
    needs_table,
    quality_table,
    rows_read,
    saving_table,
)
from tests.support.moving_things import CLIPS, FRAMES, HEIGHT, WIDTH, moving_clip, write_film
from tests.support.pump import Pump

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sam3_annotator.engine.protocol import ModelInfo
    from sam3_annotator.engine.session import Session
    from tests.support.annotator import FirstMask

pytestmark = pytest.mark.bench

LIMIT = 5
WORST = Habit(limit=LIMIT, checked=1)
QUEUE = Habit(limit=LIMIT, uses_queue=True)
FOLLOWERS = {"memory": None, "previous mask": lambda backend: backend.without_memory()}
WAYS = {"worst frame": WORST, "review queue": QUEUE}


def real_session(follower: str) -> Session:
    """The model's side, following in one of the :data:`FOLLOWERS` ways."""
    return ModelSession(open_source, adapt=FOLLOWERS[follower])


class Workshop:
    """Films, first masks and engines, so that every way of working begins alike.

    Args:
        folder: an empty one for films and projects.
        make_session: builds the model's side of a follower.
        frames: of each clip.
    """

    def __init__(
        self,
        folder: Path,
        make_session: Callable[[str], Session] = real_session,
        frames: int = FRAMES,
    ) -> None:
        self._folder, self._make_session, self._frames = folder, make_session, frames
        self._firsts: dict[str, dict[str, FirstMask]] = {}
        self.infos: list[ModelInfo] = []

    def label(self, follower: str, clips: Sequence[str]) -> Iterator[tuple[str, Job]]:
        """Label clips in every way with one follower; gives (way, job) as they are done."""
        pump = Pump(self._make_session(follower), limit=8, patience_s=600.0)
        try:
            info = load(pump, "mini")
            self.infos.append(info)
            for clip in clips:
                yield from self._label(pump, info, follower, clip)
        finally:
            pump.close()

    def _label(
        self, pump: Pump, info: ModelInfo, follower: str, clip: str
    ) -> Iterator[tuple[str, Job]]:
        made = moving_clip(clip, self._frames)
        film = self._folder / f"{clip.replace(' ', '_')}.mp4"
        if not film.exists():
            write_film(made.frames, film)
        truths = [Truth.of(name, seen, made.whole[name]) for name, seen in made.truth.items()]
        for way, habit in WAYS.items():
            home = self._folder / f"{film.stem}, {follower}, {way}"
            home.mkdir()
            bench = Bench(pump, home, film, info)
            try:
                if clip not in self._firsts:
                    self._firsts[clip] = {t.name: bench.first_mask(t) for t in truths}
                stories = Annotator(bench, habit).work(self._firsts[clip], truths)
            finally:
                bench.close()
            yield f"{follower}, {way}", Job(clip, (HEIGHT, WIDTH), tuple(stories))

    @property
    def firsts(self) -> list[FirstMask]:
        """Every first mask, in the order of the clips."""
        return [first for clip in self._firsts.values() for first in clip.values()]


HOW = (
    "{clips} clips of {frames} frames, {width} x {height}, with {things} things cut out of the "
    "sample pictures that move over other sample pictures by fixed scripts "
    "(`tests/support/moving_things.py`): they cross, hide wholly, leave and return, have "
    "look-alikes, move slowly and fast, and the camera moves. A simulated person boxes each thing "
    "on its first frame and clicks until it overlaps the truth by 0.9 ({boxes} by the box alone, "
    "{clicked} with clicks, {painted} painted), propagates, and then corrects one frame after the "
    "other with the true mask, or marks a whole absence as absent, until 95 % of the thing's "
    "frames are right; after {limit} corrections the person gives up. Everything goes through "
    "project file, document, engine thread and `workflow/propagating`, each correction with its "
    "local re-propagation."
)
WHAT = (
    "Frames on which less than 5 % of a thing shows are not judged; a frame without the thing is "
    'right when its mask is empty. "Worst frame" corrects the frame of the least overlap, "review '
    'queue" follows the queue to the first row that holds a wrong frame, as users do; it opened '
    '{reads} rows for each correction. "Previous mask" is the memoryless baseline: the same model, '
    "prompted on each frame with the last frame's mask and box. J and F leave out the first frame."
)
NEEDS = "Corrections until 95 % of a thing's frames are right; who gave up counts as {limit}:"
LOCAL = (
    "A correction is computed outwards until the next human frame, or until {in_a_row} frames in a "
    "row overlap their old masks by {min_iou}; marking an absence computes nothing and is left out "
    "here. A full re-run computes the clip from the correction to both ends."
)
EQUAL = (
    "After the first correction of each thing the full re-run was made as well, compared with the "
    "masks that the local one had left alone, and undone."
)


def paragraph(text: str, **values: object) -> str:
    """Filled in, and broken into lines."""
    return textwrap.fill(text.format(**values), 118, break_on_hyphens=False) + "\n"


def section(work: dict[str, list[Job]], shop: Workshop, seconds: tuple[float, float]) -> str:
    """The section of ``docs/benchmarks.md``."""
    info, firsts, agreement = shop.infos[0], shop.firsts, WORST.agreement
    boxes = sum(not f.is_painted and not f.clicks for f in firsts)
    painted = sum(f.is_painted for f in firsts)
    queues = {way: rows_read(jobs) for way, jobs in work.items() if way.endswith("queue")}
    day = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    parts = [
        "## Clips: corrections needed\n",
        paragraph(
            f"{day}, {os.cpu_count()} cores, {platform.machine()}, no GPU; `mini` "
            f"{info.weights_hash[:12]} in {info.dtype}. `pytest -m bench -s "
            f"tests/bench/bench_corrections.py` prints this section; it took {seconds[0]:.0f} s by "
            f"the clock and {seconds[1]:.0f} s of processor time, load at the end "
            f"{os.getloadavg()[0]:.1f}."
        ),
        paragraph(
            HOW, clips=len(CLIPS), frames=FRAMES, width=WIDTH, height=HEIGHT, things=len(firsts),
            boxes=boxes, clicked=len(firsts) - boxes - painted, painted=painted, limit=LIMIT,
        ),
        paragraph(WHAT, reads=", ".join(f"{n:.1f} ({way})" for way, n in queues.items())),
        quality_table(work),
        paragraph(NEEDS, limit=LIMIT + 1),
        needs_table(work, WORST),
        clips_table(work, WORST),
        "### Local corrections: what they compute, and what they keep\n",
        paragraph(LOCAL, in_a_row=agreement.frames, min_iou=agreement.min_iou),
        saving_table(work),
        paragraph(EQUAL),
        equality_table(work, agreement.min_iou),
    ]  # fmt: skip
    return "\n".join(parts)


@pytest.fixture
def _every_core():
    """Tests run torch on one thread; a measurement that takes minutes may have them all."""
    threads = torch.get_num_threads()
    torch.set_num_threads(os.cpu_count() or 1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("_every_core")
def test_corrections_needed(tmp_path):
    begin, processor = time.perf_counter(), time.process_time()
    shop = Workshop(tmp_path)
    work: dict[str, list[Job]] = {}
    for follower in FOLLOWERS:
        for way, job in shop.label(follower, CLIPS):
            work.setdefault(way, []).append(job)
    taken = time.perf_counter() - begin, time.process_time() - processor
    text = section(work, shop, taken)
    out = Path("out")
    out.mkdir(exist_ok=True)
    (out / "corrections.md").write_text(text, encoding="utf-8")
    sys.stdout.write("\n" + text)
    assert all(job.stories for jobs in work.values() for job in jobs)
