"""Context menus: what a right click on an object or a picture offers, from the action table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu

from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from sam3_annotator.domain.ids import MediaId, ObjectId
    from sam3_annotator.ui.actions.action_set import ActionSet
    from sam3_annotator.ui.wiring.desks import Desks
    from sam3_annotator.ui.wiring.workspace import Workspace

OBJECT_MENU = (
    *("view.zoom_to_object", "object.hide", "object.lock", ""),
    *("object.to_front", "object.to_back", "mask.unite", ""),
    *("mask.fill_holes", "mask.drop_islands", "mask.smooth", ""),
    *("edit.copy", "edit.categories", "edit.remove"),
)
LANE_MENU = (
    *("clip.forward", "clip.backward", "clip.both", "clip.in_range", "clip.correct", ""),
    *("clip.split", "clip.merge", "clip.swap", ""),
    *("flag.absent", "flag.occluded", "flag.out_of_view", "flag.unsure", ""),
    *("clip.hold", "clip.interpolate", "clip.smooth", "clip.delete_range", ""),
    *("review.accept", "review.reject", "review.accept_whole", "review.reject_whole", ""),
    *("object.hide", "object.lock", "edit.remove"),
)
MEDIA_MENU = ("media.done", "file.export", "", "file.locate", "media.remove")


class ContextMenus(QObject):
    """Opens the menus of one window."""

    def __init__(
        self, window: QWidget, workspace: Workspace, desks: Desks, table: ActionSet
    ) -> None:
        super().__init__(window)
        self._window, self._workspace = window, workspace
        self._desks, self._table = desks, table

    def open_for_objects(self, at: QPoint) -> None:
        """What can be done with the selected objects."""
        menu = self._filled(OBJECT_MENU)
        project = self._workspace.project
        if project is not None and self._workspace.view.selection:
            kinds = QMenu(translate("ContextMenus", "Category"), menu)
            for category in project.categories.values():
                entry = kinds.addAction(category.name)
                entry.triggered.connect(partial(self._desks.categories.choose, category.id))
            menu.insertMenu(menu.actions()[0], kinds)
        menu.popup(at)

    def open_for_media(self, media_id: MediaId, at: QPoint) -> None:
        """What can be done with a picture or clip; it is shown first."""
        self._desks.navigation.go_to(media_id)
        self._filled(MEDIA_MENU).popup(at)

    def open_for_lane(self, found: ObjectId | None, frame: int, at: QPoint) -> None:
        """What can be done with a masklet; it is selected first, and the frame shown."""
        state = self._workspace.state
        if found is not None and found not in state.view.selection:
            state.update(selection=(found,))
        if state.view.span is None:
            self._desks.navigation.go_to_frame(frame)
        self._filled(LANE_MENU).popup(at)

    def _filled(self, names: tuple[str, ...]) -> QMenu:
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in names:
            if name:
                menu.addAction(self._table[name])
            else:
                menu.addSeparator()
        return menu
