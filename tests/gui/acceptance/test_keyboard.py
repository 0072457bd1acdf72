"""Everything can be done by keyboard, and everything has a name that can be read aloud."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollBar,
    QTabBar,
)

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.mask import Mask
from sam3_annotator.ui.actions.action_set import plain_text
from sam3_annotator.ui.actions.spec import Menu
from sam3_annotator.ui.actions.table import ACTIONS
from sam3_annotator.workflow.view_state import Tool
from tests.support.hands import CTRL, NONE, SHIFT, Hands

KEY = Qt.Key

PROMISED = {
    "tool.select": "V", "tool.click": "C", "tool.box": "B", "tool.exemplar": "E",
    "find.phrase": "T", "tool.polygon": "P", "tool.brush": "R", "tool.eraser": "Shift+R",
    "prompt.next_choice": "Tab", "view.previous": "A", "view.next": "D",
    "view.previous_ten": "Shift+A", "view.next_ten": "Shift+D", "view.first": "Home",
    "view.last": "End", "clip.previous_human": ",", "clip.next_human": ".", "clip.play": "Space",
    "view.fit": "F", "clip.forward": "G", "clip.backward": "Shift+G", "clip.between": "Ctrl+G",
    "view.hide_others": "H", "flag.absent": "X", "review.accept": "Y", "review.reject": "N",
    "edit.undo": "Ctrl+Z", "edit.redo": "Ctrl+Shift+Z", "help.palette": "Ctrl+Shift+P",
    **{f"category.{number}": str(number) for number in range(1, 10)},
}  # fmt: skip
"""What people were promised; Enter and Esc are the canvas's own."""

DIALOGS = (
    "settings", "shortcuts", "categories", "model", "doctor", "tone", "about", "export",
)  # fmt: skip
REACHED_OTHERWISE = {
    "Take the panel out of the window": "dragging only; nothing is lost without it",
    "Hide the panel": "View, Panels",
    "Pictures and clips": "A, D, Home, End, Page Up, Page Down",
    "Absent": "X",
    "Split": "Ctrl+Shift+K",
    "Swap": "W",
}
"""Buttons that Tab passes by, and how else one gets there."""


def test_the_default_keys_are_the_promised_ones():
    keys = {spec.id: spec.shortcuts for spec in ACTIONS}
    assert {
        action: key for action, key in PROMISED.items() if key not in keys.get(action, ())
    } == {}


def test_tools_come_by_their_keys(labelling, qtbot):
    hands = Hands(labelling.window)
    for key, modifier, tool in (
        (KEY.Key_V, NONE, Tool.SELECT), (KEY.Key_C, NONE, Tool.CLICK), (KEY.Key_B, NONE, Tool.BOX),
        (KEY.Key_E, NONE, Tool.EXEMPLAR), (KEY.Key_R, NONE, Tool.BRUSH),
        (KEY.Key_R, SHIFT, Tool.ERASER), (KEY.Key_P, NONE, Tool.POLYGON),
        (KEY.Key_P, SHIFT, Tool.LASSO), (KEY.Key_F, SHIFT, Tool.FILL),
        (KEY.Key_K, NONE, Tool.SPLIT),
    ):  # fmt: skip
        hands.key(key, modifier)
        assert labelling.workspace.view.tool is tool


def test_keys_typed_in_one_breath_all_count(labelling):
    """Faster than the event loop turns: what one key makes possible the next one may use."""
    hands = Hands(labelling.window)
    canvas = labelling.window.parts.canvas
    hands.key(KEY.Key_R)
    canvas.stroke_finished.emit(Mask.from_box(PixelBox(10, 10, 40, 30)), False)
    labelling.workspace.state.update(selection=())
    hands.key(KEY.Key_A, CTRL)
    hands.key(KEY.Key_Delete)
    assert not labelling.masks()
    hands.undo()
    assert len(labelling.masks()) == 1


def test_every_action_is_in_a_menu_or_has_a_key_and_is_in_the_palette(labelling):
    palette = labelling.window.dialogs.open_palette()
    listed = {palette.list.topLevelItem(i).text(0) for i in range(palette.list.topLevelItemCount())}
    names = " ".join(listed)
    for spec in ACTIONS:
        assert spec.menu is not Menu.NONE or spec.shortcuts, spec.id
        if spec.id != "help.palette":
            assert plain_text(spec) in names, spec.id
    palette.close()


