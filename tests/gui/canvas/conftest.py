"""Pictures, objects and a shown canvas for the tests of this folder."""

from __future__ import annotations

import numpy as np
import pytest

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.ui.canvas import PALETTE, CanvasObject, CanvasView


@pytest.fixture
def rgb():
    """(120, 160, 3) uint8: left half dark, right half light."""
    picture = np.full((120, 160, 3), 40, dtype=np.uint8)
    picture[:, 80:] = 200
    return picture


@pytest.fixture
def square():
    """Builds an object that fills a box."""

    def build(number, left, top, right, bottom, **more):
        mask = Mask.from_box(PixelBox(left, top, right, bottom))
        color = more.pop("color", PALETTE[number % len(PALETTE)])
        return CanvasObject(ObjectId(number), mask, color, **more)

    return build


@pytest.fixture
def canvas(qtbot, rgb):
    """A canvas of 640 x 480 that shows ``rgb`` at four widget pixels per image pixel."""
    view = CanvasView()
    qtbot.addWidget(view)
    view.resize(640, 480)
    view.set_picture(rgb, key="test")
    with qtbot.waitExposed(view):
        view.show()
    view.zoom_to(4.0)
    return view
