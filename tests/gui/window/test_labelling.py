"""The main job: click, accept, correct, undo, redo, close, open again."""

from __future__ import annotations

from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.geometry import PixelBox, Point
from sam3_annotator.domain.mask import Mask
from sam3_annotator.engine.protocol import SegmentObject
from sam3_annotator.workflow.view_state import Tool
from tests.gui.window.conftest import box, click


def answered(running):
    attempt = running.workspace.segmenting.attempt
    return attempt.is_open and not attempt.is_waiting


def add_object(running, qtbot, x=60.0, y=50.0):
    click(running, x, y)
    qtbot.waitUntil(lambda: answered(running))
    running.desks.gestures.accept()


def test_a_click_makes_a_preview_and_enter_makes_an_object(labelling, qtbot):
    click(labelling, 60, 50)
    qtbot.waitUntil(lambda: answered(labelling))
    assert not labelling.masks()
    assert labelling.workspace.segmenting.attempt.mask.contains(60, 50)
    labelling.window.parts.canvas.accept_requested.emit()
    (mask,) = labelling.masks().values()
    assert mask.contains(60, 50)
    (category,) = labelling.project.categories.values()
    assert category.name == "object"


def test_one_click_offers_three_masks_and_tab_goes_round(labelling, qtbot):
    click(labelling, 60, 50)
    qtbot.waitUntil(lambda: answered(labelling))
    attempt = labelling.workspace.segmenting.attempt
    assert len(attempt.choices) == 3
    areas = []
    for _ in range(3):
        areas.append(labelling.workspace.segmenting.attempt.mask.area)
        labelling.window.table["prompt.next_choice"].trigger()
    assert len(set(areas)) == 3
    assert labelling.workspace.segmenting.attempt.chosen == 0


def test_the_next_click_after_accepting_begins_a_new_object(labelling, qtbot):
    add_object(labelling, qtbot, 40, 40)
    add_object(labelling, qtbot, 110, 80)
    assert len(labelling.masks()) == 2


def test_clicks_correct_the_selected_object(labelling, qtbot):
    add_object(labelling, qtbot, 60, 50)
    (object_id,) = labelling.masks()
    labelling.workspace.state.update(selection=(object_id,))
    before = labelling.masks()[object_id]
    click(labelling, 75, 50, is_positive=False)
    qtbot.waitUntil(lambda: answered(labelling))
    labelling.desks.gestures.accept()
    after = labelling.masks()[object_id]
    assert after.area < before.area
    assert not after.contains(75, 50)
    # The next correction starts from the new mask, not from the old one.
    assert labelling.workspace.segmenting.attempt.prompts.mask == after


def test_a_box_makes_an_object(labelling, qtbot):
    labelling.window.table["tool.box"].trigger()
    assert labelling.workspace.view.tool is Tool.BOX
    box(labelling, 20, 20, 90, 80)
    qtbot.waitUntil(lambda: answered(labelling))
    labelling.desks.gestures.accept()
    (mask,) = labelling.masks().values()
    assert mask.contains(55, 50)


def test_undo_takes_prompts_back_before_steps(labelling, qtbot):
    add_object(labelling, qtbot, 40, 40)
    click(labelling, 110, 80)
    qtbot.waitUntil(lambda: answered(labelling))
    labelling.desks.edits.undo()
    assert not labelling.workspace.segmenting.attempt.is_open
    assert len(labelling.masks()) == 1
    labelling.desks.edits.undo()
    assert not labelling.masks()
    labelling.desks.edits.redo()
    assert len(labelling.masks()) == 1


def test_brush_paints_on_the_selected_object_or_makes_a_new_one(labelling, qtbot):
    stroke = Mask.from_box(PixelBox(10, 10, 30, 30))
    labelling.window.table["tool.brush"].trigger()
    canvas = labelling.window.parts.canvas
    canvas.stroke_finished.emit(stroke, False)
    (object_id,) = labelling.masks()
    assert labelling.masks()[object_id] == stroke
    assert labelling.workspace.view.selected == object_id
    canvas.stroke_finished.emit(Mask.from_box(PixelBox(25, 10, 40, 30)), False)
    assert labelling.masks()[object_id].area == 30 * 20
    canvas.stroke_finished.emit(Mask.from_box(PixelBox(10, 10, 40, 20)), True)
    assert labelling.masks()[object_id].area == 30 * 10


