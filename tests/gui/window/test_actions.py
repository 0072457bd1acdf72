"""The action table: shortcuts without conflicts, palette, rebinding, enabling, accessibility."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QSlider,
)

from sam3_annotator.errors import Rejected
from sam3_annotator.ui.actions.action_set import plain_text
from sam3_annotator.ui.actions.spec import Menu, menu_keys
from sam3_annotator.ui.actions.table import ACTIONS
from sam3_annotator.ui.keymap import Keymap
from sam3_annotator.ui.palette import fuzzy_score
from sam3_annotator.workflow.view_state import Tool

DEFAULTS = {spec.id: spec.shortcuts for spec in ACTIONS}


def test_ids_and_keys_are_unique():
    assert len({spec.id for spec in ACTIONS}) == len(ACTIONS)
    keymap = Keymap(DEFAULTS)
    for action, keys in DEFAULTS.items():
        for one in keys:
            assert keymap.owner(one) == action
        keymap.set(action, keys)  # a conflict would be refused


def test_every_key_is_one_that_qt_understands():
    for spec in ACTIONS:
        for keys in spec.shortcuts:
            assert not QKeySequence(keys).isEmpty(), (spec.id, keys)


def test_every_action_can_be_reached_by_keyboard():
    for spec in ACTIONS:
        assert spec.menu is not Menu.NONE or spec.shortcuts, spec.id


def test_a_taken_key_is_refused_with_its_owner():
    keymap = Keymap(DEFAULTS)
    with pytest.raises(Rejected, match=r"edit\.undo"):
        keymap.set("view.fit", ("Ctrl+Z",))
    assert keymap.keys("view.fit") == ("F", "Ctrl+0")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_key_of_an_action_opens_a_menu(launch, language):
    running = launch(language=language)
    bar = running.window.parts.top_bar.menus
    opening = {f"Alt+{action.text().split('&')[1][0].upper()}" for action in bar.actions()}
    assert opening == set(menu_keys())
    assert len(opening) == len(bar.actions())
    for action, keys in DEFAULTS.items():
        assert not opening & set(keys), action
    with pytest.raises(Rejected):
        running.workspace.keymap.set("view.fit", (sorted(opening)[0],))


def test_a_sequence_that_begins_with_a_taken_key_is_refused():
    keymap = Keymap(DEFAULTS)
    with pytest.raises(Rejected):
        keymap.set("view.fit", ("Ctrl+Z, Ctrl+F",))


def test_changes_are_remembered_and_outdated_ones_dropped():
    keymap = Keymap(DEFAULTS)
    keymap.set("view.fit", ("Ctrl+9",))
    again = Keymap(DEFAULTS, {**keymap.changed, "gone.action": ("X",), "view.last": ("Ctrl+Z",)})
    assert again.keys("view.fit") == ("Ctrl+9",)
    assert again.keys("view.last") == ("End",)
    again.reset("view.fit")
    assert again.changed == {}


def test_rebinding_in_the_dialog_takes_effect_at_once(labelling):
    dialog = labelling.window.dialogs.open_shortcuts()
    dialog.choose("view.fit")
    dialog.editor.setKeySequence(QKeySequence("Ctrl+Z"))
    dialog.assign()
    assert "Undo" in dialog.message.text()
    dialog.editor.setKeySequence(QKeySequence("Ctrl+9"))
    dialog.assign()
    assert labelling.window.table["view.fit"].shortcuts() == [QKeySequence("Ctrl+9")]
    assert labelling.settings.shortcuts == {"view.fit": ("Ctrl+9",)}
    dialog.close()


def words(widget):
    """Everything that a widget says."""
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def test_texts_that_name_keys_name_those_that_are_bound(labelling, qtbot):
    window, parts = labelling.window, labelling.window.parts
    changes = {"tool.click": "F7", "tool.exemplar": "F8", "tool.select": "F9", "clip.forward": ""}
    texts = {
        "tool.click": lambda: words(parts.objects),
        "tool.exemplar": lambda: parts.find_bar._plus.toolTip() + words(parts.objects),
        "tool.select": lambda: words(parts.properties),
        "clip.forward": lambda: words(parts.review),
    }
    before = {action: window.table.keymap.keys(action)[0] for action in changes}
    window.docks["review"].raise_()
    for action, keys in changes.items():
        qtbot.waitUntil(lambda a=action: f"({before[a]})" in texts[a]())
        window.table.keymap.set(action, (keys,) if keys else ())
    labelling.window.dialogs._keys_changed()
    for action, keys in changes.items():
        qtbot.waitUntil(lambda a=action: f"({before[a]})" not in texts[a]())
        assert not keys or f"({keys})" in texts[action](), action


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("und", "Undo", "Find an undone thing"),
        ("of", "Open folder", "Show the log file"),
        ("exp", "Export", "Example: all like this"),
    ],
)
def test_the_palette_ranks_what_people_mean(query, better, worse):
    first, second = fuzzy_score(query, better), fuzzy_score(query, worse)
    assert first is not None
    assert second is None or first < second


def test_letters_that_do_not_occur_fit_nothing():
    assert fuzzy_score("xyz", "Undo") is None
    assert fuzzy_score("odnu", "Undo") is None
    assert fuzzy_score("", "Undo") is not None


def test_the_palette_runs_what_is_chosen(labelling, qtbot):
    palette = labelling.window.dialogs.open_palette()
    palette.field.setText("polyg")
    assert "Polygon" in palette.list.topLevelItem(0).text(0)
    assert palette.list.topLevelItem(0).text(1) == "P"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert labelling.workspace.view.tool is Tool.POLYGON


def test_actions_follow_the_situation(launch, labelling, qtbot):
    table = labelling.window.table
    qtbot.waitUntil(table["view.next"].isEnabled)
    assert not table["edit.remove"].isEnabled()
    assert table["edit.undo"].text() == "&Undo Add 4 pictures" or table["edit.undo"].isEnabled()
    labelling.desks.files.close_project()
    qtbot.waitUntil(lambda: not table["view.next"].isEnabled())
    assert not table["file.export"].isEnabled()
    assert table["file.open_folder"].isEnabled()


def test_tools_are_checked_one_at_a_time(labelling, qtbot):
    table = labelling.window.table
    table["tool.lasso"].trigger()
    qtbot.waitUntil(table["tool.lasso"].isChecked)
    tools = [table[spec.id] for spec in ACTIONS if spec.tool is not None]
    assert sum(action.isChecked() for action in tools) == 1
    assert labelling.window.parts.canvas.tool_name.value == "lasso"


def test_everything_a_hand_can_use_has_a_name(labelling):
    kinds = (QAbstractButton, QLineEdit, QComboBox, QSlider, QAbstractItemView)
    nameless = []
    for kind in kinds:
        for widget in labelling.window.findChildren(kind):
            is_ours = not widget.objectName().startswith("qt_")
            has_name = widget.accessibleName() or getattr(widget, "text", str)()
            is_part = isinstance(widget.parent(), QComboBox | QLineEdit) or isinstance(
                widget, QHeaderView
            )
            is_popup = widget.window() is not labelling.window
            if is_ours and not has_name and not is_part and not is_popup:
                nameless.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    assert nameless == []


def test_names_have_no_mnemonics_left():
    for spec in ACTIONS:
        assert "&" not in plain_text(spec)
