"""What a family of weights cannot do is said beforehand, with the way to get it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton

from sam3_annotator.engine.protocol import Capability
from sam3_annotator.inference.opening import open_backend
from sam3_annotator.ui.abilities import missing, missing_ability
from sam3_annotator.ui.actions.table import ACTIONS
from sam3_annotator.workflow.view_state import Tool
from tests.gui.clip.conftest import add_object
from tests.support.fake_session import fake_info

CLICKS = {Capability.CLICK, Capability.BOX}
FAMILIES = {
    "mini": CLICKS | {Capability.EXEMPLAR, Capability.TRACK, Capability.TRACK_CONCEPT},
    "SAM 2.1 tiny": CLICKS | {Capability.TRACK},
    "SAM 2 stills": CLICKS,
    "SAM 3": set(Capability),
    "SAM 3 detector": {Capability.PHRASE, Capability.EXEMPLAR},
}
CANNOT = {
    "mini": {"find.phrase", "find.everywhere"},
    "SAM 2.1 tiny": {
        "tool.exemplar", "find.phrase", "find.run", "find.everywhere",
        "clip.find", "clip.find_forward", "clip.find_backward",
    },
    "SAM 2 stills": {
        "tool.exemplar", "find.phrase", "find.run", "find.everywhere",
        "clip.find", "clip.find_forward", "clip.find_backward",
        "clip.forward", "clip.backward", "clip.both", "clip.between", "clip.in_range",
        "clip.all_both", "clip.correct",
    },
    "SAM 3": set(),
    "SAM 3 detector": {
        "tool.click", "tool.box", "clip.find", "clip.find_forward", "clip.find_backward",
        "clip.forward", "clip.backward", "clip.both", "clip.between", "clip.in_range",
        "clip.all_both", "clip.correct",
    },
}  # fmt: skip


def model_of(family):
    return replace(fake_info(), name=family, capabilities=frozenset(FAMILIES[family]))


@pytest.fixture
def using(clip, qtbot):
    """The window on a clip with one selected object, and a way to change what is loaded."""
    add_object(clip, qtbot)

    def use(family):
        clip.workspace.use_model(model_of(family))
        clip.window._situation.refresh()
        return clip

    return use


def test_every_action_is_offered_or_says_why_not(using):
    for family, cannot in CANNOT.items():
        table = using(family).window.table
        for spec in ACTIONS:
            if spec.needs:
                action = table[spec.id]
                assert action.isEnabled() == (spec.id not in cannot), (family, spec.id)
                assert (family in action.toolTip()) == (spec.id in cannot), (family, spec.id)


def test_nothing_that_is_offered_is_refused_afterwards(using, qtbot):
    """Every entry of the two menus that asks the model something is chosen, as it stands."""
    asking = ("find.phrase", "find.run", "clip.f", "clip.b", "clip.in_", "clip.all", "tool.")
    said = []
    running = using("SAM 3")
    running.workspace.said.connect(said.append)
    runs, concepts = running.desks.clip.runs, running.desks.clip.concepts
    runs.changed.connect(lambda progress: progress.is_running and runs.cancel())
    running.desks.work.changed.connect(lambda: concepts.progress.is_running and concepts.cancel())
    for family in FAMILIES:
        running = using(family)
        for spec in ACTIONS:
            action = running.window.table[spec.id]
            if spec.id.startswith(asking) and action.isEnabled():
                action.trigger()
                desk = running.workspace.engine.desk
                qtbot.waitUntil(lambda desk=desk: not desk.open_tickets, timeout=60_000)
                running.window._situation.refresh()
        reasons = {missing_ability(one, model_of(family)) for one in Capability}
        assert not reasons.intersection(said), family
    assert said


def test_the_key_of_what_cannot_be_done_is_answered_with_the_reason(using, qtbot):
    running = using("SAM 2.1 tiny")
    said = []
    running.workspace.said.connect(said.append)
    canvas = running.window.parts.canvas
    running.window.show()
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_T)
    assert said == [missing_ability(Capability.PHRASE, running.workspace.model)]
    assert "Help, Model" in said[0]
    qtbot.keyClick(canvas, Qt.Key.Key_F9)
    assert len(said) == 1
    assert running.window.table.why_not(QKeySequence("G")) == ""


def test_the_find_bar_offers_what_the_model_can_do(using):
    bar = using("mini").window.parts.find_bar
    assert not bar.phrase.isEnabled()
    assert bar.phrase.placeholderText() == "draw an example (E)"
    assert "example box" in bar.phrase.toolTip()
    assert bar._plus.isEnabled()
    assert bar._start.isEnabled()
    assert bar._track.isEnabled()
    using("SAM 2.1 tiny")
    assert bar.phrase.placeholderText() == "needs SAM 3"
    for widget in (bar.phrase, bar._plus, bar._minus, bar._start, bar._track):
        assert not widget.isEnabled()
        assert "SAM 2.1 tiny" in widget.toolTip()
    using("SAM 3")
    for widget in (bar.phrase, bar._plus, bar._minus, bar._start, bar._track):
        assert widget.isEnabled()
        assert "SAM 3" not in widget.toolTip()
    using("SAM 3 detector")
    assert bar._start.isEnabled()
    assert not bar._track.isEnabled()


def test_searching_with_mini_begins_with_an_example(using, qtbot):
    running = using("mini")
    said = []
    running.workspace.said.connect(said.append)
    bar = running.window.parts.find_bar
    for button in (bar._start, bar._track):
        said.clear()
        running.workspace.state.update(tool=Tool.SELECT)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert running.workspace.view.tool is Tool.EXEMPLAR
        assert "Draw a box around one" in said[0]
    placeholder = running.window.parts.candidates._body.placeholder
    assert "example box (E)" in placeholder._hint.text()


def test_no_model_stops_nobody_beforehand():
    assert not missing(None, (Capability.PHRASE,))
    assert "not loaded yet" in missing_ability(Capability.PHRASE, None)


@pytest.mark.slow
def test_the_bundled_model_can_what_is_said_here():
    assert set(open_backend("mini").info.capabilities) == FAMILIES["mini"]


def test_the_empty_objects_panel_names_only_ways_that_are_open(using):
    running = using("mini")
    panel = running.window.parts.objects
    for family, words in (("mini", "example box (E)"), ("SAM 3", "Find (T)"), ("SAM 2.1 tiny", "")):
        using(family)
        said = panel._empty.placeholder._hint.text()
        assert "Click something" in said
        assert ("(E)" in said, "(T)" in said) == ("(E)" in words, "(T)" in words)


def test_what_cannot_be_used_now_says_what_is_missing(clip, qtbot):
    table, status = clip.window.table, clip.window.parts.status
    transport = clip.window.parts.timeline.transport
    swap = next(b for b in transport.findChildren(QPushButton) if b.text() == "Swap")
    assert "Select two objects of a clip first." in table["clip.swap"].toolTip()
    assert swap.toolTip() == table["clip.swap"].toolTip()
    qtbot.keyClick(clip.window, Qt.Key.Key_W)
    assert status.message == "Select two objects of a clip first."
    first, second = add_object(clip, qtbot, 80, 120), add_object(clip, qtbot, 400, 200)
    clip.workspace.state.update(selection=(first, second))
    qtbot.waitUntil(swap.isEnabled)
    assert "first" not in swap.toolTip()
    table.keymap.set("clip.swap", ("F7",))
    clip.window.dialogs._keys_changed()
    assert "(F7)" in swap.toolTip()


def test_every_action_that_is_off_at_the_start_says_why(launch):
    table = launch().window.table
    off = [spec.id for spec in table.specs if not table[spec.id].isEnabled()]
    assert len(off) > 60
    assert [name for name in off if "\n" not in table[name].toolTip()] == []