def test_split_gives_the_smaller_part_to_a_new_object(labelling):
    canvas = labelling.window.parts.canvas
    labelling.window.table["tool.brush"].trigger()
    canvas.stroke_finished.emit(Mask.from_box(PixelBox(10, 10, 40, 30)), False)
    (first,) = labelling.masks()
    canvas.split_drawn.emit(Point(30, 0), Point(30, 100))
    masks = labelling.masks()
    assert masks[first].area == 20 * 20
    assert sorted(mask.area for mask in masks.values()) == [10 * 20, 20 * 20]
    labelling.desks.edits.undo()
    assert labelling.masks()[first].area == 30 * 20


def test_everything_is_there_after_closing_and_opening(labelling, qtbot, launch):
    add_object(labelling, qtbot)
    masks = labelling.masks()
    path = labelling.workspace.document.path
    labelling.desks.files.close_project()
    assert labelling.window.parts.stage.currentWidget() is labelling.window.welcome
    labelling.desks.files.open_path(path)
    qtbot.waitUntil(lambda: labelling.window.controllers.pictures.picture is not None)
    assert labelling.masks() == masks
    labelling.desks.edits.undo()
    assert not labelling.masks()


def test_accepting_while_the_model_works_accepts_its_answer(labelling, qtbot):
    labelling.session.gate.clear()
    click(labelling, 60, 50)
    labelling.desks.gestures.accept()
    assert not labelling.masks()
    labelling.session.gate.set()
    qtbot.waitUntil(lambda: len(labelling.masks()) == 1)


def test_an_answer_for_another_picture_never_lands_on_this_one(labelling, qtbot):
    labelling.session.gate.clear()
    click(labelling, 60, 50)
    qtbot.waitUntil(lambda: any(isinstance(r, SegmentObject) for r in labelling.session.handled))
    labelling.desks.navigation.step(1)
    labelling.session.gate.set()
    qtbot.waitUntil(lambda: labelling.workspace.engine.desk.open_tickets == 0)
    qtbot.waitUntil(lambda: labelling.workspace.segmenting.attempt.frame is not None)
    assert not labelling.workspace.segmenting.attempt.is_open
    assert not labelling.masks()


def test_accepted_masks_are_a_persons_work(labelling, qtbot):
    add_object(labelling, qtbot)
    view = labelling.workspace.view
    ((_, annotation),) = labelling.project.on_frame(view.media_id, view.frame)
    assert annotation.source is Source.HUMAN
    assert annotation.author == "Ada"


def test_the_history_says_how_an_object_was_made(labelling, qtbot):
    add_object(labelling, qtbot)
    labelling.window.table["tool.brush"].trigger()
    stroke = Mask.from_box(PixelBox(10, 10, 30, 30))
    labelling.window.parts.canvas.stroke_finished.emit(stroke, False)
    titles = [entry.title for entry in labelling.workspace.document.history()]
    assert titles[:2] == ["New object by brush", "New object by click"]


def test_the_canvas_says_whose_pixels_a_tool_changes(labelling):
    canvas, table = labelling.window.parts.canvas, labelling.window.table
    table["tool.eraser"].trigger()
    assert canvas._marks.hint.text == "select the object first"
    table["tool.brush"].trigger()
    assert canvas._marks.hint.text == ""
    canvas.stroke_finished.emit(Mask.from_box(PixelBox(10, 10, 30, 30)), False)
    assert canvas._marks.hint.text == "adds to object 1"
    table["tool.split"].trigger()
    assert canvas._marks.hint.text == "splits object 1"
    table["tool.click"].trigger()
    assert canvas._marks.hint.text == "corrects object 1"
    canvas.drop_requested.emit()
    assert canvas._marks.hint.text == ""
