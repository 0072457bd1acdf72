"""MaskDesk: what one key does to the masks of the selected objects on the shown frame."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain import mask_edit
from sam3_annotator.domain.commands import (
    AddObjects,
    FrameMask,
    NewObject,
    RemoveObjects,
    SetMask,
)
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.errors import Rejected
from sam3_annotator.ui.text import translate
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.domain.entities import Media
    from sam3_annotator.ui.wiring.workspace import Workspace

ISLAND_PX = 64
SMOOTH_PX = 3


class MaskDesk(QObject):
    """Changes masks; each change is one step, however many objects are selected."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._copied: tuple[Mask, ...] = ()

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
        self.retouch(Wording("Fill holes"), lambda mask, _: mask_edit.fill_holes(mask))

    def drop_islands(self) -> None:
        """Drop small loose pieces."""
        title = Wording("Drop islands")
        self.retouch(title, lambda mask, _: mask_edit.drop_islands(mask, ISLAND_PX))

    def keep_largest(self) -> None:
        """Keep the largest piece alone."""
        title = Wording("Keep largest piece")
        self.retouch(title, lambda mask, _: mask_edit.keep_largest(mask))

    def smooth(self) -> None:
        """Even the outline out."""
        self.retouch(
            Wording("Smooth"),
            lambda mask, media: mask_edit.smooth(mask, SMOOTH_PX, _frame(media)),
        )

    def grow(self) -> None:
        """Grow by one pixel."""
        self.retouch(
            Wording("Grow"),
            lambda mask, media: mask_edit.grow(mask, 1, _frame(media)),
        )

    def shrink(self) -> None:
        """Shrink by one pixel."""
        self.retouch(
            Wording("Shrink"),
            lambda mask, media: mask_edit.shrink(mask, 1, _frame(media)),
        )

    def unite(self) -> None:
        """Make one object of the selected ones; the first keeps its identity."""
        self._combine(Wording("Unite"), Mask.union, removes_others=True)

    def subtract(self) -> None:
        """Take the other selected objects' pixels from the first one."""
        self._combine(Wording("Subtract"), Mask.minus, removes_others=False)

    def intersect(self) -> None:
        """Keep of the first selected object what all selected ones share."""
        self._combine(Wording("Intersect"), Mask.intersection, removes_others=False)

    def copy(self) -> None:
        """Remember the selected objects' masks on this frame."""
        view, project = self._workspace.view, self._workspace.project
        if project is None:
            return
        masks = (project.mask(found, view.frame) for found in view.selection)
        self._copied = tuple(mask for mask in masks if mask is not None)
        self._workspace.said.emit(
            translate("MaskDesk", "%n mask(s) copied.", "", len(self._copied))
        )

    def paste(self) -> None:
        """Add the copied masks as new objects on the shown frame."""
        view = self._workspace.view
        if not self._copied:
            self._workspace.said.emit(translate("MaskDesk", "Copy an object first."))
            return
        if view.media_id is None or view.category_id is None:
            return
        objects = tuple(
            NewObject(
                view.media_id, view.category_id, (FrameMask(view.frame, mask),), origin="paste"
            )
            for mask in self._copied
        )
        done = self._workspace.do(AddObjects(objects, Wording("Paste")))
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
                    translate("MaskDesk", "Two selected objects need a mask on this frame.")
                )
            with document.step(title):
                after = reduce(operation, present)
                document.do(SetMask(first, view.frame, after, title=title))
                if removes_others:
                    document.do(RemoveObjects(tuple(others)))
            if removes_others:
                self._workspace.state.update(selection=(first,))


def _frame(media: Media) -> PixelBox:
    return PixelBox(0, 0, media.width, media.height)
