"""Actions of a reviewer: walking the queue, verdicts, checks, signatures and the report."""

from __future__ import annotations

from sam3_annotator.ui.actions.spec import ActionSpec, Menu, with_media, with_project
from sam3_annotator.ui.text import QT_TRANSLATE_NOOP

REVIEW_ACTIONS = (
    ActionSpec(
        "review.next",
        Menu.REVIEW,
        QT_TRANSLATE_NOOP("Actions", "&Next doubtful frame"),
        lambda desks: desks.review.step(1),
        ("Q",),
        with_media,
        icon="next",
        opens_group=True,
    ),
    ActionSpec(
        "review.previous",
        Menu.REVIEW,
        QT_TRANSLATE_NOOP("Actions", "&Previous doubtful frame"),
        lambda desks: desks.review.step(-1),
        ("Shift+Q",),
        with_media,
        icon="previous",
    ),
    ActionSpec(
        "review.accept",
        Menu.REVIEW,
        QT_TRANSLATE_NOOP("Actions", "&Good: accept, and on to the next"),
        lambda desks: desks.review.accept(),
        ("Y",),
        with_media,
        icon="check",
        opens_group=True,
    ),
    ActionSpec(
        "review.fix",
        Menu.REVIEW,
        QT_TRANSLATE_NOOP("Actions", "Needs work: &fix it now"),
        lambda desks: desks.review.fix(),
        ("Shift+Y",),
        with_media,
    ),
    ActionSpec(
        "review.reject",
        Menu.REVIEW,
        QT_TRANSLATE_NOOP("Actions", "&Reject, and on to the next"),
        lambda desks: desks.review.reject(),
        ("N",),
        with_media,
        icon="cross",
    ),
    ActionSpec(
        "review.repair_swap",
        Menu.REVIEW,
        QT_TRANSLATE_NOOP("Actions", "&Swap back from here on"),
        lambda desks: desks.review.repair_swap(),
        ("Ctrl+Shift+X",),
        with_media,
    ),
    ActionSpec(
        "review.all_found",
        Menu.REVIEW,
        QT_TRANSLATE_NOOP("Actions", "&All of this category are found"),
        lambda desks: desks.review.check(is_complete=True),
        ("Alt+Y",),
        with_media,
        opens_group=True,
    ),
    ActionSpec(
        "review.some_missing",
        Menu.REVIEW,
        QT_TRANSLATE_NOOP("Actions", "Some of this category are &missing"),
        lambda desks: desks.review.check(is_complete=False),
        ("Alt+N",),
        with_media,
    ),
    ActionSpec(
        "review.sign_off",
        Menu.REVIEW,
        QT_TRANSLATE_NOOP("Actions", "Sign &off"),
        lambda desks: desks.review.sign_off(),
        ("Ctrl+Alt+S",),
        with_media,
        opens_group=True,
    ),
    ActionSpec(
        "review.report",
        Menu.REVIEW,
        QT_TRANSLATE_NOOP("Actions", "&Work report…"),
        lambda desks: desks.review.show_report(),
        ("Ctrl+Alt+W",),
        with_project,
    ),
)
