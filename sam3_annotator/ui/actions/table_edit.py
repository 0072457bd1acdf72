"""Actions that edit: undo, redo, selection, categories, settings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sam3_annotator.ui.actions.spec import (
    ActionSpec,
    Menu,
    can_redo,
    can_undo,
    while_working,
    with_media,
    with_objects,
    with_project,
    with_selection,
)
from sam3_annotator.ui.text import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from sam3_annotator.ui.wiring.desks import Desks


def _category(key: str, desks: Desks) -> None:
    desks.categories.choose_by_hotkey(key)


_CATEGORY_KEYS = tuple(
    ActionSpec(
        f"category.{key}",
        Menu.NONE,
        text,
        partial(_category, key),
        (key,),
        with_project,
    )
    for key, text in (
        ("1", QT_TRANSLATE_NOOP("Actions", "Category 1")),
        ("2", QT_TRANSLATE_NOOP("Actions", "Category 2")),
        ("3", QT_TRANSLATE_NOOP("Actions", "Category 3")),
        ("4", QT_TRANSLATE_NOOP("Actions", "Category 4")),
        ("5", QT_TRANSLATE_NOOP("Actions", "Category 5")),
        ("6", QT_TRANSLATE_NOOP("Actions", "Category 6")),
        ("7", QT_TRANSLATE_NOOP("Actions", "Category 7")),
        ("8", QT_TRANSLATE_NOOP("Actions", "Category 8")),
        ("9", QT_TRANSLATE_NOOP("Actions", "Category 9")),
    )
)

EDIT_ACTIONS = (
    ActionSpec(
        "edit.undo",
        Menu.EDIT,
        QT_TRANSLATE_NOOP("Actions", "&Undo"),
        lambda desks: desks.edits.undo(),
        ("Ctrl+Z",),
        can_undo,
        icon="undo",
    ),
    ActionSpec(
        "edit.redo",
        Menu.EDIT,
        QT_TRANSLATE_NOOP("Actions", "&Redo"),
        lambda desks: desks.edits.redo(),
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        can_redo,
        icon="redo",
    ),
    ActionSpec(
        "edit.copy",
        Menu.EDIT,
        QT_TRANSLATE_NOOP("Actions", "&Copy masks"),
        lambda desks: desks.masks.copy(),
        ("Ctrl+C",),
        with_selection,
        icon="copy",
        opens_group=True,
    ),
    ActionSpec(
        "edit.paste",
        Menu.EDIT,
        QT_TRANSLATE_NOOP("Actions", "&Paste masks"),
        lambda desks: desks.masks.paste(),
        ("Ctrl+V",),
        with_media,
    ),
    ActionSpec(
        "edit.select_all",
        Menu.EDIT,
        QT_TRANSLATE_NOOP("Actions", "Select &all"),
        lambda desks: desks.objects.select_all(),
        ("Ctrl+A",),
        with_objects,
    ),
    ActionSpec(
        "edit.remove",
        Menu.EDIT,
        QT_TRANSLATE_NOOP("Actions", "&Delete objects"),
        lambda desks: desks.objects.remove(),
        ("Del",),
        with_selection,
        icon="trash",
    ),
    ActionSpec(
        "media.remove",
        Menu.EDIT,
        QT_TRANSLATE_NOOP("Actions", "Take this picture out of the project"),
        lambda desks: desks.navigation.remove_shown(),
        when=with_media,
    ),
    ActionSpec(
        "edit.cancel",
        Menu.EDIT,
        QT_TRANSLATE_NOOP("Actions", "Cancel what is running"),
        lambda desks: desks.work.cancel(),
        ("Ctrl+.",),
        while_working,
        opens_group=True,
    ),
    ActionSpec(
        "edit.categories",
        Menu.EDIT,
        QT_TRANSLATE_NOOP("Actions", "Cate&gories…"),
        lambda desks: desks.window.ask_for("categories"),
        ("Ctrl+L",),
        with_project,
        icon="tag",
        opens_group=True,
    ),
    ActionSpec(
        "edit.shortcuts",
        Menu.EDIT,
        QT_TRANSLATE_NOOP("Actions", "&Keyboard shortcuts…"),
        lambda desks: desks.window.ask_for("shortcuts"),
        ("Ctrl+K",),
        icon="keyboard",
    ),
    ActionSpec(
        "edit.settings",
        Menu.EDIT,
        QT_TRANSLATE_NOOP("Actions", "&Settings…"),
        lambda desks: desks.window.ask_for("settings"),
        ("Ctrl+,",),
        icon="settings",
    ),
    *_CATEGORY_KEYS,
)