def test_typing_a_name_into_the_palette_finds_it(labelling):
    palette = labelling.window.dialogs.open_palette()
    for spec in ACTIONS:
        if spec.id == "help.palette":
            continue
        palette.field.setText(plain_text(spec))
        items = [palette.list.topLevelItem(i) for i in range(palette.list.topLevelItemCount())]
        place = next((i for i, one in enumerate(items) if one.text(0).endswith(plain_text(spec))))
        assert place < 3 or items[place].isDisabled(), spec.id
    palette.close()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_menus_open_by_letters_of_their_own(launch, language):
    running = launch(language=language)
    letters = []
    for action in running.window.parts.top_bar.menus.actions():
        found = re.search(r"&(\w)", action.text())
        assert found, action.text()
        letters.append(found.group(1).lower())
    assert len(set(letters)) == len(letters), letters


def interactive(window):
    """Everything in a window that a hand can use, less the inner parts of other widgets."""
    kinds = (
        QAbstractButton, QLineEdit, QComboBox, QAbstractSlider, QAbstractItemView,
        QAbstractSpinBox,
    )  # fmt: skip
    inner = (QComboBox, QLineEdit, QAbstractSpinBox, QTabBar, QAbstractItemView)
    for kind in kinds:
        for widget in window.findChildren(kind):
            is_part = isinstance(widget, QHeaderView | QScrollBar) or isinstance(
                widget.parent(), inner
            )
            is_qts = widget.objectName().startswith("qt_")
            if widget.window() is window and not is_part and not is_qts:
                yield widget


def name_of(widget):
    """What a screen reader says: the name, the text on it, or the label whose buddy it is."""
    labels = widget.window().findChildren(QLabel)
    buddy = next((label.text() for label in labels if label.buddy() is widget), "")
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text or buddy or widget.toolTip()


def test_tab_comes_to_everything_in_the_window(labelling, qtbot):
    passed_by = {
        name_of(widget)
        for widget in interactive(labelling.window)
        if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    }
    actions = {plain_text(spec) for spec in ACTIONS}
    keys = {key for spec in ACTIONS for key in spec.shortcuts}

    def has_action(name):
        bare = re.sub(r"\s*\(.*\)$", "", name)
        in_hint = re.search(r"\(([^)]*)\)$", name)
        return bare in actions or (in_hint and in_hint.group(1) in keys)

    left = {name for name in passed_by if name not in REACHED_OTHERWISE and not has_action(name)}
    assert not left


@pytest.mark.slow
def test_everything_in_every_dialog_has_a_name_and_escape_closes_it(labelling, qtbot):
    nameless = []
    for what in DIALOGS:
        dialog = getattr(labelling.window.dialogs, f"open_{what}")()
        qtbot.waitUntil(dialog.isVisible)
        assert dialog.windowTitle() or dialog.accessibleName(), what
        for widget in interactive(dialog):
            if not name_of(widget):
                nameless.append(f"{what}: {type(widget).__name__}")
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, (what, name_of(widget))
        qtbot.waitUntil(lambda: not labelling.desks.work.works, timeout=60_000)
        qtbot.keyClick(dialog, KEY.Key_Escape)
        qtbot.waitUntil(lambda closed=dialog: not closed.isVisible())
    assert not nameless


def test_f6_goes_round_the_panels_and_back_to_the_canvas(labelling, qtbot):
    window, canvas = labelling.window, labelling.window.parts.canvas
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    canvas.setFocus()
    seen = []
    for _ in range(20):
        qtbot.keyClick(QApplication.focusWidget(), KEY.Key_F6)
        has_it = QApplication.focusWidget()
        if has_it is canvas:
            break
        dock = next(dock for dock in window.docks if dock.isAncestorOf(has_it))
        # A tab that comes to the front is laid out when events are handled next.
        qtbot.waitUntil(lambda d=dock: not d.visibleRegion().isEmpty())
        seen.append(dock.objectName())
    assert QApplication.focusWidget() is canvas
    assert seen == [dock.objectName() for dock in window.docks if not dock.isHidden()]
    qtbot.keyClick(canvas, KEY.Key_F6, SHIFT)
    assert window.docks[seen[-1]].isAncestorOf(QApplication.focusWidget())


def test_the_canvas_tells_a_screen_reader_what_it_shows(labelling, qtbot):
    canvas = labelling.window.parts.canvas
    assert canvas.accessibleName()
    assert "160 by 120" in canvas.accessibleDescription()
