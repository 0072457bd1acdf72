"""What the canvas says of a clip: the selected object's frame, how to go on, how to stop a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.domain.entities import MediaKind, Source
from sam3_annotator.ui.canvas import Hint
from sam3_annotator.ui.text import translate
from sam3_annotator.ui.wiring import naming

if TYPE_CHECKING:
    from sam3_annotator.domain.entities import Annotation
    from sam3_annotator.ui.wiring.workspace import Workspace


def clip_hint(workspace: Workspace, *, is_running: bool) -> Hint:
    """One line about the selected masklet on the shown frame; empty where there is none.

    Args:
        workspace: what is shown, and the keys.
        is_running: whether a run goes through the shown clip.
    """
    stop = (("Esc", translate("Hint", "stop the run")),)
    about = _about_selected(workspace)
    if is_running:
        return Hint(about or translate("Hint", "a run is in progress"), stop)
    if not about:
        return Hint()
    words = {
        "clip.forward": translate("Hint", "forward"),
        "clip.backward": translate("Hint", "backward"),
        "clip.between": translate("Hint", "between"),
    }
    return Hint(about, workspace.keymap.hints(words))


def _about_selected(workspace: Workspace) -> str:
    project, view = workspace.project, workspace.view
    if project is None or view.media_id is None or view.selected is None or view.is_playing:
        return ""
    media = project.media.get(view.media_id)
    item = project.contents(view.media_id).objects.get(view.selected)
    if media is None or media.kind is not MediaKind.CLIP or item is None:
        return ""
    note = project.masklet(item.id).at(view.frame)
    words = (
        naming.object_name(project, item),
        translate("Hint", "frame {n}").format(n=int(view.frame)),
        _state(note),
    )
    return " · ".join(words)


def _state(note: Annotation | None) -> str:
    if note is None:
        return translate("Hint", "not on this frame yet")
    if note.source is Source.HUMAN:
        is_absent = note.blob_id is None
        return translate("Hint", "absent") if is_absent else translate("Hint", "human frame")
    word = naming.source_word(note.source)
    return word if note.score is None else f"{word} {naming.short_score(note.score)}"
