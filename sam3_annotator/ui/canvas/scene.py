"""What the canvas is given to show: frozen values, compared to find out what changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from sam3_annotator.ui.canvas.pyramid import Tone

if TYPE_CHECKING:
    from sam3_annotator.domain.geometry import Box
    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.prompts import Click, Exemplar

PALETTE = (
    "#56b4e9",
    "#e69f00",
    "#2fbf8f",
    "#cc79a7",
    "#f0e442",
    "#d55e00",
    "#8a7bd8",
    "#b5c4d0",
)
"""Okabe and Ito's colours for colour-blind readers, blue and grey lifted to show on photographs."""

DASHES: tuple[tuple[float, ...], ...] = ((), (6, 3), (2, 2), (8, 2, 2, 2), (12, 4), (3, 5))
"""Outline patterns in pen widths; index 0 is a whole line. The second channel beside colour."""


class ObjectStyle(str, Enum):
    """How an object's mask on this frame came to be, as far as it is shown differently."""

    HUMAN = "human"
    MODEL = "model"
    INTERPOLATED = "interpolated"
    IMPORTED = "imported"
    LOW_CONFIDENCE = "low_confidence"


@dataclass(frozen=True, slots=True)
class CanvasObject:
    """One object on the frame that is shown.

    Attributes:
        color: "#rrggbb" of fill, outline and label chip.
        z: larger lies above.
        style: a human frame gets a diamond in its chip, low confidence is hatched.
        dash: outline pattern, an index into ``DASHES`` (taken modulo its length).
    """

    id: ObjectId
    mask: Mask
    color: str = PALETTE[0]
    label: str = ""
    z: int = 0
    style: ObjectStyle = ObjectStyle.MODEL
    dash: int = 0
    is_selected: bool = False
    is_hidden: bool = False
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class CandidateMark:
    """Something the model found that nobody has accepted yet; drawn dashed with its score.

    Attributes:
        key: the caller's number for it, given back by ``candidate_picked``.
        box: xyxy in original-image pixels.
        score: in [0, 1].
        mask: its outline is drawn instead of the box when given.
    """

    key: int
    box: Box
    score: float
    mask: Mask | None = None
    color: str = "#ffffff"
    is_accepted: bool = False
    is_highlighted: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """A mask that is not part of the project yet: what a click would give, or has given.

    Attributes:
        is_hover: drawn fainter, because nothing has been clicked.
    """

    mask: Mask
    color: str = PALETTE[0]
    is_hover: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """The line at the bottom left: what is going on, and the keys that go on from here."""

    text: str = ""
    keys: tuple[tuple[str, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not self.text and not self.keys


@dataclass(frozen=True, slots=True)
class Marks:
    """Prompts in progress, on top of everything."""

    clicks: tuple[Click, ...] = ()
    box: Box | None = None
    exemplars: tuple[Exemplar, ...] = ()
    preview: Preview | None = None
    hint: Hint = Hint()


@dataclass(frozen=True, slots=True)
class Display:
    """How things are drawn; changes no data.

    Attributes:
        fill_opacity: of masks, in [0, 1].
    """

    fill_opacity: float = 0.35
    shows_fill: bool = True
    shows_outlines: bool = True
    shows_labels: bool = True
    tone: Tone = field(default_factory=Tone)


@dataclass(frozen=True, slots=True)
class CanvasTheme:
    """Colours of everything the canvas draws that is neither picture nor object."""

    canvas: str
    panel: str
    line: str
    text: str
    dim: str
    accent: str
    good: str
    bad: str


DARK = CanvasTheme(
    canvas="#101215",
    panel="#1e2126",
    line="#31363d",
    text="#e6e8eb",
    dim="#9aa3ad",
    accent="#4c9dff",
    good="#58c987",
    bad="#ef6b73",
)
LIGHT = CanvasTheme(
    canvas="#dfe2e6",
    panel="#f8f9fa",
    line="#d5d9de",
    text="#1d2126",
    dim="#66707a",
    accent="#1f6fe0",
    good="#1f9254",
    bad="#c93440",
)
