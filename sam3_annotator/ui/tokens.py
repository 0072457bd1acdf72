"""Tokens: the colours and sizes that everything in the window is drawn with; no Qt."""

from __future__ import annotations

from dataclasses import dataclass

TEXT_PX = 13
SMALL_PX = 11
GRID_PX = 4
TOP_BAR_PX = 44
TOOL_STRIP_PX = 48
SIDE_PX = 300
STATUS_PX = 26


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, each "#rrggbb"; the only home of colours in the window.

    Attributes:
        dim: what is less important, still easy to read.
        faint: what cannot be used now.
    """

    name: str
    background: str
    panel: str
    raised: str
    line: str
    text: str
    dim: str
    faint: str
    accent: str
    good: str
    warn: str
    bad: str
    canvas: str
    on_accent: str
    hover: str

    @property
    def is_dark(self) -> bool:
        """Whether text is light on dark."""
        return self.name == "dark"


DARK = Tokens(
    name="dark",
    background="#17191d",
    panel="#1e2126",
    raised="#272b31",
    line="#31363d",
    text="#e6e8eb",
    dim="#9aa3ad",
    faint="#5c6269",
    accent="#4c9dff",
    good="#58c987",
    warn="#f0b354",
    bad="#ef6b73",
    canvas="#101215",
    on_accent="#0b1420",
    hover="#2f343b",
)
LIGHT = Tokens(
    name="light",
    background="#eceef1",
    panel="#f8f9fa",
    raised="#ffffff",
    line="#d5d9de",
    text="#1d2126",
    dim="#5f6973",
    faint="#a7adb3",
    accent="#1f6fe0",
    good="#1f9254",
    warn="#b26a00",
    bad="#c93440",
    canvas="#dfe2e6",
    on_accent="#ffffff",
    hover="#e9ecef",
)
