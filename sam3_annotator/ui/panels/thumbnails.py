"""Thumbnails panel: the pictures and clips of the project as a strip, with state and filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from sam3_annotator.domain.entities import MediaState
from sam3_annotator.ui.panels.placeholder import EmptyOr, Placeholder
from sam3_annotator.ui.panels.thumbnail_strip import ThumbDelegate, ThumbItem, ThumbModel
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QKeyEvent, QResizeEvent, QWheelEvent

    from sam3_annotator.domain.ids import MediaId

__all__ = ["THUMBNAIL_PX", "ThumbItem", "ThumbnailsPanel"]

THUMBNAIL_PX = 192
"""A good longest side for the pictures given to :meth:`ThumbnailsPanel.set_thumbnail`."""
_CELL = QSize(128, 92)
_ASK_MS = 40
_STATES = (None, MediaState.TODO, MediaState.DONE, MediaState.REVIEWED)
"""What the entries of the filter stand for; as item data Qt would turn them into plain strings."""
_AHEAD = 6
"""Thumbnails asked for on either side of those in sight."""


class ThumbnailsPanel(QWidget):
    """Shows items it is given; decodes nothing itself.

    Signals:
        opened: MediaId that was clicked or reached by key.
        thumbnails_wanted: tuple of MediaId, most wanted first; replaces what was wanted before.
            Answer with :meth:`set_thumbnail`.
        menu_requested: MediaId and global position of a right click.
    """

    opened = Signal(object)
    thumbnails_wanted = Signal(tuple)
    menu_requested = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ThumbModel(self)
        self._current: MediaId | None = None
        self._wanted: tuple[MediaId, ...] = ()
        self.strip = _Strip(self._model)
        self.strip.clicked.connect(self._open_index)
        self.strip.activated.connect(self._open_index)
        self.strip.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.strip.customContextMenuRequested.connect(self._ask_menu)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_ASK_MS)
        self._soon.timeout.connect(self._ask)
        self.strip.moved.connect(self._soon.start)
        self._state, self._name, self._count = QComboBox(), QLineEdit(), QLabel()
        self._prepare_filter()
        self._body = EmptyOr(
            self._laid_out(),
            Placeholder(
                translate("ThumbnailsPanel", "No pictures yet"),
                translate(
                    "ThumbnailsPanel", "Open a folder of pictures or a clip, or drop it here."
                ),
            ),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._body)
        self.setMinimumHeight(_CELL.height() + 32)
        self._refresh()

    def set_items(self, items: Sequence[ThumbItem]) -> None:
        """Show these; when only states and counts differ nothing scrolls."""
        self._model.set_items(tuple(items))
        self._refresh()

    def update_item(self, item: ThumbItem) -> None:
        """Change the state or count of one."""
        self._model.update_item(item)

    def set_current(self, media_id: MediaId | None) -> None:
        """Mark the open one and bring it into sight."""
        self._current = media_id
        self._select_current()

    def set_thumbnail(self, media_id: MediaId, rgb: NDArray[np.uint8] | None) -> None:
        """Give the small picture that was wanted.

        Args:
            media_id: as it came with ``thumbnails_wanted``.
            rgb: (h, w, 3) uint8, about ``THUMBNAIL_PX`` on its longer side; None if it cannot be
                read.
        """
        self._model.set_thumbnail(media_id, rgb)

    def forget_thumbnail(self, media_id: MediaId) -> None:
        """Its file has changed: ask again when it is in sight."""
        self._model.forget_thumbnail(media_id)
        self._soon.start()

    @property
    def shown_ids(self) -> tuple[MediaId, ...]:
        """Those that pass the filter, in order; previous and next go by it."""
        return self._model.shown_ids

    def _prepare_filter(self) -> None:
        self._state.addItems(
            [
                translate("ThumbnailsPanel", "All"),
                translate("ThumbnailsPanel", "To do"),
                translate("ThumbnailsPanel", "Done"),
                translate("ThumbnailsPanel", "Reviewed"),
            ]
        )
        self._state.setAccessibleName(translate("ThumbnailsPanel", "Show by state"))
        self._name.setPlaceholderText(translate("ThumbnailsPanel", "Name"))
        self._name.setAccessibleName(translate("ThumbnailsPanel", "Show by name"))
        self._name.setClearButtonEnabled(True)
        self._count.setProperty("role", "dim")
        self._state.currentIndexChanged.connect(self._filter)
        self._name.textChanged.connect(self._filter)

    def _laid_out(self) -> QWidget:
        body, side = QWidget(), QVBoxLayout()
        side.setSpacing(6)
        for widget in (self._state, self._name, self._count):
            widget.setFixedWidth(132)
            side.addWidget(widget)
        side.addStretch(1)
        layout = QHBoxLayout(body)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(12)
        layout.addLayout(side)
        layout.addWidget(self.strip, 1)
        return body

    def _filter(self) -> None:
        self._model.set_filter(_STATES[self._state.currentIndex()], self._name.text())
        self._refresh()

    def _refresh(self) -> None:
        self._body.show_content(has_content=self._model.total > 0)
        shown, total = len(self._model.shown_ids), self._model.total
        if shown == total:
            number = QLocale().toString(total)
            self._count.setText(translate("ThumbnailsPanel", "{n} in all").format(n=number))
        else:
            self._count.setText(
                translate("ThumbnailsPanel", "{shown} of {total}").format(shown=shown, total=total)
            )
        self._select_current()
        self._soon.start()

    def _select_current(self) -> None:
        row = self._model.row_of(self._current)
        if row < 0:
            self.strip.clearSelection()
            return
        index = self._model.index(row)
        if self.strip.currentIndex() != index:
            self.strip.setCurrentIndex(index)
        self.strip.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def _open_index(self, index: QModelIndex) -> None:
        media_id = self._model.id_at(index.row())
        if media_id is not None and media_id != self._current:
            self.opened.emit(media_id)

    def _ask_menu(self, at: QPoint) -> None:
        media_id = self._model.id_at(self.strip.indexAt(at).row())
        if media_id is not None:
            self.menu_requested.emit(media_id, self.strip.viewport().mapToGlobal(at))

    def _ask(self) -> None:
        """Want what is in sight and a few beside it, and nothing else any more."""
        first, last = self.strip.rows_in_sight()
        rows = (
            *range(first, last + 1),
            *range(last + 1, last + 1 + _AHEAD),
            *range(first - 1, first - 1 - _AHEAD, -1),
        )
        wanted = self._model.missing(rows)
        if wanted != self._wanted:
            self._wanted = wanted
            if wanted:
                self.thumbnails_wanted.emit(wanted)


class _Strip(QListView):
    """One row of cells that scrolls sideways; only cells in sight are ever drawn.

    Signals:
        moved: other cells may be in sight now.
    """

    moved = Signal()

    def __init__(self, model: ThumbModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(ThumbDelegate(_CELL, self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(translate("ThumbnailsPanel", "Pictures and clips"))
        self.horizontalScrollBar().valueChanged.connect(self.moved)
        model.modelReset.connect(self.moved)

    def rows_in_sight(self) -> tuple[int, int]:
        """First and last visible row; (0, -1) when there is none."""
        if self.model().rowCount() == 0:
            return 0, -1
        offset, width = self.horizontalScrollBar().value(), self.viewport().width()
        first = max(0, offset // _CELL.width())
        return first, min(self.model().rowCount() - 1, (offset + width) // _CELL.width())

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel that turns up and down moves the strip sideways."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - delta)
        event.accept()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move along the strip and open what they reach."""
        before = self.currentIndex()
        super().keyPressEvent(event)
        if self.currentIndex() != before:
            self.activated.emit(self.currentIndex())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer cells are in sight."""
        super().resizeEvent(event)
        self.moved.emit()
