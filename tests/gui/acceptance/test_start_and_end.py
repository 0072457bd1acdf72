"""Issue 3, point 6: starting and closing over and over leaves nothing behind."""

from __future__ import annotations

import sys
import threading

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication

from sam3_annotator.app import Program
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.mask import Mask
from sam3_annotator.ui.settings import ModelChoice, Settings, ThemeMode
from tests.gui.window.conftest import SIZE
from tests.support.fake_session import FakeSession
from tests.support.hands import Hands

ROUNDS = 5
PAINTS = 5_000


def one_round(qapp, qtbot, settings, pictures):
    """Start, open, click, draw, close."""
    program = Program(qapp, settings, lambda: FakeSession(lambda _: SIZE))
    window, workspace = program.window, program.workspace
    with qtbot.waitSignal(workspace.model_changed):
        program.start([pictures], ModelChoice())
    qtbot.waitUntil(lambda: workspace.segmenting._encoded is not None)
    hands = Hands(window)
    hands.click(60, 50)
    qtbot.waitUntil(lambda: not workspace.segmenting.attempt.is_waiting)
    hands.key(Qt.Key.Key_Return)
    window.parts.canvas.stroke_finished.emit(Mask.from_box(PixelBox(1, 1, 20, 20)), False)
    window.dialogs.open_settings().close()
    hands.key(Qt.Key.Key_D)
    window.close()
    assert program.stop()
    for translator in program._translators:
        qapp.removeTranslator(translator)
    window.deleteLater()


def test_five_starts_leave_no_thread_and_no_window_behind(qapp, qtbot, tmp_path, pictures):
    settings = Settings(tmp_path / "settings.ini")
    settings.theme, settings.language, settings.author = ThemeMode.DARK, "en", "Ada"
    before = set(threading.enumerate())
    for _ in range(ROUNDS):
        one_round(qapp, qtbot, settings, pictures)
        assert set(threading.enumerate()) <= before
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert not [one for one in QApplication.topLevelWidgets() if one.isVisible()]


@pytest.mark.slow
def test_5000_paints_of_the_window_leak_no_reference_to_none(labelling, qtbot):
    """PySide6 6.12 lost references to None with every paint; the window must not."""
    window = labelling.window
    canvas = window.parts.canvas
    canvas.stroke_finished.emit(Mask.from_box(PixelBox(10, 10, 60, 60)), False)
    for _ in range(50):
        canvas.repaint()
    before = sys.getrefcount(None)
    for number in range(PAINTS):
        canvas.repaint(canvas.rect().translated(QPoint(number % 3, 0)))
        if number % 100 == 0:
            window.repaint()
    drift = abs(sys.getrefcount(None) - before)
    assert drift < PAINTS / 10, f"{drift} references to None in {PAINTS} paints"
