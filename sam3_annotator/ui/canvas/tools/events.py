"""Plain events in, plain outcomes out: the language between the view and its tools."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from sam3_annotator.domain.geometry import Size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sam3_annotator.domain.geometry import Box, PixelBox, Point
    from sam3_annotator.domain.mask import Mask


class Button(Enum):
    """Which mouse button; the keyboard cursor counts as the left or the right one."""

    NONE = 0
    LEFT = 1
    RIGHT = 2


@dataclass(frozen=True, slots=True)
class PointerEvent:
    """The pointer did something, in original-image pixels.

    Attributes:
        point: where; may lie beside the picture.
        button: pressed or released button; while moving, the one that is held.
        px: image pixels per widget pixel, so that tools can judge distances as the hand does.
        click_count: 2 for a double click.
    """

    point: Point
    button: Button = Button.NONE
    has_alt: bool = False
    has_shift: bool = False
    has_ctrl: bool = False
    px: float = 1.0
    click_count: int = 1

    @property
    def is_negative(self) -> bool:
        """Whether it means "not this": right button, or Alt."""
        return self.button is Button.RIGHT or self.has_alt


class ToolKey(Enum):
    """Keys that tools understand."""

    ENTER = "enter"
    ESCAPE = "escape"
    BACKSPACE = "backspace"
    DELETE = "delete"
    SMALLER = "["
    LARGER = "]"


@dataclass(frozen=True, slots=True)
class ToolOptions:
    """What the person has set for the tools.

    Attributes:
        brush_diameter: in image pixels, at least 1.
        fill_tolerance: largest difference per colour channel from the clicked pixel, 0..255.
        fill_is_contiguous: only pixels connected to the clicked one.
    """

    brush_diameter: float = 24.0
    fill_tolerance: int = 24
    fill_is_contiguous: bool = True


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What the tools may know of the picture.

    Attributes:
        size: of the picture; (0, 0) when there is none.
        rgb: (H, W, 3) uint8, the picture, read-only use; None when there is none.
    """

    size: Size = field(default_factory=lambda: Size(0, 0))
    rgb: NDArray[np.uint8] | None = None
    options: ToolOptions = field(default_factory=ToolOptions)


@dataclass(frozen=True, slots=True)
class Clicked:
    """A prompt click."""

    point: Point
    is_positive: bool


@dataclass(frozen=True, slots=True)
class Scribbled:
    """The click that was placed last has been drawn on into a line.

    Attributes:
        points: along the line, without the click.
    """

    points: tuple[Point, ...]
    is_positive: bool


@dataclass(frozen=True, slots=True)
class BoxDrawn:
    """A box around one object."""

    box: Box


@dataclass(frozen=True, slots=True)
class ExemplarDrawn:
    """A box around an example of the wanted or the unwanted kind."""

    box: Box
    is_positive: bool


@dataclass(frozen=True, slots=True)
class Dabbed:
    """A stroke grew; to be painted at once.

    Attributes:
        inside: (box.height, box.width) bool.
    """

    box: PixelBox
    inside: NDArray[np.bool_]
    is_erase: bool


@dataclass(frozen=True, slots=True)
class StrokeFinished:
    """A brush or eraser stroke is complete."""

    mask: Mask
    is_erase: bool


@dataclass(frozen=True, slots=True)
class StrokeDropped:
    """A stroke was given up; what was painted must go."""


@dataclass(frozen=True, slots=True)
class ShapeFinished:
    """A polygon, lasso or fill is complete, to be added or (subtract) taken away."""

    mask: Mask
    is_subtract: bool


@dataclass(frozen=True, slots=True)
class VerticesEdited:
    """An existing outline was changed; the mask replaces the old one."""

    mask: Mask


@dataclass(frozen=True, slots=True)
class SplitDrawn:
    """A line across an object."""

    first: Point
    second: Point


@dataclass(frozen=True, slots=True)
class Picked:
    """Something at a point was chosen."""

    point: Point
    extends: bool


@dataclass(frozen=True, slots=True)
class AreaPicked:
    """Everything in a box was chosen."""

    box: Box
    extends: bool


@dataclass(frozen=True, slots=True)
class OptionsChanged:
    """A tool changed its options by key or wheel."""

    options: ToolOptions


Outcome = (
    Clicked
    | Scribbled
    | BoxDrawn
    | ExemplarDrawn
    | Dabbed
    | StrokeFinished
    | StrokeDropped
    | ShapeFinished
    | VerticesEdited
    | SplitDrawn
    | Picked
    | AreaPicked
    | OptionsChanged
)


class DraftKind(Enum):
    """How a half-drawn gesture looks."""

    BOX = "box"
    GOOD_BOX = "good box"
    BAD_BOX = "bad box"
    LINE = "line"
    POLYGON = "polygon"
    VERTICES = "vertices"


@dataclass(frozen=True, slots=True)
class Draft:
    """A half-drawn gesture, for the view to draw.

    Attributes:
        rings: points in image pixels; for a box its two corners.
        brush_diameter: ring around the pointer in image pixels, or 0 for none.
        is_stroking: a brush is down, and its dabs must stay visible.
        active: ring and vertex that would be dragged now, or None.
    """

    kind: DraftKind = DraftKind.LINE
    rings: tuple[tuple[Point, ...], ...] = ()
    brush_diameter: float = 0.0
    is_erase: bool = False
    is_stroking: bool = False
    active: tuple[int, int] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been drawn yet."""
        return not any(self.rings)
