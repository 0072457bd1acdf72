"""Gestures: what a hand does on the canvas becomes prompts, candidates or commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain.commands import AddObjects, FrameMask, NewObject, SetMask
from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.ids import ObjectId
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.domain.mask_edit import split_by_line
from sam3_annotator.domain.prompts import Exemplar, PromptSet
from sam3_annotator.engine.protocol import Capability
from sam3_annotator.errors import Rejected
from sam3_annotator.ui.abilities import missing_ability
from sam3_annotator.ui.text import translate
from sam3_annotator.wording import Wording
from sam3_annotator.workflow.view_state import Tool

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sam3_annotator.domain.geometry import Box, Point
    from sam3_annotator.ui.canvas import CanvasView
    from sam3_annotator.ui.wiring.categories import CategoryDesk
    from sam3_annotator.ui.wiring.clip_desks import ClipDesks
    from sam3_annotator.ui.wiring.picture_sync import PictureSync
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.segmenting import AcceptedMask
    from sam3_annotator.workflow.view_state import View


class Gestures(QObject):
    """Connects one canvas to the workflows and the document."""

    def __init__(self, workspace: Workspace, canvas: CanvasView, categories: CategoryDesk) -> None:
        super().__init__(workspace)
        self._workspace, self._canvas, self._categories = workspace, canvas, categories
        self._clip: ClipDesks | None = None
        self._pictures: PictureSync | None = None
        canvas.prompt_clicked.connect(self._clicked)
        canvas.prompt_scribbled.connect(self._scribbled)
        canvas.box_drawn.connect(self._box_drawn)
        canvas.exemplar_drawn.connect(self._exemplar_drawn)
        canvas.pointer_hovered.connect(self._hovered)
        canvas.stroke_finished.connect(self._stroked)
        canvas.shape_finished.connect(self._shaped)
        canvas.vertices_edited.connect(self._vertices_edited)
        canvas.split_drawn.connect(self._split)
        canvas.object_picked.connect(self._picked)
        canvas.area_picked.connect(self._area_picked)
        canvas.accept_requested.connect(self.accept)
        canvas.drop_requested.connect(self.drop)
        workspace.mask_accepted.connect(self._keep_mask)
        workspace.view_changed.connect(self._aim)
        workspace.touched.connect(lambda _: self.aim_again())

    def use_pictures(self, pictures: PictureSync) -> None:
        """Let nothing drawn on one picture go to the next, which is still being read."""
        self._pictures = pictures

    def use_clips(self, clip: ClipDesks) -> None:
        """Let strokes go to every frame of a selected range, and Escape stop a run."""
        self._clip = clip

    def accept(self) -> None:
        """Keep the mask being made."""
        if not self._workspace.segmenting.accept():
            self._workspace.said.emit(
                translate("Gestures", "There is nothing to accept yet: click something first.")
            )

    def drop(self) -> None:
        """Forget the prompts being placed, else stop the run in this clip, else select nothing."""
        if not self.stop():
            self._canvas.drop_draft()
            self._workspace.state.update(selection=())

    def stop(self) -> bool:
        """Forget the prompts being placed, else stop the run that goes through the shown clip.

        Returns:
            Whether there was any of it.
        """
        return self._workspace.segmenting.drop() or (self._clip is not None and self._clip.cancel())

    def next_choice(self, step: int = 1) -> None:
        """Show the next of several masks that one click could mean."""
        self._workspace.segmenting.next_choice(step)

    # ------------------------------------------------------------------ prompts

    def _clicked(self, point: Point, is_positive: bool) -> None:  # noqa: FBT001 - a Qt slot
        if self._needs(Capability.CLICK):
            self._workspace.segmenting.click(point, is_positive=is_positive)

    def _scribbled(self, points: tuple[Point, ...], is_positive: bool) -> None:  # noqa: FBT001
        self._workspace.segmenting.draw_on(points, is_positive=is_positive)

    def _box_drawn(self, box: Box) -> None:
        if self._needs(Capability.BOX):
            self._workspace.segmenting.draw_box(box)

    def _exemplar_drawn(self, box: Box, is_positive: bool) -> None:  # noqa: FBT001 - a Qt slot
        if self._needs(Capability.EXEMPLAR):
            self._workspace.detecting.add_exemplar(Exemplar(box, is_positive))
            with self._workspace.explaining():
                self._workspace.detecting.run()

    def _hovered(self, point: Point | None) -> None:
        hovers = self._workspace.view.tool is Tool.CLICK and self._workspace.can(Capability.CLICK)
        self._workspace.segmenting.hover(point if hovers else None)

    def _needs(self, capability: Capability) -> bool:
        if self._workspace.can(capability):
            return True
        self._workspace.said.emit(missing_ability(capability, self._workspace.model))
        return False

    def _aim(self, before: View, after: View) -> None:
        """Clicks correct the one selected object, or begin a new one."""
        if (before.selection, before.media_id, before.frame) == (
            after.selection, after.media_id, after.frame,
        ):  # fmt: skip
            return
        self._aim_at(after)

    def aim_again(self) -> None:
        """After an edit, or on another frame, clicks start from the mask that is there now.

        Prompts being placed stay.
        """
        if not self._workspace.segmenting.attempt.is_open:
            self._aim_at(self._workspace.view)

    def _aim_at(self, view: View) -> None:
        project, target = self._workspace.project, view.selected
        mask = None
        if project is not None and target is not None:
            mask = project.mask(target, view.frame)
        self._workspace.segmenting.aim_at(target, mask)

    def _keep_mask(self, accepted: AcceptedMask) -> None:
        title = Wording("Click") if accepted.prompts.clicks else Wording("Box")
        origin = "click" if accepted.prompts.clicks else "box"
        if accepted.target is not None:
            self._workspace.do(
                SetMask(
                    accepted.target,
                    accepted.frame.frame,
                    accepted.mask,
                    Source.HUMAN,
                    prompts=accepted.prompts,
                    title=title,
                )
            )
            return
        self._add(accepted.mask, origin, accepted.prompts)

    # ------------------------------------------------------------------ drawing

    def _is_of_before(self) -> bool:
        """Whether what was drawn on is not what it would go to; says so."""
        if self._pictures is None or not self._pictures.is_waiting:
            return False
        self._canvas.drop_draft()
        self._workspace.said.emit(
            translate("Gestures", "This is still the picture before: the next one is being read.")
        )
        return True

    def _stroked(self, mask: Mask, is_erase: bool) -> None:  # noqa: FBT001 - a Qt slot
        if self._is_of_before():
            return
        if self._clip is not None and self._clip.times.paint(mask, is_erase=is_erase):
            self._canvas.drop_draft()
            return
        title = Wording("Erase") if is_erase else Wording("Brush")
        self._paint(mask, is_subtract=is_erase, title=title, origin="brush")

    def _shaped(self, mask: Mask, is_subtract: bool) -> None:  # noqa: FBT001 - a Qt slot
        if self._is_of_before():
            return
        tool = self._workspace.view.tool
        titles = {
            Tool.POLYGON: Wording("Polygon"),
            Tool.LASSO: Wording("Lasso"),
            Tool.FILL: Wording("Fill"),
        }
        title = titles.get(tool, Wording("Shape"))
        self._paint(mask, is_subtract=is_subtract, title=title, origin=tool.value)

    def _paint(self, mask: Mask, *, is_subtract: bool, title: str, origin: str) -> None:
        view, project = self._workspace.view, self._workspace.project
        target = view.selected
        if target is None and not is_subtract:
            self._add(mask, origin, None)
            return
        done = None
        if target is None or project is None:
            self._workspace.said.emit(
                translate("Gestures", "Select the object that pixels should be taken from.")
            )
        else:
            before = project.mask(target, view.frame) or EMPTY_MASK
            after = before.minus(mask) if is_subtract else before.union(mask)
            done = self._workspace.do(SetMask(target, view.frame, after, title=title))
        if done is None:
            self._canvas.drop_draft()

    def _vertices_edited(self, mask: Mask) -> None:
        view = self._workspace.view
        if view.selected is not None and not self._is_of_before():
            title = Wording("Edit outline")
            self._workspace.do(SetMask(view.selected, view.frame, mask, title=title))

    def _split(self, start: Point, end: Point) -> None:
        workspace, view = self._workspace, self._workspace.view
        if self._is_of_before():
            return
        with workspace.explaining():
            document = workspace.require_document()
            target = view.selected
            mask = None if target is None else document.project.mask(target, view.frame)
            if target is None or mask is None:
                raise Rejected(translate("Gestures", "Select the object to be split first."))
            kept, cut = sorted(split_by_line(mask, start, end), key=lambda part: -part.area)
            if cut.is_empty:
                raise Rejected(translate("Gestures", "The line does not cross the object."))
            item = document.project.object(target)
            with document.step(Wording("Split")):
                document.do(SetMask(target, view.frame, kept))
                document.do(
                    AddObjects(
                        (
                            NewObject(
                                item.media_id,
                                item.category_id,
                                (FrameMask(view.frame, cut),),
                                origin="split",
                                attributes=item.attributes,
                            ),
                        )
                    )
                )

    def _add(self, mask: Mask, origin: str, prompts: PromptSet | None) -> None:
        """Make a new object of the active category; it stays unselected so that clicks go on."""
        workspace, view = self._workspace, self._workspace.view
        if view.media_id is None:
            return
        with workspace.explaining():
            document = workspace.require_document()
            with document.step(_title_of_new(origin)):
                category = self._categories.for_new_object()
                made = document.do(
                    AddObjects(
                        (
                            NewObject(
                                view.media_id,
                                category,
                                (FrameMask(view.frame, mask),),
                                origin=origin,
                                prompts=prompts,
                            ),
                        )
                    )
                ).made
            if view.tool in (Tool.BRUSH, Tool.POLYGON, Tool.LASSO, Tool.FILL) and made:
                workspace.state.update(selection=(ObjectId(made[0]),))
            return
        self._canvas.drop_draft()

    # ------------------------------------------------------------------ picking

    def _picked(self, found: ObjectId | None, extends: bool) -> None:  # noqa: FBT001 - a Qt slot
        before = self._workspace.view.selection
        if found is None:
            selection = before if extends else ()
        elif not extends:
            selection = (found,)
        elif found in before:
            selection = tuple(one for one in before if one != found)
        else:
            selection = (*before, found)
        self._workspace.state.update(selection=selection)

    def _area_picked(self, found: Iterable[ObjectId], extends: bool) -> None:  # noqa: FBT001
        before = self._workspace.view.selection if extends else ()
        self._workspace.state.update(selection=tuple(dict.fromkeys((*before, *found))))


def _title_of_new(origin: str) -> str:
    """What the step that makes a new object is called in the history."""
    return {
        "click": Wording("New object by click"),
        "box": Wording("New object by box"),
        "brush": Wording("New object by brush"),
        "polygon": Wording("New object by polygon"),
        "lasso": Wording("New object by lasso"),
        "fill": Wording("New object by fill"),
    }.get(origin, Wording("New object"))
