"""ReportDesk: gathers the work report between two events and shows it; writes it as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from sam3_annotator.io.atomic import write_file
from sam3_annotator.ui.text import translate
from sam3_annotator.workflow.work_report import objects_csv, people_csv, work_report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from sam3_annotator.ui.ask import Ask
    from sam3_annotator.ui.dialogs.work_report import WorkReportDialog
    from sam3_annotator.ui.wiring.review import ReviewDesk
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.work_report import WorkReport


class ReportDesk(QObject):
    """Opens the report of the open project when somebody asks for it."""

    def __init__(self, window: QWidget, workspace: Workspace, review: ReviewDesk, ask: Ask) -> None:
        super().__init__(window)
        self._window, self._workspace, self._ask = window, workspace, ask
        self._gathering: Iterator[WorkReport | None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._gather)
        review.report_wanted.connect(self.open)
        workspace.document_changed.connect(self._stop)

    def open(self) -> None:
        """Gather the report and show it."""
        with self._workspace.explaining():
            self._gathering = work_report(self._workspace.require_document())
            self._timer.start()

    def save(self, report: WorkReport) -> None:
        """Ask where to, and write one file about persons and one about objects beside it."""
        document = self._workspace.document
        start = None if document is None else document.path.with_suffix(".work.csv")
        title = translate("ReportDesk", "Save the work report")
        path = self._ask.new_file(title, "CSV (*.csv)", start)
        if path is not None:
            with self._workspace.explaining():
                self._write(report, path)

    def _write(self, report: WorkReport, path: Path) -> None:
        beside = path.with_name(f"{path.stem}.objects{path.suffix}")
        write_file(path, people_csv(report))
        write_file(beside, objects_csv(report))
        said = translate("ReportDesk", "Written: {one} and {other}.")
        self._workspace.said.emit(said.format(one=path.name, other=beside.name))

    def _gather(self) -> None:
        report: WorkReport | None = None
        with self._workspace.explaining():
            if self._gathering is not None:
                report = next(self._gathering)
                if report is None:
                    return
        self._stop()
        if report is not None:
            self._show(report)

    def _show(self, report: WorkReport) -> None:
        from sam3_annotator.ui.dialogs.work_report import WorkReportDialog  # noqa: PLC0415

        dialog: WorkReportDialog = WorkReportDialog(
            self._window, report, self._workspace.theme.tokens
        )
        dialog.save_requested.connect(lambda: self.save(report))
        dialog.show()

    def _stop(self) -> None:
        self._timer.stop()
        self._gathering = None
