"""Prompts as JSON text for the prompt log, and back."""

from __future__ import annotations

import base64
import json

from sam3_annotator.domain.geometry import Box, Point
from sam3_annotator.domain.mask import Mask
from sam3_annotator.domain.prompts import Click, ConceptPrompt, Exemplar, PromptSet

CONCEPT = "concept"


def prompt_kind(prompts: PromptSet | ConceptPrompt) -> str:
    """One word for what was given: "clicks", "box", "mask" or "concept"."""
    if isinstance(prompts, ConceptPrompt):
        return CONCEPT
    if prompts.clicks:
        return "clicks"
    return "mask" if prompts.box is None else "box"


def prompt_to_text(prompts: PromptSet | ConceptPrompt) -> str:
    """JSON text that :func:`prompt_from_text` turns back into the same prompts."""
    if isinstance(prompts, ConceptPrompt):
        data: dict[str, object] = {
            "phrase": prompts.phrase,
            "exemplars": [[*_corners(e.box), e.is_positive] for e in prompts.exemplars],
        }
    else:
        data = {
            "clicks": [[c.point.x, c.point.y, c.is_positive] for c in prompts.clicks],
            "box": None if prompts.box is None else _corners(prompts.box),
            "mask": None
            if prompts.mask is None
            else base64.b64encode(prompts.mask.to_bytes()).decode("ascii"),
        }
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def prompt_from_text(kind: str, text: str) -> PromptSet | ConceptPrompt:
    """Inverse of :func:`prompt_to_text`; ``kind`` as :func:`prompt_kind` gave it."""
    data = json.loads(text)
    if kind == CONCEPT:
        exemplars = tuple(
            Exemplar(Box(*item[:4]), is_positive=item[4]) for item in data["exemplars"]
        )
        return ConceptPrompt(data["phrase"], exemplars)
    return PromptSet(
        clicks=tuple(Click(Point(x, y), is_positive=sign) for x, y, sign in data["clicks"]),
        box=None if data["box"] is None else Box(*data["box"]),
        mask=None if data["mask"] is None else Mask.from_bytes(base64.b64decode(data["mask"])),
    )


def _corners(box: Box) -> list[float]:
    return [box.x0, box.y0, box.x1, box.y1]
