"""Objects, properties and history panels: what they show and what they change."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QMenu

from sam3_annotator.domain.commands import AddCategory, EditCategory
from sam3_annotator.domain.entities import AttributeSpec, FrameFlag
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.mask import Mask
from tests.gui.window.conftest import trigger


def paint(running, left=10):
    running.workspace.state.update(selection=())
    running.window.table["tool.brush"].trigger()
    mask = Mask.from_box(PixelBox(left, 10, left + 20, 30))
    running.window.parts.canvas.stroke_finished.emit(mask, False)
    return running.workspace.view.selected


def named(running, name):
    return next(c for c in running.project.categories.values() if c.name == name)


def test_objects_are_listed_under_their_category(labelling, qtbot):
    first, second = paint(labelling), paint(labelling, 60)
    panel = labelling.window.parts.objects
    qtbot.waitUntil(lambda: len(panel._groups) == 1 and len(panel._groups[0].rows) == 2)
    group = panel._groups[0]
    assert [row.name for row in group.rows] == ["object 1", "object 2"]
    assert group.note == "2 · KEY 1"
    assert panel.selected() == (second,)
    panel.selection_changed.emit((first,))
    assert labelling.workspace.view.selection == (first,)


def test_a_double_click_in_the_list_brings_the_object_close(labelling, qtbot):
    found = paint(labelling, 60)
    panel, canvas = labelling.window.parts.objects, labelling.window.parts.canvas
    labelling.workspace.state.update(selection=())
    labelling.window.show()
    qtbot.waitUntil(lambda: bool(panel._groups))
    canvas.fit()
    whole, view = canvas.viewport.scale, panel._view
    row = view.visualRect(view.model().index(0, 0, view.model().index(0, 0))).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert labelling.workspace.view.selection == (found,)
    qtbot.waitUntil(lambda: canvas.viewport.scale > whole)


def test_hiding_and_locking_from_the_list(labelling, qtbot):
    found = paint(labelling)
    panel = labelling.window.parts.objects
    panel.visibility_toggled.emit(found, False)
    assert labelling.project.object(found).is_hidden
    panel.visibility_toggled.emit(found, True)
    assert not labelling.project.object(found).is_hidden
    panel.lock_toggled.emit(found, True)
    before = labelling.masks()[found]
    said = []
    labelling.workspace.said.connect(said.append)
    labelling.window.parts.canvas.stroke_finished.emit(Mask.from_box(PixelBox(0, 0, 50, 50)), False)
    assert labelling.masks()[found] == before
    assert said
    assert "lock" in said[-1].lower()


def test_hotkeys_choose_the_category_of_new_and_of_selected_objects(labelling):
    labelling.workspace.do(AddCategory("bus", hotkey="1"))
    labelling.workspace.do(AddCategory("cat", hotkey="2"))
    labelling.window.table["category.2"].trigger()
    found = paint(labelling)
    assert labelling.project.object(found).category_id == named(labelling, "cat").id
    labelling.window.table["category.1"].trigger()
    assert labelling.project.object(found).category_id == named(labelling, "bus").id
    said = []
    labelling.workspace.said.connect(said.append)
    labelling.window.table["category.9"].trigger()
    assert said == ["No category has the key 9."]


def test_renaming_a_category_over_its_heading(labelling, qtbot):
    paint(labelling)
    panel = labelling.window.parts.objects
    qtbot.waitUntil(lambda: bool(panel._groups))
    panel._model.item(0, 0).setText("bus")
    assert [c.name for c in labelling.project.categories.values()] == ["bus"]


def test_attributes_are_typed_and_kept(labelling, qtbot):
    found = paint(labelling)
    category = next(iter(labelling.project.categories.values()))
    specs = (
        AttributeSpec("colour", "choice", ("red", "blue")),
        AttributeSpec("parked", "flag"),
        AttributeSpec("wheels", "number"),
    )
    labelling.workspace.do(EditCategory(replace(category, attributes=specs)))
    form = labelling.window.parts.properties
    qtbot.waitUntil(lambda: form._shown is not None and len(form._shown.attributes) == 3)

    def editor(kind, name):
        return next(w for w in form._area.widget().findChildren(kind) if w.accessibleName() == name)

    wheels = editor(QLineEdit, "wheels")
    wheels.setText("four")
    wheels.editingFinished.emit()
    assert labelling.project.object(found).attributes == ()
    wheels.setText("4")
    wheels.editingFinished.emit()
    qtbot.waitUntil(lambda: ("wheels", 4.0) in labelling.project.object(found).attributes)
    qtbot.waitUntil(lambda: dict(map(_pair, form._shown.attributes))["wheels"] == 4.0)
    editor(QCheckBox, "parked").setChecked(True)
    qtbot.waitUntil(lambda: dict(map(_pair, form._shown.attributes))["parked"] is True)
    box = editor(QComboBox, "colour")
    box.activated.emit(box.findText("blue"))
    expected = (("colour", "blue"), ("parked", True), ("wheels", 4.0))
    assert labelling.project.object(found).attributes == expected


def _pair(entry):
    spec, value = entry
    return spec.name, value


def test_flags_of_the_shown_frame(labelling, qtbot):
    found = paint(labelling)
    labelling.window.parts.properties.flag_toggled.emit(FrameFlag.OCCLUDED, True)
    assert labelling.project.masklet(found).at(0).flags & FrameFlag.OCCLUDED
    trigger(labelling, qtbot, "flag.absent")
    assert labelling.project.masklet(found).at(0).flags & FrameFlag.ABSENT
    assert labelling.project.mask(found, 0) is None


def test_a_click_in_the_history_goes_back_and_forward(labelling, qtbot):
    paint(labelling)
    paint(labelling, 40)
    paint(labelling, 70)
    panel = labelling.window.parts.history
    qtbot.waitUntil(lambda: len(panel._steps.rows) >= 4)
    steps = panel._steps.rows
    panel.jump_requested.emit(steps[-3].number)
    assert len(labelling.masks()) == 1
    qtbot.waitUntil(lambda: panel._steps.rows[-1].is_undone)
    panel.jump_requested.emit(steps[-1].number)
    assert len(labelling.masks()) == 3


def test_retouching_is_one_step_for_all_selected(labelling, qtbot):
    found = paint(labelling)
    hole = Mask.from_box(PixelBox(15, 15, 20, 20))
    labelling.window.parts.canvas.stroke_finished.emit(hole, True)
    assert labelling.masks()[found].area == 400 - 25
    trigger(labelling, qtbot, "mask.fill_holes")
    assert labelling.masks()[found].area == 400
    trigger(labelling, qtbot, "mask.grow")
    assert labelling.masks()[found].area > 400
    labelling.desks.edits.undo()
    assert labelling.masks()[found].area == 400


def test_uniting_keeps_the_first_object(labelling):
    first, second = paint(labelling), paint(labelling, 20)
    labelling.workspace.state.update(selection=(first, second))
    labelling.desks.masks.unite()
    assert list(labelling.masks()) == [first]
    assert labelling.masks()[first].area == 30 * 20
    labelling.desks.edits.undo()
    assert set(labelling.masks()) == {first, second}


def test_objects_are_brought_to_the_front_and_sent_to_the_back(labelling):
    first, second = paint(labelling), paint(labelling, 20)
    labelling.desks.objects.restack(to_front=False)
    assert list(labelling.masks()) == [second, first]
    labelling.desks.objects.restack(to_front=True)
    assert list(labelling.masks()) == [first, second]
    # A key that is quicker than the menu: the next picture has no objects, and nothing is selected.
    labelling.desks.navigation.step_media(1)
    labelling.desks.objects.restack(to_front=False)
    assert labelling.workspace.document.undo_title == "Reorder object 2"


def test_deleting_lets_go_of_the_selection(labelling, qtbot):
    found = paint(labelling)
    qtbot.waitUntil(labelling.window.table["edit.remove"].isEnabled)
    labelling.window.table["edit.remove"].trigger()
    assert not labelling.masks()
    assert labelling.workspace.view.selection == ()
    labelling.desks.edits.undo()
    assert list(labelling.masks()) == [found]


def test_undoing_the_creation_lets_go_of_the_selection(labelling):
    paint(labelling)
    labelling.desks.edits.undo()
    assert labelling.workspace.view.selection == ()


def test_rows_tell_their_state_in_words(labelling, qtbot):
    found = paint(labelling)
    labelling.desks.objects.set_hidden((found,), is_hidden=True)
    panel = labelling.window.parts.objects
    qtbot.waitUntil(lambda: bool(panel._groups) and panel._groups[0].rows[0].is_hidden)
    index = panel._model.index(0, 0, panel._model.index(0, 0))
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "object 1, human, hidden"


def test_the_menu_of_an_object_changes_its_category(labelling, qtbot):
    found = paint(labelling)
    labelling.workspace.do(AddCategory("bus"))
    labelling.window.parts.objects.menu_requested.emit(labelling.window.pos())
    popup = next(m for m in labelling.window.findChildren(QMenu) if m.isVisible())
    kinds = popup.actions()[0].menu()
    next(entry for entry in kinds.actions() if entry.text() == "bus").trigger()
    assert labelling.project.object(found).category_id == named(labelling, "bus").id
    popup.close()
