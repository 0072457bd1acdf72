"""What objects are called and how they are coloured, the same everywhere in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.domain.entities import Source
from sam3_annotator.ui.canvas import PALETTE, ObjectStyle
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from sam3_annotator.domain.entities import Annotation, Category, TrackedObject
    from sam3_annotator.domain.ids import FrameIndex
    from sam3_annotator.domain.project import Project

LOW_SCORE = 0.5


def object_name(project: Project, item: TrackedObject) -> str:
    """The name of an object: its category and its number, "bus 2"."""
    category = project.categories.get(item.category_id)
    return f"{category.name if category else '?'} {item.number}"


def object_color(item: TrackedObject, category: Category | None, *, by_category: bool) -> str:
    """The colour of an object, "#rrggbb": its own of the palette, or its category's."""
    if by_category and category is not None:
        return category.color
    return PALETTE[(int(item.id) - 1) % len(PALETTE)]


def object_dash(item: TrackedObject) -> int:
    """The outline pattern of an object: changes once every colour was used."""
    return (int(item.id) - 1) // len(PALETTE)


def object_style(annotation: Annotation) -> ObjectStyle:
    """How the canvas draws a mask of this origin."""
    if annotation.source is Source.HUMAN:
        return ObjectStyle.HUMAN
    if annotation.score is not None and annotation.score < LOW_SCORE:
        return ObjectStyle.LOW_CONFIDENCE
    return ObjectStyle(annotation.source.value)


def source_word(source: Source) -> str:
    """Where a mask came from, in a word."""
    return {
        Source.HUMAN: translate("Source", "human"),
        Source.MODEL: translate("Source", "model"),
        Source.INTERPOLATED: translate("Source", "interpolated"),
        Source.IMPORTED: translate("Source", "imported"),
    }[source]


def origin_line(item: TrackedObject, annotation: Annotation | None) -> str:
    """One short line on how sure the mask is and who made it: "human", "model .95"."""
    if annotation is None:
        return translate("Source", "not on this frame")
    score = annotation.score if annotation.score is not None else item.score
    word = source_word(annotation.source)
    return word if score is None else f"{word} {short_score(score)}"


def sentence(text: str, span: tuple[FrameIndex, FrameIndex] | None = None) -> str:
    """What was done, as a sentence; with the frames where it was done to a range of them."""
    if span is None:
        return translate("Done", "{what}.").format(what=text)
    said = translate("Done", "{what}, frames {start}–{stop}.")  # noqa: RUF001 - a range
    return said.format(what=text, start=span[0], stop=span[1])


def short_score(score: float) -> str:
    """A score as people read it: ".95", "1.0"."""
    return "1.0" if score >= 0.995 else f"{score:.2f}".lstrip("0")
