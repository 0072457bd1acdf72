"""WindowDesk: what concerns the window itself: tools, zoom, layers, theme, layout, dialogs."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from sam3_annotator import log
from sam3_annotator.domain.geometry import Box
from sam3_annotator.ui.canvas import ToolName

if TYPE_CHECKING:
    from sam3_annotator.ui.canvas import CanvasView
    from sam3_annotator.ui.settings import ThemeMode
    from sam3_annotator.ui.wiring.picture_sync import PictureSync
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.view_state import Tool, View


_CLOSE_UP = 0.4
"""Share of the canvas that an object fills in close-up; large ones fill more."""
_CLOSEST = 8.0
"""Screen pixels for a pixel of the picture at most."""


class WindowDesk(QObject):
    """Acts on the canvas and the view; what needs the main window is asked for by signals.

    Signals:
        wanted: the name of a dialog or window command: "palette", "settings", "model", ...
    """

    wanted = Signal(str)

    def __init__(self, workspace: Workspace, canvas: CanvasView, pictures: PictureSync) -> None:
        super().__init__(workspace)
        self._workspace, self._canvas, self._pictures = workspace, canvas, pictures
        self._awaited: View | None = None
        pictures.shown.connect(lambda _: self._close_up_now())

    # ------------------------------------------------------------------ canvas

    def use_tool(self, tool: Tool) -> None:
        """Switch to a tool; the canvas gets the keyboard."""
        self._workspace.state.update(tool=tool)
        self._canvas.setFocus()

    def zoom_by(self, factor: float) -> None:
        """Zoom in (above 1) or out."""
        self._canvas.zoom_to(self._canvas.viewport.scale * factor)

    def fit(self) -> None:
        """Show the whole picture."""
        self._canvas.fit()

    def actual_size(self) -> None:
        """One screen pixel for each pixel of the picture."""
        self._canvas.zoom_to(1.0)

    def zoom_to_selection(self) -> None:
        """Bring the selected objects into the middle."""
        around = self._selected_box()
        if around is None:
            self._canvas.fit()
        else:
            self._canvas.center_on(around.padded(0.15 * max(around.width, around.height)))

    def close_up(self) -> None:
        """Let the selected objects fill a good part of the canvas, once their frame is on it."""
        self._awaited = self._workspace.view
        if not self._pictures.is_waiting:
            self._close_up_now()

    def _close_up_now(self) -> None:
        wished, self._awaited = self._awaited, None
        if wished is None or _what_is_shown(wished) != _what_is_shown(self._workspace.view):
            return  # somebody has gone elsewhere meanwhile
        around = self._selected_box()
        if around is None:
            return
        port = self._canvas.viewport.widget
        wanted = min(port.width / around.width, port.height / around.height) * _CLOSE_UP
        if wanted <= self._canvas.viewport.fitted().scale:
            self._canvas.fit()  # a large object is seen best with the whole picture
        else:
            self._canvas.zoom_to(min(wanted, _CLOSEST))
            self._canvas.center_on(around)

    def _selected_box(self) -> Box | None:
        project, view = self._workspace.project, self._workspace.view
        if project is None:
            return None
        masks = (project.mask(found, view.frame) for found in view.selection)
        boxes = [mask.box.box() for mask in masks if mask is not None]
        return reduce(Box.united, boxes) if boxes else None

    def edit_outline(self) -> None:
        """Let the user move the points of the selected object's outline."""
        project, view = self._workspace.project, self._workspace.view
        mask = None if project is None or view.selected is None else project.mask(
            view.selected, view.frame
        )  # fmt: skip
        if mask is not None:
            self._workspace.state.update(tool=type(view.tool)(ToolName.POLYGON.value))
            self._canvas.edit_vertices(mask)
            self._canvas.setFocus()

    def toggle_layer(self, name: str) -> None:
        """Switch one of the yes-or-no fields of the display."""
        display = self._workspace.view.display
        self._workspace.state.update_display(**{name: not getattr(display, name)})

    # ------------------------------------------------------------------ window

    def use_theme(self, mode: ThemeMode) -> None:
        """Switch to light, dark, or the system's choice, and remember it."""
        self._workspace.settings.theme = mode
        self._workspace.theme.use(mode)

    def show_log(self) -> None:
        """Open the log file with the system's program for text files."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log.log_file())))

    def ask_for(self, what: str) -> None:
        """Ask the window for a dialog or a command of its own; see :attr:`wanted`."""
        self.wanted.emit(what)


def _what_is_shown(view: View) -> tuple[object, ...]:
    return view.media_id, view.frame, view.selection
