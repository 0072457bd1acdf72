"""CommentDesk: words pinned to frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain.commands import AddComment, RemoveComment, ResolveComment

if TYPE_CHECKING:
    from sam3_annotator.ui.wiring.workspace import Workspace


class CommentDesk(QObject):
    """Writes, resolves and opens comments of the shown media."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace

    def write(self, text: str) -> None:
        """Pin words to the shown frame, and to the selected object."""
        view = self._workspace.view
        if view.media_id is not None:
            self._workspace.do(AddComment(view.media_id, view.frame, text, view.selected))

    def resolve(self, comment_id: int, *, is_resolved: bool) -> None:
        """Mark a comment as dealt with, or open it again."""
        media_id = self._workspace.view.media_id
        if media_id is not None:
            self._workspace.do(ResolveComment(media_id, comment_id, is_resolved))

    def remove(self, comment_id: int) -> None:
        """Take a comment away."""
        media_id = self._workspace.view.media_id
        if media_id is not None:
            self._workspace.do(RemoveComment(media_id, comment_id))

    def open(self, comment_id: int) -> None:
        """Show the frame a comment is pinned to."""
        view, project = self._workspace.view, self._workspace.project
        if project is None or view.media_id is None:
            return
        comment = project.contents(view.media_id).comments.get(comment_id)
        if comment is not None:
            chosen = () if comment.object_id is None else (comment.object_id,)
            self._workspace.state.update(frame=comment.frame, selection=chosen)
