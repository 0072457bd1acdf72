"""A long session in one clip: memory stays where it was once the caches are full.

``tests/bench/bench_long_clip.py`` does the same with 10,000 frames and the real budgets.
"""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.mask import Mask
from tests.support.fake_session import FakeSession
from tests.support.films import Film, labelled_film
from tests.support.hands import Hands

if TYPE_CHECKING:
    from tests.gui.window.conftest import Running

GROWTH = 0.03
LIMIT_MS = 120_000
ROUNDS, WARM_UP = 10, 5


def resident_mb() -> float:
    """Memory of this process that is in use, in MB (Linux)."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


@dataclass
class LongSession:
    """Plays, steps, seeks, edits and takes back, round after round, all over a clip.

    Attributes:
        steps, seeks, edits, played: how many of each a round has; ``played`` are frames.
    """

    running: Running
    qtbot: object
    steps: int = 15
    seeks: int = 25
    edits: int = 4
    played: int = 12
    sizes_mb: list[float] = field(default_factory=list)

    def round(self, number: int) -> None:
        """One round; every round does the same amount of work, elsewhere."""
        dice, count = np.random.default_rng(number), self._frame_count()
        for frame in dice.integers(0, count, self.seeks).tolist():
            self._go(frame)
        self._go(int(dice.integers(0, count - 2 * self.played)))
        self._step()
        self._play()
        for frame in dice.integers(0, count, self.edits).tolist():
            self._edit(frame, dice)
        self.sizes_mb.append(resident_mb())

    def _frame_count(self) -> int:
        view = self.running.workspace.view
        return self.running.project.medium(view.media_id).frame_count

    def _until(self, is_so) -> None:
        self.qtbot.waitUntil(is_so, timeout=LIMIT_MS)

    def _settled(self) -> None:
        pictures = self.running.window.controllers.pictures
        self._until(lambda: not pictures.is_waiting and pictures.picture is not None)
        self.running.window.parts.canvas.repaint()

    def _go(self, frame: int) -> None:
        self.running.desks.navigation.go_to_frame(frame)
        self._settled()

    def _step(self) -> None:
        hands = Hands(self.running.window)
        for _ in range(self.steps):
            hands.key(Qt.Key.Key_D)
            self._settled()

    def _play(self) -> None:
        view = self.running.workspace.view
        end = FrameIndex(int(view.frame) + self.played)
        self.running.workspace.state.update(span=(view.frame, end))
        self.running.window.table["clip.play"].trigger()
        self._until(lambda: not self.running.workspace.view.is_playing)
        self.running.workspace.state.update(span=None)

    def _edit(self, frame: int, dice: np.random.Generator) -> None:
        """A brush stroke on an object, half of them taken back."""
        self._go(frame)
        items = self.running.project.objects(self.running.workspace.view.media_id)
        chosen = items[int(dice.integers(len(items)))].id
        self.running.workspace.state.update(selection=(chosen,))
        self.running.window.table["tool.brush"].trigger()
        left, top = dice.integers(0, 40, 2).tolist()
        stroke = Mask.from_box(PixelBox(left, top, left + 12, top + 12))
        self.running.window.parts.canvas.stroke_finished.emit(stroke, False)
        if dice.random() < 0.5:
            self.running.desks.edits.undo()
        self.running.workspace.state.update(selection=())


def ready(running, qtbot, size):
    """Until the clip is shown and nothing is left to be measured."""
    running.window.resize(size[0], size[1])
    pictures = running.window.controllers.pictures
    qtbot.waitUntil(lambda: pictures.picture is not None, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: bool(running.desks.clip.playback.times_s), timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: not running.desks.work.works, timeout=LIMIT_MS)
    running.window.parts.canvas.setFocus()
    return running


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_is_flat_over_a_long_session(launch, tmp_path, qtbot, monkeypatch):
    monkeypatch.setattr("sam3_annotator.ui.wiring.clip_reading.CACHE_BYTES", 4 << 20)
    monkeypatch.setattr("sam3_annotator.ui.wiring.picture_sync.KEPT_BYTES", 8 << 20)
    film = Film((160, 96), frames=900, group=15)
    path = labelled_film(tmp_path, film, objects=3, across=0.3)
    running = launch(path, make_session=lambda: FakeSession(lambda _: film.size))
    session = LongSession(ready(running, qtbot, (900, 600)), qtbot)
    for number in range(ROUNDS):
        session.round(number)
    print("MB after each round:", [round(one, 1) for one in session.sizes_mb])  # noqa: T201
    before, after = session.sizes_mb[WARM_UP - 1], session.sizes_mb[-1]
    assert after <= before * (1 + GROWTH), session.sizes_mb
