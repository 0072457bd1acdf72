"""ObjectDesk: what can be done to the selected objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain.commands import (
    HideObjects,
    LockObjects,
    RemoveObjects,
    SetAttributes,
    SetFlags,
    SetZOrder,
)
from sam3_annotator.ui.text import worded
from sam3_annotator.ui.wiring import naming

if TYPE_CHECKING:
    from sam3_annotator.domain.entities import AttributeValue, FrameFlag, TrackedObject
    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.ui.wiring.workspace import Workspace


class ObjectDesk(QObject):
    """Commands on the selection of the view."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        workspace.touched.connect(lambda _: self._drop_removed())

    def remove(self) -> None:
        """Remove the selected objects."""
        selection = self._workspace.view.selection
        if self._workspace.do(RemoveObjects(selection)) is not None:
            self._workspace.state.update(selection=())

    def set_hidden(self, objects: tuple[ObjectId, ...], *, is_hidden: bool) -> None:
        """Leave objects out of the picture, or show them again."""
        self._workspace.do(HideObjects(objects, is_hidden))

    def toggle_hidden(self) -> None:
        """Hide the selected objects, or show them if all are hidden."""
        rows = self._selected_rows()
        self.set_hidden(tuple(row.id for row in rows), is_hidden=not all(r.is_hidden for r in rows))

    def show_all(self) -> None:
        """Show every object of the media again."""
        view, project = self._workspace.view, self._workspace.project
        self._workspace.state.update_display(hides_others=False)
        if project is not None and view.media_id is not None:
            hidden = tuple(o.id for o in project.objects(view.media_id) if o.is_hidden)
            if hidden:
                self.set_hidden(hidden, is_hidden=False)

    def set_locked(self, objects: tuple[ObjectId, ...], *, is_locked: bool) -> None:
        """Protect objects against every edit, or allow edits again."""
        self._workspace.do(LockObjects(objects, is_locked))

    def toggle_locked(self) -> None:
        """Lock the selected objects, or unlock them if all are locked."""
        rows = self._selected_rows()
        self.set_locked(tuple(row.id for row in rows), is_locked=not all(r.is_locked for r in rows))

    def toggle_flag(self, flag: FrameFlag) -> None:
        """Set a flag on the shown frame, or take it away where all selected objects have it."""
        view, project = self._workspace.view, self._workspace.project
        if project is None:
            return
        present = [project.masklet(found).at(view.frame) for found in view.selection]
        is_on = not all(note is not None and note.flags & flag for note in present)
        self.set_flag(flag, is_on=is_on)

    def set_flag(self, flag: FrameFlag, *, is_on: bool) -> None:
        """Set or take away a flag of the selected objects on the shown frame, or on the range."""
        view = self._workspace.view
        start, stop = view.span or (view.frame, view.frame)
        done = self._workspace.do(SetFlags(view.selection, start, stop, flag, is_on))
        if done is not None and view.span is not None:
            # The shown frame may lie outside the range: say what was changed.
            self._workspace.said.emit(naming.sentence(worded(done.title), view.span))

    def set_attribute(self, name: str, value: AttributeValue | None) -> None:
        """Give the one selected object an attribute value; None takes it away."""
        view = self._workspace.view
        with self._workspace.explaining():
            document = self._workspace.require_document()
            if view.selected is None:
                return
            item = document.project.object(view.selected)
            category = document.project.category(item.category_id)
            is_per_frame = any(s.name == name and s.is_per_frame for s in category.attributes)
            note = document.project.masklet(item.id).at(view.frame) if is_per_frame else None
            present = dict(item.attributes if note is None else note.attributes)
            present.pop(name, None)
            if value is not None:
                present[name] = value
            frame = None if note is None else view.frame
            document.do(SetAttributes(item.id, tuple(sorted(present.items())), frame))

    def step_selection(self, step: int) -> None:
        """Select the next object of the frame in the order of the list."""
        view, project = self._workspace.view, self._workspace.project
        if project is None or view.media_id is None:
            return
        order = [item.id for item, _ in project.on_frame(view.media_id, view.frame)]
        if not order:
            return
        place = order.index(view.selection[-1]) if view.selection[-1:] and (
            view.selection[-1] in order
        ) else (-1 if step > 0 else 0)  # fmt: skip
        self._workspace.state.update(selection=(order[(place + step) % len(order)],))

    def select_all(self) -> None:
        """Select every object of the shown frame."""
        view, project = self._workspace.view, self._workspace.project
        if project is not None and view.media_id is not None:
            found = tuple(item.id for item, _ in project.on_frame(view.media_id, view.frame))
            self._workspace.state.update(selection=found)

    def restack(self, *, to_front: bool) -> None:
        """Bring the selected objects in front of all others, or behind them."""
        view, project = self._workspace.view, self._workspace.project
        if project is None or view.media_id is None or not view.selection:
            return
        heights = [item.z_order for item in project.objects(view.media_id)]
        count = len(view.selection)
        first = max(heights) + 1 if to_front else min(heights) - count
        orders = tuple((found, first + i) for i, found in enumerate(view.selection))
        self._workspace.do(SetZOrder(orders))

    def _selected_rows(self) -> list[TrackedObject]:
        project = self._workspace.project
        if project is None:
            return []
        return [project.object(found) for found in self._workspace.view.selection]

    def _drop_removed(self) -> None:
        """Let go of selected objects that are no longer there (undo, another panel)."""
        view, project = self._workspace.view, self._workspace.project
        if project is None or view.media_id is None or not view.selection:
            return
        there = project.contents(view.media_id).objects
        kept = tuple(found for found in view.selection if found in there)
        if kept != view.selection:
            self._workspace.state.update(selection=kept)
