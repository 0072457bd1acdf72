"""Export and import from the window: exact, in the background, with a report."""

from __future__ import annotations

import json

from pycocotools import mask as coco_mask
from PySide6.QtWidgets import QApplication

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.mask import Mask
from sam3_annotator.ui.dialogs.export import CATEGORY, PROJECT, SELECTION
from sam3_annotator.ui.dialogs.plain import TextDialog


def paint(running, left):
    running.workspace.state.update(selection=())
    running.window.table["tool.brush"].trigger()
    canvas = running.window.parts.canvas
    canvas.stroke_finished.emit(Mask.from_box(PixelBox(left, 10, left + 20, 30)), False)
    canvas.stroke_finished.emit(Mask.from_box(PixelBox(left + 5, 15, left + 9, 19)), True)
    return running.workspace.view.selected


def report_shown():
    return [
        w for w in QApplication.topLevelWidgets() if isinstance(w, TextDialog) and w.isVisible()
    ]


def export(running, qtbot, target, scope=PROJECT):
    dialog = running.window.dialogs.open_export()
    dialog.scope.setCurrentIndex(dialog.scope.findData(scope))
    dialog.use_target(target)
    dialog._accept()
    qtbot.waitUntil(lambda: bool(report_shown()))
    (shown,) = report_shown()
    text = shown.summary.text()
    shown.close()
    qtbot.waitUntil(lambda: not report_shown())
    return json.loads(target.read_text()), text


def test_the_file_holds_the_same_pixels_holes_included(labelling, qtbot, tmp_path):
    found = paint(labelling, 10)
    paint(labelling, 60)
    labels, said = export(labelling, qtbot, tmp_path / "out.json")
    assert "equal to the project" in said
    assert len(labels["images"]) == 4
    assert len(labels["annotations"]) == 2
    first = labels["annotations"][0]
    pixels = coco_mask.decode(first["segmentation"])
    mask = labelling.masks()[found]
    assert (pixels.astype(bool) == mask.to_array(120, 160)).all()
    assert first["area"] == mask.area == 400 - 16


def test_only_the_selection_or_one_category(labelling, qtbot, tmp_path):
    first = paint(labelling, 10)
    paint(labelling, 60)
    labelling.workspace.state.update(selection=(first,))
    labels, _ = export(labelling, qtbot, tmp_path / "a.json", SELECTION)
    assert len(labels["annotations"]) == 1
    labels, _ = export(labelling, qtbot, tmp_path / "b.json", CATEGORY)
    assert len(labels["annotations"]) == 2


def test_exporting_an_empty_selection_is_refused(labelling, tmp_path):
    said = []
    labelling.workspace.said.connect(said.append)
    dialog = labelling.window.dialogs.open_export()
    dialog.scope.setCurrentIndex(dialog.scope.findData(SELECTION))
    dialog.use_target(tmp_path / "x.json")
    dialog._accept()
    assert "Select the objects" in said[0]
    assert not (tmp_path / "x.json").exists()


def test_a_file_that_is_there_is_replaced_only_when_the_user_agrees(labelling, qtbot, tmp_path):
    paint(labelling, 10)
    target = tmp_path / "labels.json"
    target.write_text("precious")
    labelling.answers.says_yes = False
    dialog = labelling.window.dialogs.open_export()
    dialog.use_target(target)
    dialog._accept()
    assert labelling.answers.asked == ["Replace labels.json?"]
    assert not labelling.desks.work.works
    assert target.read_text() == "precious"
    labelling.answers.says_yes = True
    labels, _ = export(labelling, qtbot, target)
    assert len(labels["annotations"]) == 1


def test_a_folder_that_cannot_be_written_is_told(labelling, qtbot, tmp_path):
    paint(labelling, 10)
    troubles = []
    labelling.workspace.troubled.connect(troubles.append)
    dialog = labelling.window.dialogs.open_export()
    dialog.use_target(tmp_path / "no" / "such" / "folder" / "x.json")
    dialog._accept()
    qtbot.waitUntil(lambda: bool(troubles))
    assert not labelling.desks.work.works


def test_what_was_exported_comes_back_as_one_step(labelling, qtbot, tmp_path):
    found = paint(labelling, 10)
    mask = labelling.masks()[found]
    target = tmp_path / "out.json"
    export(labelling, qtbot, target)
    labelling.desks.objects.remove()
    assert not labelling.masks()
    labelling.desks.exchange.import_files("coco", [target])
    qtbot.waitUntil(lambda: bool(report_shown()))
    assert list(labelling.masks().values()) == [mask]
    labelling.desks.edits.undo()
    assert not labelling.masks()
    report_shown()[0].close()


def test_a_wrong_file_is_refused_by_record(labelling, qtbot, tmp_path):
    target = tmp_path / "wrong.json"
    annotation = {"id": 7, "image_id": 99, "category_id": 1, "segmentation": []}
    target.write_text(json.dumps({"images": [], "categories": [], "annotations": [annotation]}))
    troubles = []
    labelling.workspace.troubled.connect(troubles.append)
    labelling.desks.exchange.import_files("coco", [target])
    qtbot.waitUntil(lambda: bool(troubles))
    assert "7" in str(troubles[0])
    assert not labelling.masks()


def test_what_a_reviewer_rejected_stays_out_unless_it_is_asked_for(labelling, qtbot, tmp_path):
    paint(labelling, 10)
    bad = paint(labelling, 60)
    labelling.workspace.state.update(selection=(bad,))
    labelling.window.table["review.reject"].trigger()
    labels, said = export(labelling, qtbot, tmp_path / "out.json")
    assert "equal to the project" in said
    assert len(labels["annotations"]) == 1
    dialog = labelling.window.dialogs.open_export()
    dialog.use_target(tmp_path / "all.json")
    dialog.with_rejected.setChecked(True)
    with qtbot.waitSignal(labelling.desks.exchange.reported):
        dialog._accept()
    assert len(json.loads((tmp_path / "all.json").read_text())["annotations"]) == 2
    for shown in report_shown():
        shown.close()
