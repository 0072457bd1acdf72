"""Welcome page: the ways to begin, the projects opened lately, and what the model can do."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from sam3_annotator import __version__
from sam3_annotator.ui.icons import app_icon, icon
from sam3_annotator.ui.text import plain, translate
from sam3_annotator.ui.tokens import GRID_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent

    from sam3_annotator.ui.tokens import Tokens

_WIDTH_PX = 720
_CARD_PX = 172


class WelcomePage(QWidget):
    """Shown while no project is open.

    Args:
        starts: the actions that begin something, with one line each on what they do.

    Signals:
        project_chosen: path of a recent project.
        files_dropped: paths dropped onto the page.
        model_requested: the user wants other weights.
    """

    project_chosen = Signal(Path)
    files_dropped = Signal(list)
    model_requested = Signal()

    def __init__(self, starts: Sequence[tuple[QAction, str, str]], tokens: Tokens) -> None:
        super().__init__()
        self.setObjectName("welcome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._starts: list[tuple[QPushButton, str]] = []
        self._recent_box = QVBoxLayout()
        self._recent_box.setSpacing(2)
        self._model = QLabel()
        self._model.setWordWrap(True)
        self._model_hint = QLabel()
        self._model_hint.setProperty("role", "dim")
        self._model_hint.setWordWrap(True)
        column = QWidget()
        column.setFixedWidth(_WIDTH_PX)
        body = QVBoxLayout(column)
        body.setSpacing(4 * GRID_PX)
        body.addLayout(_heading())
        body.addLayout(self._start_grid(starts))
        lower = QHBoxLayout()
        lower.setSpacing(4 * GRID_PX)
        lower.addWidget(self._recent_card(), 1)
        lower.addWidget(self._model_card(), 1)
        body.addLayout(lower)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(6 * GRID_PX,) * 4)
        layout.addStretch(2)
        layout.addWidget(column, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self.use_theme(tokens)
        self.show_recent(())
        self.show_model("", "")

    def use_theme(self, tokens: Tokens) -> None:
        """Draw icons in another theme's colours."""
        for button, name in self._starts:
            button.setIcon(icon(name, tokens))

    def show_recent(self, projects: Sequence[Path]) -> None:
        """List the projects opened lately."""
        while (item := self._recent_box.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for path in projects[:5]:
            button = QPushButton(path.stem)
            button.setProperty("flat", True)  # noqa: FBT003 - Qt's property
            button.setStyleSheet("text-align: left;")
            button.setToolTip(str(path))
            button.clicked.connect(partial(self.project_chosen.emit, path))
            self._recent_box.addWidget(button)
        if not projects:
            none = QLabel(translate("WelcomePage", "Projects you open appear here."))
            none.setProperty("role", "dim")
            none.setWordWrap(True)
            self._recent_box.addWidget(none)

    def show_model(self, text: str, hint: str) -> None:
        """Say which model is loaded and what it can and cannot do."""
        self._model.setText(text or translate("WelcomePage", "Loading the model…"))
        self._model_hint.setText(hint)
        self._model_hint.setVisible(bool(hint))

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        urls = event.mimeData().urls()
        files = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.files_dropped.emit(files)

    def _start_grid(self, starts: Sequence[tuple[QAction, str, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(2 * GRID_PX)
        for place, (action, name, line) in enumerate(starts):
            title = plain(action.text())
            button = QPushButton(f"{title}\n{line}")
            button.setProperty("card", True)  # noqa: FBT003 - Qt's property
            button.setIconSize(QSize(20, 20))
            button.setMinimumHeight(60)
            button.setAccessibleName(title)
            button.setAccessibleDescription(line)
            button.clicked.connect(action.trigger)
            self._starts.append((button, name))
            grid.addWidget(button, place // 3, place % 3)
            grid.setColumnStretch(place % 3, 1)
        return grid

    def _recent_card(self) -> QFrame:
        card, inner = _card(translate("WelcomePage", "RECENT PROJECTS"))
        inner.addLayout(self._recent_box)
        inner.addStretch(1)
        return card

    def _model_card(self) -> QFrame:
        card, inner = _card(translate("WelcomePage", "MODEL"))
        button = QPushButton(translate("WelcomePage", "Choose a model…"))
        button.clicked.connect(self.model_requested)
        inner.addWidget(self._model)
        inner.addWidget(self._model_hint)
        inner.addStretch(1)
        inner.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return card


def _heading() -> QHBoxLayout:
    mark, title, line = QLabel(), QLabel("SAM 3 Annotator"), QLabel()
    mark.setPixmap(app_icon().pixmap(48, 48))
    title.setProperty("role", "title")
    line.setProperty("role", "dim")
    line.setText(
        translate("WelcomePage", "Point at things or name them. Version {version}.").format(
            version=__version__
        )
    )
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(title)
    words.addWidget(line)
    row = QHBoxLayout()
    row.setSpacing(4 * GRID_PX)
    row.addWidget(mark)
    row.addLayout(words, 1)
    return row


def _card(title: str) -> tuple[QFrame, QVBoxLayout]:
    card = QFrame()
    card.setObjectName("card")
    card.setMinimumHeight(_CARD_PX)
    inner = QVBoxLayout(card)
    inner.setContentsMargins(*(4 * GRID_PX,) * 4)
    inner.setSpacing(2 * GRID_PX)
    heading = QLabel(title)
    heading.setProperty("role", "section")
    inner.addWidget(heading)
    return card, inner
