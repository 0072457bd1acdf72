"""Actions on the selected objects."""

from __future__ import annotations

from sam3_annotator.domain.entities import FrameFlag
from sam3_annotator.ui.actions.spec import (
    ActionSpec,
    Menu,
    with_media,
    with_objects,
    with_one_selected,
    with_selection,
    with_several_selected,
)
from sam3_annotator.ui.text import QT_TRANSLATE_NOOP

_SELECTION = (
    ActionSpec(
        "object.next",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Select the next object"),
        lambda desks: desks.objects.step_selection(1),
        ("S",),
        with_objects,
        opens_group=True,
    ),
    ActionSpec(
        "object.previous",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Select the previous object"),
        lambda desks: desks.objects.step_selection(-1),
        ("Shift+S",),
        with_objects,
    ),
    ActionSpec(
        "object.lock",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Loc&k or unlock"),
        lambda desks: desks.objects.toggle_locked(),
        ("Ctrl+Shift+L",),
        with_selection,
        icon="lock",
    ),
    ActionSpec(
        "object.hide",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "&Hide or show"),
        lambda desks: desks.objects.toggle_hidden(),
        ("Ctrl+H",),
        with_selection,
        icon="eye",
    ),
    ActionSpec(
        "object.to_front",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Bring to front"),
        lambda desks: desks.objects.restack(to_front=True),
        ("Ctrl+]",),
        with_selection,
    ),
    ActionSpec(
        "object.to_back",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Send to back"),
        lambda desks: desks.objects.restack(to_front=False),
        ("Ctrl+[",),
        with_selection,
    ),
)

_MASKS = (
    ActionSpec(
        "mask.edit_outline",
        Menu.MASK,
        QT_TRANSLATE_NOOP("Actions", "Edit the outline's points"),
        lambda desks: desks.window.edit_outline(),
        ("Ctrl+Shift+E",),
        with_one_selected,
        icon="polygon",
        opens_group=True,
    ),
    ActionSpec(
        "mask.unite",
        Menu.MASK,
        QT_TRANSLATE_NOOP("Actions", "&Unite"),
        lambda desks: desks.masks.unite(),
        ("U",),
        with_several_selected,
    ),
    ActionSpec(
        "mask.subtract",
        Menu.MASK,
        QT_TRANSLATE_NOOP("Actions", "Subtract the others from the first"),
        lambda desks: desks.masks.subtract(),
        ("Shift+U",),
        with_several_selected,
    ),
    ActionSpec(
        "mask.intersect",
        Menu.MASK,
        QT_TRANSLATE_NOOP("Actions", "Keep what all share"),
        lambda desks: desks.masks.intersect(),
        ("Ctrl+U",),
        with_several_selected,
    ),
    ActionSpec(
        "mask.fill_holes",
        Menu.MASK,
        QT_TRANSLATE_NOOP("Actions", "Fill h&oles"),
        lambda desks: desks.masks.fill_holes(),
        ("Ctrl+Shift+F",),
        with_selection,
    ),
    ActionSpec(
        "mask.drop_islands",
        Menu.MASK,
        QT_TRANSLATE_NOOP("Actions", "&Drop islands"),
        lambda desks: desks.masks.drop_islands(),
        ("Ctrl+Shift+I",),
        with_selection,
    ),
    ActionSpec(
        "mask.keep_largest",
        Menu.MASK,
        QT_TRANSLATE_NOOP("Actions", "Keep the largest piece"),
        lambda desks: desks.masks.keep_largest(),
        when=with_selection,
    ),
    ActionSpec(
        "mask.smooth",
        Menu.MASK,
        QT_TRANSLATE_NOOP("Actions", "S&mooth"),
        lambda desks: desks.masks.smooth(),
        ("Ctrl+Shift+M",),
        with_selection,
    ),
    ActionSpec(
        "mask.grow",
        Menu.MASK,
        QT_TRANSLATE_NOOP("Actions", "&Grow by a pixel"),
        lambda desks: desks.masks.grow(),
        ("Shift+=",),
        with_selection,
    ),
    ActionSpec(
        "mask.shrink",
        Menu.MASK,
        QT_TRANSLATE_NOOP("Actions", "S&hrink by a pixel"),
        lambda desks: desks.masks.shrink(),
        ("Shift+-",),
        with_selection,
    ),
)

_FLAGS = (
    ActionSpec(
        "flag.absent",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Absent on this frame"),
        lambda desks: desks.objects.toggle_flag(FrameFlag.ABSENT),
        ("X",),
        with_selection,
        opens_group=True,
    ),
    ActionSpec(
        "flag.occluded",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Occluded on this frame"),
        lambda desks: desks.objects.toggle_flag(FrameFlag.OCCLUDED),
        ("Shift+X",),
        with_selection,
    ),
    ActionSpec(
        "flag.out_of_view",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Out of view on this frame"),
        lambda desks: desks.objects.toggle_flag(FrameFlag.OUT_OF_VIEW),
        ("Alt+X",),
        with_selection,
    ),
    ActionSpec(
        "flag.unsure",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Unsure on this frame"),
        lambda desks: desks.objects.toggle_flag(FrameFlag.UNSURE),
        ("?",),
        with_selection,
    ),
    ActionSpec(
        "media.done",
        Menu.REVIEW,
        QT_TRANSLATE_NOOP("Actions", "This picture is done; next"),
        lambda desks: desks.navigation.toggle_done(),
        ("Ctrl+Space",),
        with_media,
        icon="check",
    ),
)

OBJECT_ACTIONS = (*_SELECTION, *_MASKS, *_FLAGS)
