"""ObjectDesk: what can be done to the selected objects."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain import mask_edit
from sam3_annotator.domain.commands import (
    AddObjects,
    FrameMask,
    HideObjects,
    LockObjects,
    NewObject,
    RemoveObjects,
    SetAttributes,
    SetFlags,
    SetMask,
    SetZOrder,
)
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.errors import Rejected
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.domain.entities import AttributeValue, FrameFlag, Media, TrackedObject
    from sam3_annotator.ui.wiring.workspace import Workspace

ISLAND_PX = 64
SMOOTH_PX = 3


class ObjectDesk(QObject):
    """Commands on the selection of the view."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._copied: tuple[Mask, ...] = ()
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
        """Set or take away a flag of the selected objects on the shown frame."""
        view = self._workspace.view
        self._workspace.do(SetFlags(view.selection, view.frame, view.frame, flag, is_on))

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
        if project is None or view.media_id is None:
            return
        heights = [item.z_order for item in project.objects(view.media_id)]
        count = len(view.selection)
        first = max(heights) + 1 if to_front else min(heights) - count
        orders = tuple((found, first + i) for i, found in enumerate(view.selection))
        self._workspace.do(SetZOrder(orders))

    # ------------------------------------------------------------------ masks

    def retouch(self, title: str, change: Callable[[Mask, Media], Mask]) -> None:
        """Change the masks of the selected objects on the shown frame, as one step."""
        view = self._workspace.view
        with self._workspace.explaining():
            document = self._workspace.require_document()
            if view.media_id is None or not view.selection:
                return
            media = document.project.medium(view.media_id)
            with document.step(title):
                for found in view.selection:
                    before = document.project.mask(found, view.frame)
                    if before is not None:
                        after = change(before, media)
                        if after != before:
                            document.do(SetMask(found, view.frame, after, title=title))

    def fill_holes(self) -> None:
        """Fill enclosed gaps."""
        self.retouch(translate("Step", "Fill holes"), lambda mask, _: mask_edit.fill_holes(mask))

    def drop_islands(self) -> None:
        """Drop small loose pieces."""
        title = translate("Step", "Drop islands")
        self.retouch(title, lambda mask, _: mask_edit.drop_islands(mask, ISLAND_PX))

    def keep_largest(self) -> None:
        """Keep the largest piece alone."""
        title = translate("Step", "Keep largest piece")
        self.retouch(title, lambda mask, _: mask_edit.keep_largest(mask))

    def smooth(self) -> None:
        """Even the outline out."""
        self.retouch(
            translate("Step", "Smooth"),
            lambda mask, media: mask_edit.smooth(mask, SMOOTH_PX, _frame(media)),
        )

    def grow(self) -> None:
        """Grow by one pixel."""
        self.retouch(
            translate("Step", "Grow"),
            lambda mask, media: mask_edit.grow(mask, 1, _frame(media)),
        )

    def shrink(self) -> None:
        """Shrink by one pixel."""
        self.retouch(
            translate("Step", "Shrink"),
            lambda mask, media: mask_edit.shrink(mask, 1, _frame(media)),
        )

    def unite(self) -> None:
        """Make one object of the selected ones; the first keeps its identity."""
        self._combine(translate("Step", "Unite"), Mask.union, removes_others=True)

    def subtract(self) -> None:
        """Take the other selected objects' pixels from the first one."""
        self._combine(translate("Step", "Subtract"), Mask.minus, removes_others=False)

    def intersect(self) -> None:
        """Keep of the first selected object what all selected ones share."""
        self._combine(translate("Step", "Intersect"), Mask.intersection, removes_others=False)

    def copy(self) -> None:
        """Remember the selected objects' masks on this frame."""
        view, project = self._workspace.view, self._workspace.project
        if project is None:
            return
        masks = (project.mask(found, view.frame) for found in view.selection)
        self._copied = tuple(mask for mask in masks if mask is not None)
        self._workspace.said.emit(
            translate("ObjectDesk", "%n mask(s) copied.", "", len(self._copied))
        )

    def paste(self) -> None:
        """Add the copied masks as new objects on the shown frame."""
        view = self._workspace.view
        if not self._copied:
            self._workspace.said.emit(translate("ObjectDesk", "Copy an object first."))
            return
        if view.media_id is None or view.category_id is None:
            return
        objects = tuple(
            NewObject(
                view.media_id, view.category_id, (FrameMask(view.frame, mask),), origin="paste"
            )
            for mask in self._copied
        )
        done = self._workspace.do(AddObjects(objects, translate("Step", "Paste")))
        if done is not None:
            self._workspace.state.update(selection=tuple(ObjectId(one) for one in done.made))

    def _combine(
        self, title: str, operation: Callable[[Mask, Mask], Mask], *, removes_others: bool
    ) -> None:
        view = self._workspace.view
        with self._workspace.explaining():
            document = self._workspace.require_document()
            first, *others = view.selection
            masks = [document.project.mask(found, view.frame) for found in view.selection]
            present = [mask for mask in masks if mask is not None]
            if masks[0] is None or len(present) < 2:
                raise Rejected(
                    translate("ObjectDesk", "Two selected objects need a mask on this frame.")
                )
            with document.step(title):
                after = reduce(operation, present)
                document.do(SetMask(first, view.frame, after, title=title))
                if removes_others:
                    document.do(RemoveObjects(tuple(others)))
            if removes_others:
                self._workspace.state.update(selection=(first,))

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


def _frame(media: Media) -> PixelBox:
    return PixelBox(0, 0, media.width, media.height)
