"""What one row of the action table says, and what it may depend on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from sam3_annotator.ui.text import QT_TRANSLATE_NOOP, translate
from sam3_annotator.workflow.view_state import Tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.engine.protocol import Capability, ModelInfo
    from sam3_annotator.ui.wiring.desks import Desks


Test = TypeVar("Test", bound="Callable[[Situation], bool]")
_MNEMONIC = re.compile(r"&(\w)")


class Menu(str, Enum):
    """The menus, in the order of the bar, then those inside others; NONE stands in no menu."""

    FILE = QT_TRANSLATE_NOOP("Menu", "&File")
    EDIT = QT_TRANSLATE_NOOP("Menu", "&Edit")
    VIEW = QT_TRANSLATE_NOOP("Menu", "&View")
    OBJECT = QT_TRANSLATE_NOOP("Menu", "&Object")
    CLIP = QT_TRANSLATE_NOOP("Menu", "&Clip")
    REVIEW = QT_TRANSLATE_NOOP("Menu", "&Review")
    HELP = QT_TRANSLATE_NOOP("Menu", "&Help")
    TOOL = QT_TRANSLATE_NOOP("Menu", "T&ool")
    MASK = QT_TRANSLATE_NOOP("Menu", "&Mask")
    TIME = QT_TRANSLATE_NOOP("Menu", "O&ver time")
    NONE = ""


INSIDE = {Menu.TOOL: Menu.OBJECT, Menu.MASK: Menu.OBJECT, Menu.TIME: Menu.CLIP}
"""Menus that lie in another one, where their first action would stand."""


def menu_keys() -> tuple[str, ...]:
    """What opens the menus of the bar in the user's language: "Alt+F", ..."""
    titles = (translate("Menu", one.value) for one in Menu if one not in INSIDE)
    return tuple(f"Alt+{found[1]}" for title in titles if (found := _MNEMONIC.search(title)))


class Scope(Enum):
    """Where a shortcut works: anywhere in the window, or only while the canvas has the keyboard.

    Keys that other widgets need for themselves (Enter, Esc, Tab) belong to the canvas.
    """

    WINDOW = "window"
    CANVAS = "canvas"


@dataclass(frozen=True, slots=True)
class Situation:
    """All that decides which actions make sense now.

    Attributes:
        undo_title: the step that Undo would take back, "" for none.
        redo_title: the step that Redo would do again, "" for none.
        has_attempt: whether a click or box has been placed and not yet accepted.
        candidates: how many candidates are open.
        model: what is loaded; None while nothing is.
        layers_on: ids of checkable actions that are on.
    """

    has_project: bool = False
    has_media: bool = False
    is_clip: bool = False
    media_count: int = 0
    selected: int = 0
    objects: int = 0
    undo_title: str = ""
    redo_title: str = ""
    has_attempt: bool = False
    candidates: int = 0
    model: ModelInfo | None = None
    is_working: bool = False
    tool: Tool = Tool.CLICK
    layers_on: frozenset[str] = frozenset()


_REASONS: dict[Callable[[Situation], bool], str] = {}


def unless(reason: str) -> Callable[[Test], Test]:
    """Note why something cannot be used where a test fails; English, marked for translation."""

    def noted(test: Test) -> Test:
        _REASONS[test] = reason
        return test

    return noted


def reason_of(test: Callable[[Situation], bool]) -> str:
    """Why something cannot be used while this test fails; "" where nothing is noted."""
    reason = _REASONS.get(test)
    return translate("Actions", reason) if reason else ""


def always(_: Situation) -> bool:
    """At any time."""
    return True


@unless(QT_TRANSLATE_NOOP("Actions", "Open pictures or a project first."))
def with_project(now: Situation) -> bool:
    """While a project is open."""
    return now.has_project


@unless(QT_TRANSLATE_NOOP("Actions", "Open a picture or a clip first."))
def with_media(now: Situation) -> bool:
    """While a picture or clip is shown."""
    return now.has_media


@unless(QT_TRANSLATE_NOOP("Actions", "Open a clip first."))
def with_clip(now: Situation) -> bool:
    """While a clip is shown."""
    return now.has_media and now.is_clip


@unless(QT_TRANSLATE_NOOP("Actions", "There is nowhere else to go."))
def with_neighbours(now: Situation) -> bool:
    """While there is somewhere else to go."""
    return now.has_media and (now.media_count > 1 or now.is_clip)


@unless(QT_TRANSLATE_NOOP("Actions", "Select an object first."))
def with_selection(now: Situation) -> bool:
    """While at least one object is selected."""
    return now.selected > 0


@unless(QT_TRANSLATE_NOOP("Actions", "Select one object first."))
def with_one_selected(now: Situation) -> bool:
    """While exactly one object is selected."""
    return now.selected == 1


@unless(QT_TRANSLATE_NOOP("Actions", "Select two or more objects first."))
def with_several_selected(now: Situation) -> bool:
    """While two or more objects are selected."""
    return now.selected > 1


@unless(QT_TRANSLATE_NOOP("Actions", "There are no objects here yet."))
def with_objects(now: Situation) -> bool:
    """While the shown frame has objects."""
    return now.objects > 0


@unless(QT_TRANSLATE_NOOP("Actions", "Click something or draw a box first."))
def with_attempt(now: Situation) -> bool:
    """While a mask is being made from clicks or a box."""
    return now.has_attempt


@unless(QT_TRANSLATE_NOOP("Actions", "Find something first."))
def with_candidates(now: Situation) -> bool:
    """While candidates wait for a decision."""
    return now.candidates > 0


@unless(QT_TRANSLATE_NOOP("Actions", "Nothing is running."))
def while_working(now: Situation) -> bool:
    """While long work is running."""
    return now.is_working


@unless(QT_TRANSLATE_NOOP("Actions", "There is nothing to undo."))
def can_undo(now: Situation) -> bool:
    """While there is something to take back."""
    return bool(now.undo_title) or now.has_attempt


@unless(QT_TRANSLATE_NOOP("Actions", "There is nothing to redo."))
def can_redo(now: Situation) -> bool:
    """While something was taken back and nothing else done since."""
    return bool(now.redo_title)


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One row of the table.

    Attributes:
        id: "menu.name", stable: shortcuts are remembered under it.
        text: English, with an ampersand before the mnemonic.
        calls: what it does, given the desks.
        shortcuts: default keys in Qt's portable notation.
        when: whether it can be used in a situation.
        needs: what the model must be able to do for it, any of these; none for what needs no
            model.
        icon: name of an icon file, or "".
        tool: the tool it switches to, for actions of the tool strip.
        is_checkable: whether it is on or off (``Situation.layers_on`` says which).
        opens_group: whether a line stands above it in its menu.
    """

    id: str
    menu: Menu
    text: str
    calls: Callable[[Desks], object]
    shortcuts: tuple[str, ...] = ()
    when: Callable[[Situation], bool] = always
    needs: tuple[Capability, ...] = ()
    icon: str = ""
    scope: Scope = Scope.WINDOW
    tool: Tool | None = None
    is_checkable: bool = False
    opens_group: bool = False
