"""The work report in a window: a table of persons, and three plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from sam3_annotator.domain.entities import ReviewState, Source
from sam3_annotator.ui.dialogs.frame import Dialog, label
from sam3_annotator.ui.dialogs.work_plots import Bars, Part, ShareBar
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from datetime import date

    from sam3_annotator.ui.tokens import Tokens
    from sam3_annotator.workflow.work_report import PersonWork, WorkReport

_MOST_DAYS = 10
_MOST_PEOPLE = 8
"""Rows of the table that are shown without scrolling."""


class WorkReportDialog(Dialog):
    """Shows a report.

    Signals:
        save_requested: the report should be written to CSV files.
    """

    save_requested = Signal()

    def __init__(self, parent: QWidget | None, report: WorkReport, tokens: Tokens) -> None:
        title = translate("WorkReportDialog", "Work report")
        super().__init__(parent, title, title)
        self.report = report
        self.resize(900, 480)
        self.table = _table(report)
        self.body.addWidget(self.table)
        for heading, plot in _plots(report, tokens):
            self.body.addWidget(label(heading, "section"))
            self.body.addWidget(plot)
        hint = translate(
            "WorkReportDialog",
            "Time counts while traces of a person follow each other within two minutes.",
        )
        self.body.addWidget(label(hint, "small"))
        self.body.addStretch(1)
        self.save = self.add_button(translate("WorkReportDialog", "Save CSV…"), is_default=True)
        self.save.clicked.connect(self.save_requested)
        self.add_close()


def _heads() -> list[str]:
    return [
        translate("WorkReportDialog", "Person"),
        translate("WorkReportDialog", "Time"),
        translate("WorkReportDialog", "Human frames"),
        translate("WorkReportDialog", "s / frame"),
        translate("WorkReportDialog", "Objects"),
        translate("WorkReportDialog", "Clicks / object"),
        translate("WorkReportDialog", "Good"),
        translate("WorkReportDialog", "Rejected"),
        translate("WorkReportDialog", "To fix"),
        translate("WorkReportDialog", "s / verdict"),
    ]


def _table(report: WorkReport) -> QTableWidget:
    people = list(report.people)
    rows = [_cells(person, person.name or "?") for person in people]
    if len(people) != 1:
        rows.append(_cells(report.total, translate("WorkReportDialog", "All")))
    heads = _heads()
    table = QTableWidget(len(rows), len(heads))
    table.setProperty("boxed", True)  # noqa: FBT003 - Qt's signature
    table.setAccessibleName(translate("WorkReportDialog", "Work of each person"))
    table.setHorizontalHeaderLabels(heads)
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(row, column, item)
    shown = min(len(rows), _MOST_PEOPLE)
    table.setFixedHeight(header.sizeHint().height() + 8 + shown * table.rowHeight(0))
    return table


def _cells(work: PersonWork, name: str) -> list[str]:
    whole = QLocale().toString
    return [
        name,
        duration(work.active_s),
        whole(work.human_frames),
        _decimal(work.seconds_per_frame),
        whole(work.objects),
        _decimal(work.clicks_per_object),
        *(
            whole(work.verdicts.get(state, 0))
            for state in (ReviewState.ACCEPTED, ReviewState.REJECTED, ReviewState.NEEDS_WORK)
        ),
        _decimal(work.seconds_per_verdict),
    ]


def _plots(report: WorkReport, tokens: Tokens) -> list[tuple[str, QWidget]]:
    names = {
        Source.HUMAN: translate("Source", "human"),
        Source.MODEL: translate("Source", "model"),
        Source.INTERPOLATED: translate("Source", "interpolated"),
        Source.IMPORTED: translate("Source", "imported"),
    }
    shares = [
        Part(name, report.frames.get(source, 0), _percent(report.share(source)))
        for source, name in names.items()
        if report.frames.get(source, 0)
    ]
    speeds = [
        Part(person.name or "?", person.seconds_per_frame, f"{person.seconds_per_frame:.1f} s")
        for person in report.people
        if person.seconds_per_frame is not None
    ]
    days = [Part(_day(day), count, str(count)) for day, count in report.days[-_MOST_DAYS:]]
    plots: list[tuple[str, QWidget]] = []
    source_title = translate("WorkReportDialog", "WHO MADE THE MASKS")
    if shares:
        plots.append((source_title, ShareBar(tokens, source_title, shares)))
    speed_title = translate("WorkReportDialog", "SECONDS FOR A HUMAN FRAME")
    if speeds:
        plots.append((speed_title, Bars(tokens, speed_title, speeds)))
    day_title = translate("WorkReportDialog", "HUMAN FRAMES BY DAY")
    if days:
        plots.append((day_title, Bars(tokens, day_title, days)))
    return plots


def _day(day: date) -> str:
    short = QLocale.FormatType.ShortFormat
    return QLocale().toString(QDate(day.year, day.month, day.day), short)


def duration(seconds: float) -> str:
    """Hours and minutes, "1:05 h", or minutes and seconds, "4:07 min"."""
    whole = round(seconds)
    if whole >= 3600:
        return translate("WorkReportDialog", "{hours}:{minutes:02d} h").format(
            hours=whole // 3600, minutes=whole % 3600 // 60
        )
    return translate("WorkReportDialog", "{minutes}:{seconds:02d} min").format(
        minutes=whole // 60, seconds=whole % 60
    )


def _decimal(value: float | None) -> str:
    return "–" if value is None else QLocale().toString(value, "f", 1)  # noqa: RUF001 - a dash


def _percent(share: float) -> str:
    """A share in whole per cent; what is there is never 0 %, and what is not all never 100 %."""
    percent = 100 * share
    if 0 < percent < 1:
        return "< 1 %"
    return "> 99 %" if 99 < percent < 100 else f"{percent:.0f} %"
