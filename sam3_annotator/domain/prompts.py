"""Prompts: what a person points at or names, in original-image pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sam3_annotator.domain.geometry import Box, Point
    from sam3_annotator.domain.mask import Mask


@dataclass(frozen=True, slots=True)
class Click:
    """A point that belongs to the object (positive) or does not (negative)."""

    point: Point
    is_positive: bool = True


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A box around something of the wanted kind (positive) or of another kind (negative)."""

    box: Box
    is_positive: bool = True


@dataclass(frozen=True, slots=True)
class PromptSet:
    """All prompts for ONE object on one frame, in the order they were given.

    Attributes:
        clicks: positive and negative clicks.
        box: a box around the object, or None.
        mask: a mask to start from (drawn, or the object's present mask), or None.
    """

    clicks: tuple[Click, ...] = ()
    box: Box | None = None
    mask: Mask | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been prompted yet."""
        return not self.clicks and self.box is None and self.mask is None

    @property
    def is_ambiguous(self) -> bool:
        """Whether one click stands alone, so that whole, part and sub-part should be offered."""
        return len(self.clicks) == 1 and self.box is None and self.mask is None

    def with_click(self, click: Click) -> PromptSet:
        """The set with one click more."""
        return replace(self, clicks=(*self.clicks, click))

    def with_box(self, box: Box | None) -> PromptSet:
        """The set with its box replaced."""
        return replace(self, box=box)

    def with_mask(self, mask: Mask | None) -> PromptSet:
        """The set with its starting mask replaced."""
        return replace(self, mask=mask)

    def without_last_click(self) -> PromptSet:
        """The set without its newest click."""
        return replace(self, clicks=self.clicks[:-1])


@dataclass(frozen=True, slots=True)
class ConceptPrompt:
    """A kind of thing: a noun phrase, exemplars, or both.

    Attributes:
        phrase: noun phrase as typed, or "" when only exemplars are given.
        exemplars: boxes on the frame that is searched, positive and negative.
    """

    phrase: str = ""
    exemplars: tuple[Exemplar, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for: neither a phrase nor a positive exemplar."""
        return not self.phrase.strip() and not any(e.is_positive for e in self.exemplars)
