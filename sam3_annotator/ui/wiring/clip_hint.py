"""What the canvas says while an object of a clip is selected: its frame, and how to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.domain.entities import MediaKind, Source
from sam3_annotator.ui.canvas import Hint
from sam3_annotator.ui.text import translate
from sam3_annotator.ui.wiring import naming

if TYPE_CHECKING:
    from sam3_annotator.domain.entities import Annotation
    from sam3_annotator.ui.wiring.workspace import Workspace


def clip_hint(workspace: Workspace) -> Hint:
    """One line about the selected masklet on the shown frame; empty where there is none."""
    project, view = workspace.project, workspace.view
    if project is None or view.media_id is None or view.selected is None or view.is_playing:
        return Hint()
    media = project.media.get(view.media_id)
    item = project.contents(view.media_id).objects.get(view.selected)
    if media is None or media.kind is not MediaKind.CLIP or item is None:
        return Hint()
    note = project.masklet(item.id).at(view.frame)
    words = (
        naming.object_name(project, item),
        translate("Hint", "frame {n}").format(n=int(view.frame)),
        _state(note),
    )
    keys = (
        ("G", translate("Hint", "forward")),
        ("⇧G", translate("Hint", "backward")),
        ("Ctrl G", translate("Hint", "between")),
    )
    return Hint(" · ".join(words), keys)


def _state(note: Annotation | None) -> str:
    if note is None:
        return translate("Hint", "not on this frame yet")
    if note.source is Source.HUMAN:
        is_absent = note.blob_id is None
        return translate("Hint", "absent") if is_absent else translate("Hint", "human frame")
    word = naming.source_word(note.source)
    return word if note.score is None else f"{word} {naming.short_score(note.score)}"
