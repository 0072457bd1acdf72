"""DialogDesk: opens the dialogs of one window and hands their wishes on; none of them blocks."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sam3_annotator import log
from sam3_annotator.domain.commands import (
    AddCategory,
    EditCategory,
    RemoveCategory,
    ReorderCategories,
)
from sam3_annotator.errors import AnnotatorError, FileTrouble, ProjectTrouble
from sam3_annotator.ui.actions.action_set import plain_text
from sam3_annotator.ui.actions.spec import Menu
from sam3_annotator.ui.keymap import shown
from sam3_annotator.ui.palette import CommandPalette, PaletteEntry
from sam3_annotator.ui.text import plain, translate, worded

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QDialog, QWidget

    from sam3_annotator.io.errands import Report
    from sam3_annotator.ui.actions.action_set import ActionSet
    from sam3_annotator.ui.ask import Ask
    from sam3_annotator.ui.dialogs.categories import CategoriesDialog
    from sam3_annotator.ui.dialogs.export import ExportDialog
    from sam3_annotator.ui.dialogs.model import ModelDialog
    from sam3_annotator.ui.services import Services
    from sam3_annotator.ui.settings import ModelChoice
    from sam3_annotator.ui.wiring.desks import Desks
    from sam3_annotator.ui.wiring.workspace import Workspace

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outside:
    """What dialogs need beyond the window: the system's file dialogs, downloads, the doctor."""

    ask: Ask
    services: Services


