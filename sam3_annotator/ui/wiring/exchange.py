"""ExchangeDesk: writes exports and reads imports, in the background, with a report at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sam3_annotator.errors import Rejected
from sam3_annotator.io.exchange import ExportOptions, ExportReport, ImportData
from sam3_annotator.ui.text import translate, worded
from sam3_annotator.wording import Wording
from sam3_annotator.workflow.exchanging import Scope, collect_labels
from sam3_annotator.workflow.importing import ImportSummary, bring_in, known_media
from sam3_annotator.workflow.media_search import row_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sam3_annotator.domain.commands import NewMedia
    from sam3_annotator.io.errands import Report
    from sam3_annotator.io.exchange import Labels
    from sam3_annotator.ui.ask import Ask
    from sam3_annotator.ui.dialogs.export import ExportWish
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace

_LISTED = 200


class ExchangeDesk(QObject):
    """What goes out to and comes in from other programs' files.

    Signals:
        export_wanted, import_wanted: open the dialog that asks what and where.
        reported: title, one line, and the whole report, when an export or import has ended.
    """

    export_wanted = Signal()
    import_wanted = Signal()
    reported = Signal(str, str, str)

    def __init__(self, workspace: Workspace, work: WorkDesk, ask: Ask) -> None:
        super().__init__(workspace)
        self._workspace, self._work, self._ask = workspace, work, ask

    def ask_export(self) -> None:
        """Let the user choose what to export, and how."""
        self.export_wanted.emit()

    def ask_import(self) -> None:
        """Let the user choose files to import."""
        self.import_wanted.emit()

    # ------------------------------------------------------------------ out

    def export(self, wish: ExportWish) -> None:
        """Write an export; the rows are collected here, the file is written in the background."""
        with self._workspace.explaining():
            document = self._workspace.require_document()
            scope = self._scope(wish)
            if not self._ask.may_replace(wish.target):
                return
            steps = collect_labels(document.project, scope)
            self._work.run_slices(
                translate("ExchangeDesk", "collecting objects"),
                steps,
                lambda labels: self._write(wish, labels),
            )

    def _scope(self, wish: ExportWish) -> Scope:
        view = self._workspace.view
        if wish.scope == "selection" and not view.selection:
            raise Rejected(translate("ExchangeDesk", "Select the objects to be exported first."))
        here = frozenset([view.media_id] if view.media_id is not None else [])
        is_part = wish.scope in ("media", "selection")
        return Scope(
            media=here if is_part else None,
            objects=frozenset(view.selection) if wish.scope == "selection" else None,
            categories=None if wish.category is None else frozenset([wish.category]),
            with_empty=wish.with_empty,
            with_rejected=wish.with_rejected,
        )

    def _write(self, wish: ExportWish, labels: Labels) -> None:
        root = self._workspace.require_document().path.parent

        def work(report: Report) -> ExportReport:
            options = ExportOptions(
                polygon_tolerance_px=wish.tolerance_px,
                every_frame=wish.every_frame,
                write_frames=wish.write_frames,
                progress=report,
            )
            from sam3_annotator.io.clip_export import export_with_clips  # noqa: PLC0415 - slow

            return export_with_clips(wish.format_key, labels, wish.target, options, root)

        title = translate("ExchangeDesk", "exporting to {name}").format(name=wish.target.name)
        self._work.run_errand(title, work, self._exported)

    def _exported(self, report: ExportReport) -> None:
        lines = [str(path) for path in report.paths]
        lines += [f"{worded(kind)}: {count}" for kind, count in report.counts.items()]
        lines += ["", *map(worded, report.notes)] if report.notes else []
        if report.differences:
            title = translate("ExchangeDesk", "Read back with %n difference(s).", "",
                              len(report.differences))  # fmt: skip
            lines += ["", *map(worded, report.differences[:_LISTED])]
        else:
            title = translate(
                "ExchangeDesk", "Written, read back, and equal to the project pixel by pixel."
            )
        self.reported.emit(translate("ExchangeDesk", "Export"), title, "\n".join(lines))

    # ------------------------------------------------------------------ in

    def import_files(self, format_key: str | None, files: Sequence[Path]) -> None:
        """Read files in the background, then add what they hold as one step.

        Args:
            format_key: of the format; None to find it out from the files.
            files: files, or one folder.
        """
        with self._workspace.explaining():
            document = self._workspace.require_document()
            root = document.path.parent

            def work(_: Report) -> ImportData:
                from sam3_annotator.io.recognising import format_of  # noqa: PLC0415 - slow
                from sam3_annotator.io.registry import import_labels  # noqa: PLC0415 - slow

                return import_labels(format_key or format_of(files), files)

            title = translate("ExchangeDesk", "reading {name}").format(name=files[0].name)
            self._work.run_errand(title, work, lambda data: self._find_files(data, files[0], root))

    def _find_files(self, data: ImportData, first: Path, root: Path) -> None:
        """Look for pictures that the project does not have: beside the file, or beside us."""
        present = known_media(self._workspace.require_document().project, data.labels)
        missing = [entry for entry in data.labels.media if entry.key not in present]

        def work(report: Report) -> dict[int, NewMedia]:
            found: dict[int, NewMedia] = {}
            for done, entry in enumerate(missing):
                report(done, len(missing), entry.name)
                row = row_of(entry, (first.parent, root), root)
                if row is not None:
                    found[entry.key] = row
            return found

        title = translate("ExchangeDesk", "looking for pictures")
        self._work.run_errand(title, work, lambda files: self._add(data, files, first))

    def _add(self, data: ImportData, files: dict[int, NewMedia], first: Path) -> None:
        title = Wording("Import {name}", name=first.name)
        steps = bring_in(self._workspace.require_document(), data, files, title)
        self._work.run_slices(translate("ExchangeDesk", "adding objects"), steps, self._imported)

    def _imported(self, summary: ImportSummary) -> None:
        said = translate(
            "ExchangeDesk", "{objects} objects, {media} new pictures, {categories} new categories."
        ).format(objects=summary.objects, media=summary.media, categories=summary.categories)
        lines = [worded(one) for one in summary.warnings]
        if summary.left_out:
            lines.append(
                translate(
                    "ExchangeDesk", "Left out, because no file of that name and size was found:"
                )
            )
            lines += summary.left_out[:_LISTED]
        self.reported.emit(translate("ExchangeDesk", "Import"), said, "\n".join(lines))
