"""Tool: a small state machine that turns pointer events into outcomes; it knows no Qt."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from sam3_annotator.ui.canvas.tools.events import Draft, ToolContext, ToolKey

if TYPE_CHECKING:
    from sam3_annotator.ui.canvas.tools.events import Outcome, PointerEvent

Outcomes = tuple["Outcome", ...]
NO_OUTCOME: Outcomes = ()


class ToolName(str, Enum):
    """The tools by name; the values are stable and may be stored in settings."""

    SELECT = "select"
    CLICK = "click"
    BOX = "box"
    EXEMPLAR = "exemplar"
    BRUSH = "brush"
    ERASER = "eraser"
    POLYGON = "polygon"
    LASSO = "lasso"
    FILL = "fill"
    SPLIT = "split"
    PAN = "pan"


class Tool:
    """The tool that does nothing; others override what they need.

    Attributes:
        is_drag: whether a gesture runs from press to release, so that the keyboard cursor must
            press and release separately.
        cursor: "arrow", "cross", "none" (the tool draws its own ring) or "hand".
    """

    is_drag = False
    cursor = "cross"

    def __init__(self) -> None:
        self.context = ToolContext()

    @property
    def draft(self) -> Draft:
        """The half-drawn gesture."""
        return Draft()

    def press(self, event: PointerEvent) -> Outcomes:  # noqa: ARG002 - for subclasses
        """A button went down."""
        return NO_OUTCOME

    def move(self, event: PointerEvent) -> Outcomes:  # noqa: ARG002 - for subclasses
        """The pointer moved, with or without a button."""
        return NO_OUTCOME

    def release(self, event: PointerEvent) -> Outcomes:  # noqa: ARG002 - for subclasses
        """A button went up."""
        return NO_OUTCOME

    def key(self, key: ToolKey) -> Outcomes | None:  # noqa: ARG002 - for subclasses
        """A key was pressed; None when the tool has no use for it."""
        return None

    def wants(self, key: ToolKey) -> bool:
        """Whether the tool would use a key now, so that no shortcut may take it."""
        return key is ToolKey.ESCAPE and not self.draft.is_empty

    def cancel(self) -> Outcomes:
        """Give up the gesture: another tool, another picture, Esc."""
        return NO_OUTCOME
