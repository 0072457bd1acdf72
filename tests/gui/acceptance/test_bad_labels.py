"""Labels of others that are wrong, or that lie, are told and change nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.ui.dialogs.trouble import TroubleDialog
from tests.gui.acceptance.conftest import paint, visible
from tests.gui.window.conftest import trigger


def coco(**changes):
    """A COCO file with one good square on p0.png, changed."""
    annotation = {
        "id": 7, "image_id": 1, "category_id": 1, "iscrowd": 0, "area": 100.0,
        "bbox": [10, 10, 10, 10], "segmentation": [[10, 10, 20, 10, 20, 20, 10, 20]],
    }  # fmt: skip
    image = {"id": 1, "file_name": "p0.png", "width": 160, "height": 120}
    annotation.update(changes.pop("annotation", {}))
    image.update(changes.pop("image", {}))
    return {
        "images": [image],
        "categories": [{"id": 1, "name": "bus"}],
        "annotations": [annotation],
        **changes,
    }


DEEP = '{"images": ' + "[" * 200_000 + "]" * 200_000 + "}"


BAD_COCO = {
    "dangling picture": (json.dumps(coco(annotation={"image_id": 99})), "7"),
    "dangling category": (json.dumps(coco(annotation={"category_id": 99})), "7"),
    "not a number": (
        json.dumps(coco(annotation={"bbox": [float("nan"), 1, 2, 3]})),
        "NaN",
    ),
    "endless number": (
        json.dumps(coco(annotation={"segmentation": [[10, 10, 1e999, 10, 20, 20]]})),
        "",
    ),
    "200,000 deep": (DEEP, "deep"),
    "no JSON": ("{", ""),
    "another shape": (json.dumps([1, 2, 3]), ""),
    "run-lengths that lie": (
        json.dumps(coco(annotation={"segmentation": {"size": [120, 160], "counts": [5, 9]}})),
        "7",
    ),
}


@pytest.mark.parametrize("name", BAD_COCO)
def test_a_wrong_coco_file_is_told_and_changes_nothing(labelling, tmp_path, qtbot, told, name):
    text, hint = BAD_COCO[name]
    paint(labelling)
    before = labelling.masks()
    steps = labelling.workspace.document.history()
    troubles = told(labelling)
    target = tmp_path / "wrong.json"
    target.write_text(text)
    labelling.answers.paths = [target]
    trigger(labelling, qtbot, "file.import")
    qtbot.waitUntil(lambda: bool(troubles))
    assert isinstance(troubles[0], ExchangeTrouble)
    assert "wrong.json" in str(troubles[0])
    assert hint in str(troubles[0])
    assert visible(TroubleDialog)
    assert labelling.masks() == before
    assert labelling.workspace.document.history() == steps


@pytest.mark.parametrize("name", ["../../secret.png", "/etc/passwd", "..\\..\\secret.png"])
def test_paths_in_a_file_never_lead_out_of_the_folder(labelling, tmp_path, qtbot, told, name):
    """The picture is outside, it exists, and its size is right: it must not be taken even so."""
    outside = labelling.workspace.document.path.parent.parent.parent / "secret.png"
    Image.fromarray(np.zeros((120, 160, 3), np.uint8)).save(outside)
    troubles, reports = told(labelling), []
    labelling.desks.exchange.reported.connect(lambda *words: reports.append(words))
    target = labelling.workspace.document.path.parent / "labels.json"
    target.write_text(json.dumps(coco(image={"file_name": name})))
    labelling.answers.paths = [target]
    trigger(labelling, qtbot, "file.import")
    qtbot.waitUntil(lambda: bool(troubles or reports))
    assert len(labelling.project.media) == 4
    assert not labelling.masks()
    outside.unlink()
