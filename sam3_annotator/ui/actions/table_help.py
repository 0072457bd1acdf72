"""Actions that explain: the palette, the model, the doctor, the log."""

from __future__ import annotations

from sam3_annotator.ui.actions.spec import ActionSpec, Menu
from sam3_annotator.ui.text import QT_TRANSLATE_NOOP

HELP_ACTIONS = (
    ActionSpec(
        "help.palette",
        Menu.HELP,
        QT_TRANSLATE_NOOP("Actions", "&Every command by name"),
        lambda desks: desks.window.ask_for("palette"),
        ("Ctrl+Shift+P",),
        icon="search",
    ),
    ActionSpec(
        "help.model",
        Menu.HELP,
        QT_TRANSLATE_NOOP("Actions", "&Model…"),
        lambda desks: desks.window.ask_for("model"),
        ("Ctrl+M",),
        icon="chip",
        opens_group=True,
    ),
    ActionSpec(
        "help.free_memory",
        Menu.HELP,
        QT_TRANSLATE_NOOP("Actions", "&Free the model's memory"),
        lambda desks: desks.model.free_memory(),
    ),
    ActionSpec(
        "help.doctor",
        Menu.HELP,
        QT_TRANSLATE_NOOP("Actions", "&Doctor…"),
        lambda desks: desks.window.ask_for("doctor"),
        icon="info",
    ),
    ActionSpec(
        "help.log",
        Menu.HELP,
        QT_TRANSLATE_NOOP("Actions", "Show the &log file"),
        lambda desks: desks.window.show_log(),
    ),
    ActionSpec(
        "help.about",
        Menu.HELP,
        QT_TRANSLATE_NOOP("Actions", "&About"),
        lambda desks: desks.window.ask_for("about"),
        opens_group=True,
    ),
)
