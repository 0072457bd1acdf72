"""The same program that the window's tests start, for whole jobs done by hand."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.mask import Mask
from tests.gui.clip.conftest import clip, clip_file  # noqa: F401 - fixtures, found by name
from tests.gui.window.conftest import (  # noqa: F401 - fixtures and a hook, found by name
    labelling,
    launch,
    pictures,
)


def visible(kind):
    """The windows of a kind that are on the screen."""
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]


def words_of(dialog):
    """All that a dialog says."""
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


def paint(running, left=10):
    """Brush a square of 20 pixels as a new object."""
    running.workspace.state.update(selection=())
    running.window.table["tool.brush"].trigger()
    mask = Mask.from_box(PixelBox(left, 10, left + 20, 30))
    running.window.parts.canvas.stroke_finished.emit(mask, False)


@pytest.fixture
def told():
    """Collects the troubles of a program, and checks that each was explained in a dialog."""

    def listen(running):
        troubles = []
        running.workspace.troubled.connect(troubles.append)
        return troubles

    return listen
