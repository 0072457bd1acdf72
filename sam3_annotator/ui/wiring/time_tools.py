"""TimeDesk: identity and time: split, merge, swap, delete, hold, interpolate, smooth, copy."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain.commands import (
    CopyToFrame,
    DeleteRange,
    HoldRange,
    MergeTracks,
    SplitTrack,
    SwapTracks,
)
from sam3_annotator.domain.ids import FrameIndex, ObjectId
from sam3_annotator.domain.timeline import next_human_frame, previous_human_frame
from sam3_annotator.errors import Rejected
from sam3_annotator.ui.text import translate, worded
from sam3_annotator.ui.wiring import naming
from sam3_annotator.workflow.time_tools import interpolated, painted, smoothed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sam3_annotator.domain.commands import SetMasks
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.project import Project
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace

    Tool = Callable[[Project, ObjectId, int, int], Generator[tuple[int, int], None, SetMasks]]


class TimeDesk(QObject):
    """Commands on the selected masklets, at the shown frame or over the selected range."""

    def __init__(self, workspace: Workspace, work: WorkDesk) -> None:
        super().__init__(workspace)
        self._workspace, self._work = workspace, work
        self.paints_range = False

    # ------------------------------------------------------------------ identity

    def split(self) -> None:
        """From the shown frame on the masklet belongs to a new object, which is selected."""
        target = self._one()
        if target is None:
            return
        done = self._workspace.do(SplitTrack(target, self._workspace.view.frame))
        if done is not None and done.made:
            self._workspace.state.update(selection=(ObjectId(done.made[0]),))

    def merge(self) -> None:
        """The two selected objects are one; the first keeps its name."""
        pair = self._two()
        if pair is not None and self._workspace.do(MergeTracks(*pair)) is not None:
            self._workspace.state.update(selection=(pair[0],))

    def swap(self) -> None:
        """Exchange the two selected objects in the range, or else from the shown frame on."""
        pair, view = self._two(), self._workspace.view
        if pair is None:
            return
        start, stop = view.span or (view.frame, self._last())
        self._over_range(SwapTracks(*pair, start, stop))

    # ------------------------------------------------------------------ stretches

    def delete(self) -> None:
        """Forget the selected objects over the range, or on the shown frame."""
        view = self._workspace.view
        if self._some():
            start, stop = view.span or (view.frame, view.frame)
            self._over_range(DeleteRange(view.selection, start, stop))

    def hold(self) -> None:
        """Repeat the shown mask over the range, or up to the next human frame."""
        target, view = self._one(), self._workspace.view
        project = self._workspace.project
        if target is None or project is None:
            return
        if view.span is not None:
            start, stop = view.span
        else:
            after = next_human_frame(project.masklet(target), view.frame)
            start, stop = view.frame, self._last() if after is None else FrameIndex(after - 1)
        self._over_range(HoldRange(target, view.frame, start, stop))

    def interpolate(self) -> None:
        """Fill the frames between human frames, in the range or around the shown frame."""
        target, view, project = self._one(), self._workspace.view, self._workspace.project
        if target is None or project is None:
            return
        if view.span is not None:
            span = view.span
        else:
            masklet = project.masklet(target)
            before = previous_human_frame(masklet, view.frame + 1)
            after = next_human_frame(masklet, view.frame)
            span = (before or FrameIndex(0), self._last() if after is None else after)
        title = translate("TimeDesk", "interpolating")
        self._work_out(title, interpolated, target, span)

    def smooth(self) -> None:
        """Even out flicker in the range, or over the whole masklet."""
        target, view = self._one(), self._workspace.view
        if target is not None:
            span = view.span or (FrameIndex(0), self._last())
            self._work_out(translate("TimeDesk", "smoothing over time"), smoothed, target, span)

    def paint(self, stroke: Mask, *, is_erase: bool) -> bool:
        """Apply a stroke to the whole range; False when strokes go to the shown frame alone."""
        view = self._workspace.view
        if not self.paints_range or view.span is None or view.selected is None:
            return False
        tool = partial(painted, stroke=stroke, is_erase=is_erase)
        title = translate("TimeDesk", "painting on every frame of the range")
        self._work_out(title, tool, view.selected, view.span)
        return True

    def toggle_range_mode(self) -> None:
        """Let strokes go to every frame of the selected range, or to the shown one alone."""
        self.paints_range = not self.paints_range
        self._workspace.said.emit(
            translate("TimeDesk", "Brush and eraser work on every frame of the selected range now.")
            if self.paints_range
            else translate("TimeDesk", "Brush and eraser work on the shown frame alone.")
        )

    # ------------------------------------------------------------------ copies

    def copy_on(self, step: int) -> None:
        """Put the shown mask on the next (1) or previous (-1) frame, and go there."""
        target, view = self._one(), self._workspace.view
        to = FrameIndex(view.frame + step)
        if target is None or not 0 <= to <= self._last():
            return
        if self._workspace.do(CopyToFrame(target, view.frame, to)) is not None:
            self._workspace.state.update(frame=to)

    def copy_here(self) -> None:
        """Put the mask of the nearest human frame before this one here."""
        target, view, project = self._one(), self._workspace.view, self._workspace.project
        if target is None or project is None:
            return
        masklet = project.masklet(target)
        found = previous_human_frame(masklet, view.frame)
        found = next_human_frame(masklet, view.frame) if found is None else found
        with self._workspace.explaining():
            if found is None:
                raise Rejected(translate("TimeDesk", "The object has no human frame to copy from."))
            self._workspace.do(CopyToFrame(target, found, view.frame))

    # ------------------------------------------------------------------ the range

    def begin_range(self) -> None:
        """Let the selected range begin on the shown frame; behind its end a new one begins."""
        frame, span = self._workspace.view.frame, self._workspace.view.span
        stop = frame if span is None else max(span[1], frame)
        self._workspace.state.update(span=(frame, stop))

    def end_range(self) -> None:
        """Let the selected range end on the shown frame; before its begin a new one ends."""
        frame, span = self._workspace.view.frame, self._workspace.view.span
        start = frame if span is None else min(span[0], frame)
        self._workspace.state.update(span=(start, frame))

    def clear_range(self) -> None:
        """Take the selected range away."""
        self._workspace.state.update(span=None)

    # ------------------------------------------------------------------ inside

    def _work_out(
        self, title: str, tool: Tool, target: ObjectId, span: tuple[FrameIndex, FrameIndex]
    ) -> None:
        """Compute between events, then give the command, which is one step to undo."""
        with self._workspace.explaining():
            project = self._workspace.require_document().project
            steps = tool(project, target, int(span[0]), int(span[1]))
            self._work.run_slices(title, steps, self._give)

    def _give(self, command: SetMasks) -> None:
        self._workspace.do(command)

    def _over_range(self, command: SwapTracks | DeleteRange | HoldRange) -> None:
        """Carry a command out; where a range is selected, say that it went there."""
        done, span = self._workspace.do(command), self._workspace.view.span
        if done is not None and span is not None:
            self._workspace.said.emit(naming.sentence(worded(done.title), span))

    def _last(self) -> FrameIndex:
        project, media_id = self._workspace.project, self._workspace.view.media_id
        if project is None or media_id is None:
            return FrameIndex(0)
        return FrameIndex(project.medium(media_id).frame_count - 1)

    def _some(self) -> bool:
        if self._workspace.view.selection:
            return True
        self._workspace.said.emit(translate("TimeDesk", "Select an object first."))
        return False

    def _one(self) -> ObjectId | None:
        selected = self._workspace.view.selected
        if selected is None:
            self._workspace.said.emit(translate("TimeDesk", "Select one object first."))
        return selected

    def _two(self) -> tuple[ObjectId, ObjectId] | None:
        selection = self._workspace.view.selection
        if len(selection) != 2:
            self._workspace.said.emit(
                translate("TimeDesk", "Select two objects first: click one, Ctrl-click the other.")
            )
            return None
        return selection[0], selection[1]
