"""Actions of the tool strip and of the prompts being placed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sam3_annotator.engine.protocol import Capability
from sam3_annotator.ui.actions.spec import (
    ActionSpec,
    Menu,
    Scope,
    with_attempt,
    with_candidates,
    with_media,
)
from sam3_annotator.ui.text import QT_TRANSLATE_NOOP
from sam3_annotator.workflow.view_state import Tool

if TYPE_CHECKING:
    from sam3_annotator.ui.wiring.desks import Desks

TOOL_GROUPS: tuple[tuple[Tool, ...], ...] = (
    (Tool.SELECT,),
    (Tool.CLICK, Tool.BOX, Tool.EXEMPLAR),
    (Tool.BRUSH, Tool.ERASER, Tool.POLYGON, Tool.LASSO, Tool.FILL, Tool.SPLIT),
)
"""The tools as the strip groups them."""


def _use(tool: Tool, desks: Desks) -> None:
    desks.window.use_tool(tool)


_NEEDS: dict[Tool, tuple[Capability, ...]] = {
    Tool.CLICK: (Capability.CLICK,),
    Tool.BOX: (Capability.BOX,),
    Tool.EXEMPLAR: (Capability.EXEMPLAR,),
}

_TOOLS = tuple(
    ActionSpec(
        f"tool.{tool.value}",
        Menu.TOOL,
        text,
        partial(_use, tool),
        keys,
        needs=_NEEDS.get(tool, ()),
        icon=tool.value,
        tool=tool,
    )
    for tool, text, keys in (
        (Tool.SELECT, QT_TRANSLATE_NOOP("Actions", "&Select"), ("V",)),
        (Tool.CLICK, QT_TRANSLATE_NOOP("Actions", "&Click"), ("C",)),
        (Tool.BOX, QT_TRANSLATE_NOOP("Actions", "&Box"), ("B",)),
        (Tool.EXEMPLAR, QT_TRANSLATE_NOOP("Actions", "&Example: all like this"), ("E",)),
        (Tool.BRUSH, QT_TRANSLATE_NOOP("Actions", "B&rush"), ("R",)),
        (Tool.ERASER, QT_TRANSLATE_NOOP("Actions", "Er&aser"), ("Shift+R",)),
        (Tool.POLYGON, QT_TRANSLATE_NOOP("Actions", "&Polygon"), ("P",)),
        (Tool.LASSO, QT_TRANSLATE_NOOP("Actions", "&Lasso"), ("Shift+P",)),
        (Tool.FILL, QT_TRANSLATE_NOOP("Actions", "&Fill"), ("Shift+F",)),
        (Tool.SPLIT, QT_TRANSLATE_NOOP("Actions", "Spl&it by a line"), ("K",)),
    )
)

_PROMPTS = (
    ActionSpec(
        "prompt.accept",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Accept the mask"),
        lambda desks: desks.gestures.accept(),
        when=with_attempt,
        icon="check",
        opens_group=True,
    ),
    ActionSpec(
        "prompt.next_choice",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Next of the masks offered"),
        lambda desks: desks.gestures.next_choice(),
        ("Tab",),
        with_attempt,
        scope=Scope.CANVAS,
    ),
    ActionSpec(
        "prompt.drop",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Drop the prompts"),
        lambda desks: desks.gestures.drop(),
        when=with_attempt,
    ),
)

_FINDING = (
    ActionSpec(
        "find.phrase",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "&Type what to find"),
        lambda desks: desks.finding.take_focus(),
        ("T", "Ctrl+F"),
        icon="search",
        opens_group=True,
        needs=(Capability.PHRASE,),
    ),
    ActionSpec(
        "find.run",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Find in this picture"),
        lambda desks: desks.finding.run(),
        ("Ctrl+Return",),
        needs=(Capability.PHRASE, Capability.EXEMPLAR),
    ),
    ActionSpec(
        "find.everywhere",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Find in every picture…"),
        lambda desks: desks.finding.run_everywhere(),
        ("Ctrl+Shift+Return",),
        needs=(Capability.PHRASE,),
    ),
    ActionSpec(
        "find.accept_all",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Accept all candidates above the threshold"),
        lambda desks: desks.finding.accept_all(),
        ("Shift+Return",),
        with_candidates,
    ),
    ActionSpec(
        "find.clear",
        Menu.OBJECT,
        QT_TRANSLATE_NOOP("Actions", "Forget phrase and examples"),
        lambda desks: desks.finding.clear(),
        when=with_media,
    ),
)

TOOL_ACTIONS = (*_TOOLS, *_PROMPTS, *_FINDING)
