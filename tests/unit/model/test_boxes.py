"""Box formats, overlaps and the bounded inverse sigmoid."""

from __future__ import annotations

import pytest
import torch

from sam3_annotator.model.boxes import box_iou, cxcywh_to_xyxy, logit, mask_iou, xyxy_to_cxcywh


def test_formats_come_back():
    boxes = torch.rand(5, 7, 4)
    assert torch.allclose(cxcywh_to_xyxy(xyxy_to_cxcywh(boxes)), boxes, atol=1e-6)
    corners = cxcywh_to_xyxy(torch.tensor([0.5, 0.4, 0.2, 0.6]))
    assert torch.allclose(corners, torch.tensor([0.4, 0.1, 0.6, 0.7]))


def test_box_overlaps():
    one = torch.tensor([[0.0, 0, 2, 2], [0, 0, 0, 0]])
    other = torch.tensor([[1.0, 1, 3, 3], [0, 0, 2, 2], [5, 5, 6, 6], [0, 0, 0, 0]])
    expected = torch.tensor([[1 / 7, 1, 0, 0], [0, 0, 0, 0]])
    assert torch.allclose(box_iou(one, other), expected)


def test_mask_overlaps():
    masks = torch.zeros(3, 4, 4, dtype=torch.bool)
    masks[0, :2] = True
    masks[1, 1:3] = True
    expected = torch.tensor([[1, 1 / 3, 0], [1 / 3, 1, 0], [0, 0, 0]])
    assert torch.allclose(mask_iou(masks, masks), expected)


def test_the_inverse_sigmoid_is_bounded_where_the_weights_expect_it():
    values = logit(torch.tensor([-1.0, 0.0, 1e-6, 0.5, 1.0, 2.0]))
    assert values.tolist() == pytest.approx(
        [-6.9078, -6.9078, -6.9078, 0, 6.9078, 6.9078], abs=1e-3
    )
    inner = torch.tensor([0.01, 0.3, 0.99])
    assert torch.allclose(logit(inner).sigmoid(), inner)
