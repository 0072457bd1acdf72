"""The one table of actions: menus, tool strip, palette and shortcut editor are made of it."""

from __future__ import annotations

from sam3_annotator.ui.actions.table_clip import CLIP_ACTIONS
from sam3_annotator.ui.actions.table_edit import EDIT_ACTIONS
from sam3_annotator.ui.actions.table_file import FILE_ACTIONS
from sam3_annotator.ui.actions.table_help import HELP_ACTIONS
from sam3_annotator.ui.actions.table_object import OBJECT_ACTIONS
from sam3_annotator.ui.actions.table_review import REVIEW_ACTIONS
from sam3_annotator.ui.actions.table_tools import TOOL_ACTIONS
from sam3_annotator.ui.actions.table_view import VIEW_ACTIONS

ACTIONS = (
    *FILE_ACTIONS,
    *EDIT_ACTIONS,
    *VIEW_ACTIONS,
    *TOOL_ACTIONS,
    *OBJECT_ACTIONS,
    *CLIP_ACTIONS,
    *REVIEW_ACTIONS,
    *HELP_ACTIONS,
)
"""Every action, in the order of the menus."""
