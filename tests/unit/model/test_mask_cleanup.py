"""Holes and specks in masks."""

from __future__ import annotations

import torch

from sam3_annotator.model.mask_cleanup import fill_holes, remove_specks


def _mask(*rows):
    return torch.tensor([[5.0 if c == "#" else -5.0 for c in row] for row in rows])


def test_small_holes_are_filled_and_large_ones_are_not():
    mask = _mask("#######", "#.#...#", "#######", "#######")
    filled = fill_holes(mask, max_area=1)
    assert float(filled[1, 1]) == float(torch.tensor(0.1))
    assert (filled[1, 3:6] == -5).all()
    assert (fill_holes(mask, max_area=3, value=10.0) > 0).all()
    assert (mask[1, 1] == -5).all(), "the input is left alone"


def test_holes_that_touch_at_a_corner_are_one():
    mask = _mask("####", "#.##", "##.#", "####")
    assert torch.equal(fill_holes(mask, max_area=1), mask)
    assert (fill_holes(mask, max_area=2) > 0).all()


def test_specks_go_but_a_small_object_stays():
    mask = _mask("#......", "....###", "....###")
    cleaned = remove_specks(mask, max_area=16)
    assert float(cleaned[0, 0]) == float(torch.tensor(-0.1))
    assert (cleaned[1:, 4:] == 5).all()
    lone = _mask("....", ".#..", "....")
    assert torch.equal(remove_specks(lone, max_area=16), lone)


def test_many_masks_at_once_and_empty_ones():
    mask = _mask("###", "#.#", "###")
    stack = torch.stack([mask, torch.full_like(mask, -1.0), torch.full_like(mask, 1.0)])[None]
    filled = fill_holes(stack.half(), max_area=4)
    assert filled.shape == stack.shape
    assert filled.dtype == torch.float16
    assert (filled[0, 0] > 0).all()
    assert (filled[0, 1] < 0).all()
    assert torch.equal(remove_specks(stack, 4)[0, 1:], stack[0, 1:])
