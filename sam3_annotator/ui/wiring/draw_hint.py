"""What the canvas says while a drawing tool is in hand: whose pixels change, and how to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.ui.canvas import Hint
from sam3_annotator.ui.text import translate
from sam3_annotator.ui.wiring import naming
from sam3_annotator.workflow.view_state import Tool

if TYPE_CHECKING:
    from sam3_annotator.ui.wiring.workspace import Workspace

_ADDING = (Tool.BRUSH, Tool.POLYGON, Tool.LASSO, Tool.FILL)
_TAKING = (Tool.ERASER, Tool.SPLIT)


def draw_hint(workspace: Workspace) -> Hint:
    """One line about the object that the tool works on; empty where a new one begins."""
    project, view = workspace.project, workspace.view
    if project is None or view.media_id is None:
        return Hint()
    close = (("Enter", translate("Hint", "close the shape")),) if view.tool is Tool.POLYGON else ()
    item = None
    if view.selected is not None:
        item = project.contents(view.media_id).objects.get(view.selected)
    if item is None:
        if view.tool in _TAKING:
            text = translate("Hint", "select the object first")
            return Hint(text, workspace.keymap.hints({"tool.select": translate("Hint", "select")}))
        return Hint(translate("Hint", "new object"), close) if close else Hint()
    words = {
        **dict.fromkeys(_ADDING, translate("Hint", "adds to {object}")),
        Tool.CLICK: translate("Hint", "corrects {object}"),
        Tool.BOX: translate("Hint", "corrects {object}"),
        Tool.ERASER: translate("Hint", "takes from {object}"),
        Tool.SPLIT: translate("Hint", "splits {object}"),
    }
    if view.tool not in words:
        return Hint()
    name = naming.object_name(project, item)
    keys = (*close, ("Esc", translate("Hint", "new object")))
    return Hint(words[view.tool].format(object=name), () if view.tool in _TAKING else keys)
