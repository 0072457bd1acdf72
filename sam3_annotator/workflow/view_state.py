"""ViewState: what the person is looking at and working with; observable, never undoable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from sam3_annotator.domain.ids import FrameIndex

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.domain.ids import CategoryId, MediaId, ObjectId


class Tool(str, Enum):
    """What the pointer does on the canvas."""

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


@dataclass(frozen=True, slots=True)
class Display:
    """How the picture and the masks are shown.

    Attributes:
        opacity: of mask fills, in [0, 1].
        brightness: added, in [-1, 1]; 0 leaves the picture as it is.
        contrast: factor around middle grey, in [0, 4]; 1 leaves the picture as it is.
        gamma: exponent in (0, 5]; 1 leaves the picture as it is.
    """

    opacity: float = 0.35
    shows_fill: bool = True
    shows_outlines: bool = True
    shows_labels: bool = True
    hides_others: bool = False
    brightness: float = 0.0
    contrast: float = 1.0
    gamma: float = 1.0


@dataclass(frozen=True, slots=True)
class View:
    """One moment of the view state.

    Attributes:
        span: the selected range of frames of a clip, both ends included; None for none.
        is_playing: whether the clip runs; nothing dear is done for a frame then.
    """

    media_id: MediaId | None = None
    frame: FrameIndex = FrameIndex(0)
    selection: tuple[ObjectId, ...] = ()
    tool: Tool = Tool.CLICK
    category_id: CategoryId | None = None
    display: Display = Display()
    span: tuple[FrameIndex, FrameIndex] | None = None
    is_playing: bool = False

    @property
    def selected(self) -> ObjectId | None:
        """The one selected object; None when there is none or there are several."""
        return self.selection[0] if len(self.selection) == 1 else None


class ViewState:
    """The only owner of the present :class:`View`."""

    def __init__(self) -> None:
        self._view = View()
        self._listeners: list[Callable[[View, View], None]] = []

    @property
    def view(self) -> View:
        """The present moment."""
        return self._view

    def update(self, **changes: Any) -> None:  # noqa: ANN401 - fields of View, checked by replace
        """Change some fields at once; listeners hear (before, after) when something differs."""
        if changes.get("media_id", self._view.media_id) != self._view.media_id:
            changes = {"span": None, "is_playing": False, **changes}
        before, after = self._view, replace(self._view, **changes)
        if after == before:
            return
        self._view = after
        for listener in tuple(self._listeners):
            listener(before, after)

    def update_display(self, **changes: Any) -> None:  # noqa: ANN401 - fields of Display
        """Change some display fields."""
        self.update(display=replace(self._view.display, **changes))

    def subscribe(self, listener: Callable[[View, View], None]) -> Callable[[], None]:
        """Hear every change; the returned function ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
