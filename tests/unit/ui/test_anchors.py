"""Where a chip stands: at the box of a mask, or at the largest piece of a scattered one."""

from __future__ import annotations

import numpy as np
import pytest

from sam3_annotator.domain.geometry import Box, PixelBox
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.ui.canvas.anchors import Anchors, anchor_of


def scattered(shape=(400, 1200)):
    inside = np.zeros(shape, bool)
    inside[2:5, 3:6] = True
    inside[300:380, 900:1000] = True
    return Mask.from_array(inside, 10, 20)


def test_a_mask_in_one_piece_is_named_at_its_box():
    assert anchor_of(Mask.from_box(PixelBox(5, 6, 50, 40))) == Box(5, 6, 50, 40)
    assert anchor_of(EMPTY_MASK) == EMPTY_MASK.box.box()


def test_a_scattered_mask_is_named_at_its_largest_piece():
    anchor = anchor_of(scattered())
    wanted = (910, 320, 1010, 400)
    found = (anchor.x0, anchor.y0, anchor.x1, anchor.y1)
    assert found == pytest.approx(wanted, abs=8)


def test_specks_that_no_cell_shows_are_named_at_their_box():
    inside = np.zeros((6000, 6000), bool)
    inside[0, 0] = inside[-1, -1] = inside[3000, 3000] = True
    mask = Mask.from_array(inside, 0, 0)
    assert anchor_of(mask) == mask.box.box()


def test_many_small_pieces_do_not_beat_the_large_one_by_their_box():
    inside = np.zeros((300, 300), bool)
    inside[0, :200] = True  # a long thin line
    inside[200:230, 200:230] = True
    anchor = anchor_of(Mask.from_array(inside, 0, 0))
    assert anchor.x0 > 190
    assert anchor.y0 > 190


def test_anchors_are_worked_out_once_while_a_mask_is_shown(monkeypatch):
    anchors, mask, calls = Anchors(), scattered(), []

    def counting(mask):
        calls.append(mask)
        return anchor_of(mask)

    monkeypatch.setattr("sam3_annotator.ui.canvas.anchors.anchor_of", counting)
    assert anchors.boxes([mask]) == anchors.boxes([mask])
    assert len(calls) == 1
    anchors.boxes([])
    anchors.boxes([mask])
    assert len(calls) == 2