class DialogDesk(QObject):
    """Opens dialogs by name; dialogs are imported when first needed.

    Signals:
        weights_found, doctor_said: answers for dialogs that may be gone by then.
    """

    weights_found = Signal(object)
    doctor_said = Signal(str, str)

    def __init__(
        self,
        window: QWidget,
        workspace: Workspace,
        desks: Desks,
        table: ActionSet,
        outside: Outside,
    ) -> None:
        super().__init__(window)
        self._window, self._workspace = window, workspace
        self._desks, self._table = desks, table
        self._ask, self._services = outside.ask, outside.services
        self._openers = {
            "palette": self.open_palette,
            "settings": self.open_settings,
            "shortcuts": self.open_shortcuts,
            "categories": self.open_categories,
            "model": self.open_model,
            "doctor": self.open_doctor,
            "tone": self.open_tone,
            "about": self.open_about,
        }
        self._desks.window.wanted.connect(self._open)
        self._desks.files.damaged.connect(self.offer_rescue)
        self._desks.exchange.export_wanted.connect(self.open_export)
        self._desks.exchange.import_wanted.connect(self._choose_import)
        self._desks.exchange.reported.connect(self._report)
        self._workspace.troubled.connect(self.explain)

    def explain(self, error: Exception) -> None:
        """Open the dialog that fits an error: the world's fault, or a bug of ours."""
        from sam3_annotator.ui.dialogs.trouble import CrashDialog, TroubleDialog  # noqa: PLC0415

        tokens = self._workspace.theme.tokens
        if isinstance(error, AnnotatorError):
            trouble = TroubleDialog(self._window, error, tokens)
            trouble.model_requested.connect(self.open_model)
            trouble.open()
        else:
            CrashDialog(self._window, error, log.log_file(), tokens).open()

    def offer_search(self, error: Exception) -> None:
        """A media's file could not be shown: gone, out of reach, or damaged."""
        from sam3_annotator.ui.dialogs.trouble import MovedDialog  # noqa: PLC0415

        if not isinstance(error, FileTrouble) or not _may_be_elsewhere(error):
            self.explain(error)
            return
        dialog = MovedDialog(self._window, error, self._workspace.theme.tokens)
        dialog.look_requested.connect(self._desks.files.locate_missing)
        dialog.open()

    def offer_rescue(self, path: Path, error: ProjectTrouble) -> None:
        """A project that cannot be opened."""
        from sam3_annotator.ui.dialogs.trouble import DamagedDialog  # noqa: PLC0415

        dialog = DamagedDialog(self._window, error, self._workspace.theme.tokens)
        dialog.rescue_requested.connect(lambda: self._desks.rescue.ask_and_save(path))
        dialog.open()

    def open_palette(self) -> QDialog:
        """Every command by name."""
        table = self._table
        entries = [
            PaletteEntry(
                plain_text(spec),
                plain(translate("Menu", spec.menu.value)) if spec.menu.value else "",
                ", ".join(shown(keys) for keys in table.keymap.keys(spec.id)),
                table[spec.id],
            )
            for spec in table.specs
            if spec.id != "help.palette" and (spec.menu is not Menu.NONE or spec.shortcuts)
        ]
        palette = CommandPalette(entries, self._window)
        corner = self._window.mapToGlobal(self._window.rect().topLeft())
        left = corner.x() + (self._window.width() - palette.width()) // 2
        palette.move(left, corner.y() + 48)
        palette.show()
        return palette

    def open_settings(self) -> QDialog:
        """Theme, language, name and the like."""
        from sam3_annotator.ui.dialogs.settings import SettingsDialog  # noqa: PLC0415

        workspace = self._workspace
        return _shown(SettingsDialog(self._window, workspace.settings, workspace.theme))

    def open_shortcuts(self) -> QDialog:
        """The keys of every action."""
        from sam3_annotator.ui.dialogs.shortcuts import ShortcutsDialog  # noqa: PLC0415

        table = self._table
        names = {spec.id: plain_text(spec) for spec in table.specs}
        dialog = ShortcutsDialog(self._window, names, table.keymap)
        dialog.changed.connect(self._keys_changed)
        return _shown(dialog)

    def open_categories(self) -> QDialog:
        """The list of categories."""
        from sam3_annotator.ui.dialogs.categories import CategoriesDialog  # noqa: PLC0415

        dialog, workspace = CategoriesDialog(self._window), self._workspace
        dialog.add_requested.connect(lambda name: workspace.do(AddCategory(name)))
        dialog.edit_requested.connect(lambda category: workspace.do(EditCategory(category)))
        dialog.remove_requested.connect(lambda one, into: workspace.do(RemoveCategory(one, into)))
        dialog.reorder_requested.connect(lambda order: workspace.do(ReorderCategories(order)))
        workspace.touched.connect(dialog.refresh_soon)
        dialog.refresh_wanted.connect(lambda: self._fill_categories(dialog))
        self._fill_categories(dialog)
        return _shown(dialog)

    def open_model(self) -> QDialog:
        """What is loaded, and other weights."""
        from sam3_annotator.ui.dialogs.model import ModelDialog  # noqa: PLC0415

        settings = self._workspace.settings
        dialog = ModelDialog(self._window, settings.model, self._services.downloads())
        dialog.load_requested.connect(self._desks.model.load)
        dialog.file_requested.connect(lambda: self._load_file(dialog))
        dialog.download_requested.connect(self._download)
        self._desks.model.described.connect(dialog.follow)
        dialog.follow_wanted.connect(
            lambda: dialog.show_state(self._desks.model.one_line(), self._desks.model.abilities())
        )
        self.weights_found.connect(dialog.fill_weights)
        dialog.follow()
        self._desks.work.run_errand(
            translate("DialogDesk", "looking for weights"),
            lambda _: self._services.weights(),
            self.weights_found.emit,
            is_of_project=False,
        )
        return _shown(dialog)

    def open_doctor(self) -> QDialog:
        """What works on this machine."""
        from sam3_annotator.ui.dialogs.plain import TextDialog  # noqa: PLC0415

        title = translate("DialogDesk", "Doctor")
        asking = translate("DialogDesk", "Asking every part of the program…")
        done = translate("DialogDesk", "What works on this machine. Copy it into a report.")
        dialog = TextDialog(self._window, title, asking, "")
        self.doctor_said.connect(dialog.show_text)
        self._desks.work.run_errand(
            translate("DialogDesk", "examining this machine"),
            lambda _: self._services.doctor(),
            lambda text: self.doctor_said.emit(done, text),
            is_of_project=False,
        )
        return _shown(dialog)

    def open_tone(self) -> QDialog:
        """Brightness, contrast, gamma, mask opacity."""
        from sam3_annotator.ui.dialogs.tone import ToneDialog  # noqa: PLC0415

        state = self._workspace.state
        dialog = ToneDialog(self._window, state.view.display)
        dialog.changed.connect(lambda field, value: state.update_display(**{field: value}))
        return _shown(dialog)

    def open_about(self) -> QDialog:
        """What this program is."""
        from sam3_annotator.ui.dialogs.plain import AboutDialog  # noqa: PLC0415

        return _shown(AboutDialog(self._window))

    def open_export(self) -> QDialog:
        """Which format, how much, where to."""
        from sam3_annotator.io.registry import FORMATS  # noqa: PLC0415
        from sam3_annotator.ui.dialogs.export import ExportDialog  # noqa: PLC0415

        document = self._workspace.require_document()
        target = document.path.with_suffix(".json")
        categories = tuple(document.project.categories.values())
        dialog = ExportDialog(self._window, FORMATS, categories, target)
        dialog.browse_requested.connect(lambda: self._browse_export(dialog))
        dialog.accepted_wish.connect(self._desks.exchange.export)
        return _shown(dialog)

    # ------------------------------------------------------------------ inside

    def _browse_export(self, dialog: ExportDialog) -> None:
        title, chosen = translate("DialogDesk", "Export to"), dialog.chosen
        kinds = f"{worded(chosen.title)} (*{chosen.suffix})" if chosen.suffix else ""
        path = self._ask.new_file(title, kinds, dialog.wish().target, is_asked_later=True)
        if path is not None:
            dialog.use_target(path)

    def _choose_import(self) -> None:
        kinds = translate("DialogDesk", "COCO files and MOTS text") + " (*.json *.txt)"
        files = self._ask.files(translate("DialogDesk", "Import"), kinds)
        if files:
            self._desks.exchange.import_files(None, files)

    def _report(self, title: str, line: str, text: str) -> None:
        from sam3_annotator.ui.dialogs.plain import TextDialog  # noqa: PLC0415

        self._workspace.said.emit(line)
        _shown(TextDialog(self._window, title, line, text))

    def _open(self, what: str) -> None:
        opener = self._openers.get(what)
        if opener is not None:
            opener()

    def _keys_changed(self) -> None:
        table = self._table
        table.use_keymap()
        self._workspace.settings.shortcuts = table.keymap.changed

    def _fill_categories(self, dialog: CategoriesDialog) -> None:
        project = self._workspace.project
        if project is None:
            dialog.close()
            return
        counts = {one: len(project.objects_of(one)) for one in project.categories}
        dialog.show_categories(tuple(project.categories.values()), counts)

    def _load_file(self, dialog: ModelDialog) -> None:
        kinds = translate("DialogDesk", "Weights") + " (*.safetensors *.pt *.pth)"
        path = self._ask.file(translate("DialogDesk", "Choose weights"), kinds)
        if path is not None:
            self._desks.model.load(dialog.choice_for(str(path)))

    def _download(self, name: str, token: str) -> None:
        choice = self._workspace.settings.model
        title = translate("DialogDesk", "fetching weights")

        def work(report: Report) -> Path:
            return self._services.download(name, token, report)

        self._desks.work.run_errand(
            title,
            work,
            lambda path: self._desks.model.load(_with_weights(choice, str(path))),
            is_of_project=False,
        )


def _may_be_elsewhere(error: FileTrouble) -> bool:
    """Whether the file is not where it was; not when the system says that it cannot be read."""
    cause = error.__cause__
    return not isinstance(cause, OSError) or isinstance(
        cause, FileNotFoundError | NotADirectoryError
    )


def _with_weights(choice: ModelChoice, weights: str) -> ModelChoice:
    return type(choice)(weights, choice.device, choice.dtype)


def _shown(dialog: QDialog) -> QDialog:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog
