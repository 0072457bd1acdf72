"""Model dialog: what is loaded and what it can do; other weights: bundled, from a file, fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from sam3_annotator.ui.dialogs.frame import Dialog, label
from sam3_annotator.ui.settings import ModelChoice
from sam3_annotator.ui.text import translate, worded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sam3_annotator.ui.services import Downloadable, WeightsOnDisk

_PATH = Qt.ItemDataRole.UserRole
DEVICES = ("auto", "cpu", "cuda", "cuda:1", "mps")
DTYPES = ("auto", "float32", "bfloat16", "float16")


class ModelDialog(Dialog):
    """Chooses weights; loading and fetching go on behind it, shown in the status bar.

    Signals:
        load_requested: a :class:`ModelChoice`.
        file_requested: the user wants to choose a weights file.
        download_requested: name of a downloadable and the user's token (may be empty).
        follow_wanted: something about the model has changed; say it again.
    """

    load_requested = Signal(object)
    file_requested = Signal()
    download_requested = Signal(str, str)
    follow_wanted = Signal()

    def __init__(
        self, parent: QWidget | None, choice: ModelChoice, downloads: Sequence[Downloadable]
    ) -> None:
        super().__init__(parent, translate("ModelDialog", "Model"))
        self.resize(600, 560)
        self._downloads = {one.name: one for one in downloads}
        self._state, self._abilities = label("", "heading"), label("", "dim")
        self.body.addWidget(self._state)
        self.body.addWidget(self._abilities)
        self.body.addWidget(label(translate("ModelDialog", "ON THIS MACHINE"), "section"))
        self.list = QListWidget()
        self.list.setProperty("boxed", True)  # noqa: FBT003 - Qt's property
        self.list.setAccessibleName(translate("ModelDialog", "Weights on this machine"))
        self.list.itemActivated.connect(self._load)
        self.body.addWidget(self.list, 1)
        self.device, self.dtype = _box(DEVICES, choice.device), _box(DTYPES, choice.dtype)
        self.body.addLayout(self._device_row())
        self.body.addWidget(label(translate("ModelDialog", "FETCH"), "section"))
        self.body.addLayout(self._download_form())
        self._chosen = choice.weights
        self.show_weights(())
        self.add_close()

    def show_state(self, state: str, abilities: str) -> None:
        """Say what is loaded and what it can do."""
        self._state.setText(state)
        self._abilities.setText(abilities)

    @Slot()
    def follow(self) -> None:
        """Ask for the state of the model again; ends by itself when the dialog is gone."""
        self.follow_wanted.emit()

    @Slot(object)
    def fill_weights(self, weights: Sequence[WeightsOnDisk]) -> None:
        """List what was found."""
        self.show_weights(weights)

    def show_weights(self, weights: Sequence[WeightsOnDisk]) -> None:
        """List the weights found on this machine."""
        self.list.clear()
        for one in weights:
            text = f"{worded(one.title)}  ·  {_origin(one.origin)}"
            if one.trouble:
                text += f"\n{worded(one.trouble)}"
            item = QListWidgetItem(text)
            item.setData(_PATH, one.path)
            item.setToolTip(one.path)
            if one.trouble:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
            if one.path == self._chosen:
                self.list.setCurrentItem(item)
        if not weights:
            waiting = QListWidgetItem(translate("ModelDialog", "Looking…"))
            waiting.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(waiting)

    def choice_for(self, weights: str) -> ModelChoice:
        """These weights on the device and in the precision chosen in the dialog."""
        return ModelChoice(weights, self.device.currentText(), self.dtype.currentText())

    def _device_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for text, box in (
            (translate("ModelDialog", "Device"), self.device),
            (translate("ModelDialog", "Precision"), self.dtype),
        ):
            row.addWidget(label(text, "dim", wraps=False))
            box.setAccessibleName(text)
            row.addWidget(box)
        row.addStretch(1)
        other = QPushButton(translate("ModelDialog", "Choose a file…"))
        other.setAutoDefault(False)
        other.clicked.connect(self.file_requested)
        row.addWidget(other)
        load = QPushButton(translate("ModelDialog", "Load"))
        load.setProperty("primary", True)  # noqa: FBT003 - Qt's property
        load.setAutoDefault(False)
        load.clicked.connect(self._load)
        row.addWidget(load)
        return row

    def _download_form(self) -> QFormLayout:
        form = QFormLayout()
        form.setVerticalSpacing(8)
        self.source = QComboBox()
        for one in self._downloads.values():
            self.source.addItem(one.title, one.name)
        self.source.currentIndexChanged.connect(self._show_source)
        self.source.setAccessibleName(translate("ModelDialog", "Weights to fetch"))
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText(translate("ModelDialog", "sent to the hub, kept nowhere"))
        self.token.setAccessibleName(translate("ModelDialog", "Hub token"))
        page = QPushButton(translate("ModelDialog", "Licence and access…"))
        fetch = QPushButton(translate("ModelDialog", "Fetch"))
        page.clicked.connect(self._open_page)
        fetch.clicked.connect(self._fetch)
        row = QHBoxLayout()
        row.addWidget(self.source, 1)
        for button in (page, fetch):
            button.setAutoDefault(False)
            row.addWidget(button)
        self._gate = label("", "dim")
        form.addRow(translate("ModelDialog", "Weights"), row)
        form.addRow(translate("ModelDialog", "Token"), self.token)
        form.addRow(self._gate)
        self._show_source()
        return form

    def _show_source(self) -> None:
        source = self._downloads.get(self.source.currentData())
        is_gated = source is not None and source.is_gated
        self.token.setEnabled(is_gated)
        self._gate.setText(
            translate(
                "ModelDialog",
                "Its authors ask you to accept a licence first; then make a token on the hub.",
            )
            if is_gated
            else translate("ModelDialog", "No account is needed.")
        )

    def _open_page(self) -> None:
        source = self._downloads.get(self.source.currentData())
        if source is not None:
            QDesktopServices.openUrl(QUrl(source.page))

    def _fetch(self) -> None:
        if self.source.currentData():
            self.download_requested.emit(self.source.currentData(), self.token.text().strip())

    def _load(self) -> None:
        path = self.list.currentItem().data(_PATH) if self.list.currentRow() >= 0 else None
        if path:
            self._chosen = path
            self.load_requested.emit(self.choice_for(path))


def _box(values: Sequence[str], present: str) -> QComboBox:
    box = QComboBox()
    box.addItems(list(values))
    if present not in values:
        box.addItem(present)
    box.setCurrentText(present)
    return box


def _origin(origin: str) -> str:
    return {
        "yours": translate("ModelDialog", "yours"),
        "site": translate("ModelDialog", "of this site"),
        "bundled": translate("ModelDialog", "comes with the program"),
    }.get(origin, origin)
