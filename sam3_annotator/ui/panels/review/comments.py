"""Comments pinned to frames: a short list, and a line to write one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from sam3_annotator.ui.text import translate
from sam3_annotator.ui.tokens import GRID_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

_MOST_PX = 110
_MARGIN_PX = 3 * GRID_PX


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One comment as shown.

    Attributes:
        place: where it is pinned, "f 148"; clicking it goes there.
        about: who wrote it when, and about which object.
    """

    id: int
    text: str
    place: str
    about: str
    is_resolved: bool


class CommentsBox(QWidget):
    """Shows the comments it is given.

    Signals:
        written: the words of a new comment for the present frame.
        opened: id of the comment whose frame should be shown.
        resolved: id, and whether it is dealt with.
        removed: id of the comment that should go.
    """

    written = Signal(str)
    opened = Signal(int)
    resolved = Signal(int, bool)
    removed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[CommentRow, ...] | None = None
        self.line = QLineEdit()
        self.line.setPlaceholderText(translate("CommentsBox", "Comment on this frame…"))
        self.line.setAccessibleName(translate("CommentsBox", "Comment on this frame"))
        self.line.returnPressed.connect(self._send)
        self._column = QVBoxLayout()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN_PX, 0, _MARGIN_PX, 0)
        layout.setSpacing(GRID_PX)
        layout.addWidget(self._area)
        layout.addWidget(self.line)
        self.show_rows(())

    def show_rows(self, rows: Sequence[CommentRow]) -> None:
        """Show these comments."""
        if tuple(rows) == self._shown:
            return
        self._shown = tuple(rows)
        content = QWidget()
        self._column = column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        for row in rows:
            column.addWidget(self._made(row))
        column.addStretch(1)
        self._area.setWidget(content)
        self._area.setVisible(bool(rows))
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as the comments are, with their lines broken, up to a limit."""
        width = self.width() - 2 * _MARGIN_PX
        height = max(self._column.heightForWidth(width), self._column.sizeHint().height())
        self._area.setFixedHeight(min(_MOST_PX, height))
        policy = Qt.ScrollBarPolicy
        scrolls = height > _MOST_PX  # else a bar would take the room that makes it needless
        self._area.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if scrolls else policy.ScrollBarAlwaysOff
        )

    def _made(self, row: CommentRow) -> QWidget:
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID_PX)
        done = QCheckBox()
        done.setChecked(row.is_resolved)
        done.setToolTip(translate("CommentsBox", "Dealt with"))
        done.setAccessibleName(f"{done.toolTip()}: {row.text}")
        done.toggled.connect(partial(self.resolved.emit, row.id))
        words = QLabel(row.text)
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setToolTip(row.about)
        words.setEnabled(not row.is_resolved)
        place = QPushButton(row.place)
        place.setFlat(True)
        place.setToolTip(row.about)
        place.clicked.connect(partial(self.opened.emit, row.id))
        layout.addWidget(done, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(words, 1)
        layout.addWidget(place, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._remover(row), 0, Qt.AlignmentFlag.AlignTop)
        return line

    def _remover(self, row: CommentRow) -> QToolButton:
        button = QToolButton()
        button.setText("×")  # noqa: RUF001 - the sign for closing
        button.setToolTip(translate("CommentsBox", "Remove the comment"))
        button.setAccessibleName(f"{button.toolTip()}: {row.text}")
        button.clicked.connect(partial(self.removed.emit, row.id))
        return button

    def _send(self) -> None:
        text = self.line.text().strip()
        if text:
            self.line.clear()
            self.written.emit(text)
