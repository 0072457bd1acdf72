"""Actions that change what is seen: pictures, zoom, layers, panels, theme."""

from __future__ import annotations

from sam3_annotator.ui.actions.spec import (
    ActionSpec,
    Menu,
    with_media,
    with_neighbours,
    with_objects,
    with_project,
)
from sam3_annotator.ui.settings import ThemeMode
from sam3_annotator.ui.text import QT_TRANSLATE_NOOP

_GOING = (
    ActionSpec(
        "view.next",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "&Next picture or frame"),
        lambda desks: desks.navigation.step(1),
        ("D", "Right"),
        with_neighbours,
        icon="next",
    ),
    ActionSpec(
        "view.previous",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "&Previous picture or frame"),
        lambda desks: desks.navigation.step(-1),
        ("A", "Left"),
        with_neighbours,
        icon="previous",
    ),
    ActionSpec(
        "view.next_ten",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Ten forward"),
        lambda desks: desks.navigation.step(10),
        ("Shift+D",),
        with_neighbours,
    ),
    ActionSpec(
        "view.previous_ten",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Ten back"),
        lambda desks: desks.navigation.step(-10),
        ("Shift+A",),
        with_neighbours,
    ),
    ActionSpec(
        "view.first",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "First"),
        lambda desks: desks.navigation.go_to_end(is_last=False),
        ("Home",),
        with_neighbours,
    ),
    ActionSpec(
        "view.last",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Last"),
        lambda desks: desks.navigation.go_to_end(is_last=True),
        ("End",),
        with_neighbours,
    ),
    ActionSpec(
        "view.next_media",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Next media"),
        lambda desks: desks.navigation.step_media(1),
        ("PgDown",),
        with_neighbours,
    ),
    ActionSpec(
        "view.previous_media",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Previous media"),
        lambda desks: desks.navigation.step_media(-1),
        ("PgUp",),
        with_neighbours,
    ),
    ActionSpec(
        "view.next_todo",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Next &unfinished"),
        lambda desks: desks.navigation.step_todo(),
        ("Ctrl+D",),
        with_neighbours,
    ),
)

_ZOOM = (
    ActionSpec(
        "view.zoom_in",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Zoom &in"),
        lambda desks: desks.window.zoom_by(1.25),
        ("Ctrl++", "Ctrl+="),
        with_media,
        opens_group=True,
    ),
    ActionSpec(
        "view.zoom_out",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Zoom &out"),
        lambda desks: desks.window.zoom_by(0.8),
        ("Ctrl+-",),
        with_media,
    ),
    ActionSpec(
        "view.fit",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "&Fit"),
        lambda desks: desks.window.fit(),
        ("F", "Ctrl+0"),
        with_media,
    ),
    ActionSpec(
        "view.actual_size",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "&Actual size"),
        lambda desks: desks.window.actual_size(),
        ("Ctrl+1",),
        with_media,
    ),
    ActionSpec(
        "view.zoom_to_object",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Zoom to &selection"),
        lambda desks: desks.window.zoom_to_selection(),
        ("Z",),
        with_media,
    ),
)

_LAYERS = (
    ActionSpec(
        "view.fill",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Fill masks"),
        lambda desks: desks.window.toggle_layer("shows_fill"),
        ("M",),
        is_checkable=True,
        opens_group=True,
    ),
    ActionSpec(
        "view.outlines",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Outlines"),
        lambda desks: desks.window.toggle_layer("shows_outlines"),
        ("O",),
        is_checkable=True,
    ),
    ActionSpec(
        "view.labels",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Labels"),
        lambda desks: desks.window.toggle_layer("shows_labels"),
        ("L",),
        is_checkable=True,
    ),
    ActionSpec(
        "view.hide_others",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "&Hide others"),
        lambda desks: desks.window.toggle_layer("hides_others"),
        ("H",),
        is_checkable=True,
    ),
    ActionSpec(
        "view.show_all",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Show all objects"),
        lambda desks: desks.objects.show_all(),
        ("Shift+H",),
        with_objects,
    ),
    ActionSpec(
        "view.picture_tone",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Brightness and &contrast…"),
        lambda desks: desks.window.ask_for("tone"),
        when=with_media,
    ),
)

_WINDOW = (
    ActionSpec(
        "view.theme_system",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Theme of the system"),
        lambda desks: desks.window.use_theme(ThemeMode.SYSTEM),
        is_checkable=True,
        opens_group=True,
    ),
    ActionSpec(
        "view.theme_light",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Light theme"),
        lambda desks: desks.window.use_theme(ThemeMode.LIGHT),
        is_checkable=True,
    ),
    ActionSpec(
        "view.theme_dark",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Dark theme"),
        lambda desks: desks.window.use_theme(ThemeMode.DARK),
        is_checkable=True,
    ),
    ActionSpec(
        "view.full_screen",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "F&ull screen"),
        lambda desks: desks.window.ask_for("full_screen"),
        ("F11",),
        is_checkable=True,
        opens_group=True,
    ),
    ActionSpec(
        "view.next_panel",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Keyboard to the next panel"),
        lambda desks: desks.window.ask_for("next_panel"),
        ("F6",),
        with_project,
    ),
    ActionSpec(
        "view.previous_panel",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "Keyboard to the previous panel"),
        lambda desks: desks.window.ask_for("previous_panel"),
        ("Shift+F6",),
        with_project,
    ),
    ActionSpec(
        "view.reset_layout",
        Menu.VIEW,
        QT_TRANSLATE_NOOP("Actions", "&Reset layout"),
        lambda desks: desks.window.ask_for("reset_layout"),
    ),
)

VIEW_ACTIONS = (*_GOING, *_ZOOM, *_LAYERS, *_WINDOW)
