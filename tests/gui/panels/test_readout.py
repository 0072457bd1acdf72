"""A readout keeps its room while its text changes a little."""

from __future__ import annotations

from sam3_annotator.ui.readout import Readout


def test_it_grows_with_its_text_and_gives_back_only_much(qtbot):
    readout = Readout("frame 9 / 100")
    qtbot.addWidget(readout)
    first = readout.minimumSize()
    readout.show_text("frame 10 / 100")
    grown = readout.minimumSize()
    assert grown.width() > first.width()
    assert grown == readout.maximumSize(), "a fixed size asks for no new layout"
    readout.show_text("frame 9 / 100")
    assert readout.minimumSize() == grown
    readout.show_text("no clip")
    assert readout.minimumSize().width() < grown.width()


def test_it_fits_another_font(qtbot):
    readout = Readout("frame 9 / 100")
    qtbot.addWidget(readout)
    small = readout.minimumSize()
    font = readout.font()
    font.setPixelSize(60)
    readout.setFont(font)
    assert readout.minimumSize().width() > small.width()
    assert readout.minimumSize() == readout.sizeHint()
