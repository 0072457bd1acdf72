"""YOLO: lines that fill to the masks, and faults that reading back finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.domain.outlines import mask_of_rings
from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io import yolo as yolo_module
from sam3_annotator.io.exchange import (
    Labels,
    MediaEntry,
)
from sam3_annotator.io.registry import export_labels
from tests.support.labels import sample

if TYPE_CHECKING:
    from pathlib import Path


def test_yolo_lines_fill_to_the_exact_masks(tmp_path: Path) -> None:
    labels = sample()
    report = export_labels("yolo", labels, tmp_path / "out")
    assert report.differences == ()
    assert report.notes == ("1 crowds were left out.",)
    text = (tmp_path / "out" / "labels" / "town" / "a.txt").read_text()
    number, *places = text.split()
    assert number == "0"
    ring = np.array(places, float).reshape(-1, 2) * (20, 12)
    assert mask_of_rings([ring]) == labels.masks[0].mask, "a hole and an island in one ring"
    assert (
        (tmp_path / "out" / "data.yaml")
        .read_text("utf-8")
        .endswith('names:\n  0: "bus"\n  1: "пешеход"\n  2: "unused"\n')
    )
    twins = tuple(
        MediaEntry(i, f"a.{s}", MediaKind.IMAGE, 4, 4) for i, s in enumerate(("jpg", "png"))
    )
    with pytest.raises(ExchangeTrouble, match=r"share the label file a\.txt"):
        export_labels("yolo", Labels(twins, (), (), ()), tmp_path / "twins")


def test_a_fault_in_the_yolo_writer_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        yolo_module, "one_ring", lambda mask: yolo_module.outlines_of(mask)[0].outer
    )
    report = export_labels("yolo", sample(), tmp_path / "out")
    assert report.differences == ("town/a.txt: an object of class 0 differs in 11 pixels.",)
