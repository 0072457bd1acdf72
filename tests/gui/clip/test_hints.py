"""The line on the canvas names the keys that are bound, and none where there are none."""

from __future__ import annotations

from PySide6.QtCore import Qt

from sam3_annotator.workflow.view_state import Tool
from tests.gui.clip.conftest import add_object, click


def keys(clip):
    return {word: key for key, word in clip.window.parts.canvas._marks.hint.keys}


def rebind(clip, action, *wanted):
    clip.window.table.keymap.set(action, wanted)
    clip.window.dialogs._keys_changed()


def test_the_hint_of_a_masklet_follows_the_keymap(clip, qtbot):
    add_object(clip, qtbot)
    assert keys(clip) == {"forward": "G", "backward": "⇧G", "between": "Ctrl+G"}
    rebind(clip, "clip.forward", "F7")
    rebind(clip, "clip.backward")
    assert keys(clip) == {"forward": "F7", "between": "Ctrl+G"}


def test_the_hints_of_tools_follow_the_keymap(clip, qtbot):
    clip.workspace.state.update(tool=Tool.ERASER)
    assert keys(clip) == {"select": "V"}
    rebind(clip, "tool.select", "F7")
    assert keys(clip) == {"select": "F7"}
    rebind(clip, "prompt.next_choice", "F8")
    clip.workspace.state.update(tool=Tool.CLICK)
    click(clip, 120.0, 120.0)
    qtbot.waitUntil(lambda: "next" in keys(clip))
    assert keys(clip) == {"next": "F8", "accept": "Enter", "drop": "Esc"}
    chosen = clip.workspace.segmenting.attempt.chosen
    qtbot.keyClick(clip.window.parts.canvas, Qt.Key.Key_F8)
    assert clip.workspace.segmenting.attempt.chosen != chosen


def test_an_empty_timeline_names_the_key_that_fills_it(clip):
    assert "propagate it (G)" in clip.window.parts.timeline.lanes.notice
    rebind(clip, "clip.forward", "F7")
    assert "propagate it (F7)" in clip.window.parts.timeline.lanes.notice


def test_a_polygon_says_how_it_is_closed(clip):
    hint = clip.window.parts.canvas._marks.hint
    assert hint.is_empty
    clip.workspace.state.update(tool=Tool.POLYGON)
    assert keys(clip) == {"close the shape": "Enter"}
