"""FileDesk: opening projects, pictures and clips, adding to them, finding what was moved."""

from __future__ import annotations

import os
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sam3_annotator import paths
from sam3_annotator.domain.commands import AddMedia, RelocateMedia
from sam3_annotator.domain.media_paths import PROJECT_SUFFIX, stored_path
from sam3_annotator.errors import FileTrouble, ProjectTrouble, Rejected
from sam3_annotator.io.folders import CLIP_SUFFIXES, PICTURE_SUFFIXES
from sam3_annotator.io.opening import Gathered, find_moved, gather, gather_clip
from sam3_annotator.ui.text import in_words, translate, worded
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sam3_annotator.domain.commands import NewMedia
    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.io.errands import Report
    from sam3_annotator.ui.ask import Ask
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.document import Document


class FileDesk(QObject):
    """What the File menu and the welcome page can do with files.

    Signals:
        damaged: path of a project that cannot be opened, and why.
    """

    damaged = Signal(object, object)

    def __init__(self, workspace: Workspace, work: WorkDesk, ask: Ask) -> None:
        super().__init__(workspace)
        self._workspace, self._work, self._ask = workspace, work, ask

    # ------------------------------------------------------------------ projects

    def new_project(self) -> None:
        """Ask where, and begin an empty project there."""
        self._ask_where(translate("FileDesk", "New project"))

    def create(self, path: Path) -> None:
        """Begin an empty project in this file."""
        if not self.may_close():
            return
        with self._workspace.explaining():
            document = _document_class().create(path, author=self._author())
            self._workspace.open_document(document)

    def open_project(self) -> None:
        """Ask which, and open it."""
        path = self._ask.file(translate("FileDesk", "Open project"), _project_kinds())
        if path is not None:
            self.open_path(path)

    def open_path(self, path: Path) -> None:
        """Open a project file."""
        with self._workspace.explaining():
            if self._is_open(path):
                said = translate("FileDesk", "{name} is open already.").format(name=path.name)
                self._workspace.said.emit(said)
                return
            if not self.may_close():
                return
            if not path.exists():
                self._workspace.settings.forget_recent(path)
                raise FileTrouble(
                    translate("FileDesk", "{path} is no longer there.").format(path=path),
                    translate("FileDesk", "It was taken off the list of recent projects."),
                )
            try:
                document = _document_class().open(path, author=self._author())
            except ProjectTrouble as error:
                self.damaged.emit(path, error)
                return
            self._workspace.open_document(document)

    def close_project(self) -> None:
        """Go back to the welcome page; everything is on disk already."""
        if self.may_close():
            self._workspace.close_document()

    def may_close(self) -> bool:
        """Whether the open project may be closed: asks where work on it would be lost."""
        lost = [work.title for work in self._work.lost]
        return not lost or self._ask.confirm(
            translate("FileDesk", "Stop what is not finished, and close the project?"),
            translate("FileDesk", "Still at work: {titles}. What is half written is lost.").format(
                titles=in_words(lost)
            ),
            translate("FileDesk", "Stop and close"),
        )

    def save_copy(self) -> None:
        """Write a copy of the project file elsewhere, beside the same pictures."""
        with self._workspace.explaining():
            document = self._workspace.require_document()
            start = document.path.with_name(f"{document.path.stem} copy{PROJECT_SUFFIX}")
            path = self._ask.new_file(translate("FileDesk", "Save a copy"), _project_kinds(), start)
            if path is not None:
                document.save_copy(path)
                self._workspace.said.emit(
                    translate("FileDesk", "A copy was saved as {path}.").format(path=path)
                )

    # ------------------------------------------------------------------ media

    def open_pictures(self) -> None:
        """Ask for pictures; they go into the open project, or a new one beside them."""
        files = self._ask.files(
            translate("FileDesk", "Open images"), _kinds(_tr_pictures(), PICTURE_SUFFIXES)
        )
        if files:
            self.add(files, files[0].parent)

    def open_folder(self) -> None:
        """Ask for a folder of pictures and clips."""
        folder = self._ask.folder(translate("FileDesk", "Open folder"))
        if folder is not None:
            self.add([folder], folder)

    def open_clip(self) -> None:
        """Ask for a clip."""
        path = self._ask.file(
            translate("FileDesk", "Open clip"),
            _kinds(translate("FileDesk", "Clips"), CLIP_SUFFIXES),
        )
        if path is not None:
            self.add([path], path.parent)

    def open_sequence(self) -> None:
        """Ask for a folder whose pictures are the frames of one clip."""
        folder = self._ask.folder(translate("FileDesk", "Open folder as a clip"))
        if folder is not None and self._project_for(folder.parent):
            name_of = self._name_of()
            self._work.run_errand(
                translate("FileDesk", "reading the clip"),
                lambda _: gather_clip(folder, name_of),
                self._add_clip,
            )

    def open_sample(self) -> None:
        """Open the sample pictures and clip, copied to where the user may write."""
        with self._workspace.explaining():
            home = paths.cache_dir().parent / "sam3-annotator-sample"
            source = paths.resource("sample")
            try:
                shutil.copytree(source, home, dirs_exist_ok=True)
            except OSError as error:
                raise FileTrouble(
                    translate("FileDesk", "The sample could not be copied: {why}.").format(
                        why=error
                    )
                ) from error
            project = home / f"sample{PROJECT_SUFFIX}"
            if project.exists():
                self.open_path(project)
                return
            self.create(project)
            self.add([home / "pictures", home / "bunny.mp4"], home)

    def add(self, files: Sequence[Path], folder: Path, *, allow_huge: bool = False) -> None:
        """Put files and folders into the open project, or into a new one in ``folder``.

        Args:
            allow_huge: the user has agreed to pictures of any size; otherwise asked afterwards.
        """
        if not self._project_for(folder):
            return
        document, name_of = self._workspace.require_document(), self._name_of()
        step = document.open_step(Wording("Add pictures"))

        def keep(items: tuple[NewMedia, ...]) -> None:
            with self._workspace.explaining():
                if self._workspace.document is document:
                    step.do(AddMedia(items))

        def work(report: Report) -> Gathered:
            on_batch = partial(report.hand_over, keep)
            return gather(files, name_of, report, on_batch, allow_huge=allow_huge)

        def done(gathered: Gathered) -> None:
            if gathered.huge and self._agrees_to(gathered.huge):
                self.add(gathered.huge, folder, allow_huge=True)
            self._tell_gathered(gathered)

        self._work.run_errand(translate("FileDesk", "adding pictures"), work, done)

    def locate_missing(self) -> None:
        """Ask for a folder and look there for every file that is not where it was."""
        with self._workspace.explaining():
            missing = self.missing()
            if not missing:
                raise Rejected(translate("FileDesk", "Every file is where it should be."))
            folder = self._ask.folder(
                translate("FileDesk", "Look for %n missing file(s) in", "", len(missing))
            )
            if folder is not None:
                self.look_in(folder, missing)

    def missing(self) -> dict[MediaId, str]:
        """Content hash of every media whose file is not where the project says."""
        project = self._workspace.require_document().project
        return {
            media_id: media.content_hash
            for media_id, media in project.media.items()
            if not self._workspace.path_of(media_id).exists()
        }

    def look_in(self, folder: Path, missing: dict[MediaId, str]) -> None:
        """Look for missing files below a folder, by their content."""
        self._work.run_errand(
            translate("FileDesk", "looking for moved files"),
            partial(find_moved, missing, folder),
            partial(self._relocate, len(missing)),
        )

    # ------------------------------------------------------------------ inside

    def _name_of(self) -> Callable[[Path], str]:
        return partial(stored_path, folder=self._workspace.require_document().path.parent)

    def _author(self) -> str:
        return self._workspace.settings.author

    def _is_open(self, path: Path) -> bool:
        document = self._workspace.document
        try:
            return document is not None and path.samefile(document.path)
        except OSError:
            return False  # one of them is gone; opening it will say so

    def _project_for(self, folder: Path) -> bool:
        """Make sure that a project is open; a new one lies beside its files, where that may be."""
        if self._workspace.document is not None:
            return True
        path = folder / f"{folder.name or 'annotations'}{PROJECT_SUFFIX}"
        if path.exists():
            self.open_path(path)
        elif os.access(folder, os.W_OK):
            self.create(path)
        else:
            title = translate("FileDesk", "“{folder}” is read-only. Keep the project where?")
            self._ask_where(title.format(folder=folder.name), Path.home() / path.name)
        return self._workspace.document is not None

    def _ask_where(self, title: str, start: Path | None = None) -> None:
        # A project that is there is never replaced; ``create`` says so.
        path = self._ask.new_file(title, _project_kinds(), start, is_asked_later=True)
        if path is not None:
            self.create(path)

    def _add_clip(self, gathered: Gathered) -> None:
        self._workspace.require_document().do(AddMedia(gathered.items))
        self._tell_gathered(gathered)

    @staticmethod
    def _tell_gathered(gathered: Gathered) -> None:
        lines = [worded(one) for one in (*gathered.troubles, *gathered.caveats)]
        if lines:
            count = len(gathered.troubles)
            said = (
                translate("FileDesk", "%n file(s) could not be used.", "", count)
                if count
                else translate("FileDesk", "Everything was added, with a reservation.")
            )
            raise FileTrouble(said, "\n".join(lines[:20]))
        if not gathered.items and not gathered.huge:
            raise Rejected(translate("FileDesk", "There are no pictures or clips there."))

    def _agrees_to(self, huge: Sequence[Path]) -> bool:
        names = in_words(path.name for path in huge[:5])
        return self._ask.confirm(
            translate("FileDesk", "Open %n very large picture(s)?", "", len(huge)),
            translate(
                "FileDesk",
                "{names}: more than 128 megapixels. Each takes at least 0.4 GB of memory while it "
                "is shown; a file that only claims to be so large does the same harm.",
            ).format(names=names + (" …" if len(huge) > 5 else "")),
            translate("FileDesk", "Open"),
        )

    def _relocate(self, wanted: int, found: Sequence[tuple[MediaId, Path]]) -> None:
        document = self._workspace.require_document()
        name_of = self._name_of()
        if found:
            document.do(RelocateMedia(tuple((media, name_of(path)) for media, path in found)))
        self._workspace.said.emit(
            translate("FileDesk", "{found} of {wanted} files were found.").format(
                found=len(found), wanted=wanted
            )
        )


def _document_class() -> type[Document]:
    """Imported late: with its SQL it would take a third of the time to the first window."""
    from sam3_annotator.workflow.document import Document  # noqa: PLC0415

    return Document


def _project_kinds() -> str:
    return translate("FileDesk", "Projects") + f" (*{PROJECT_SUFFIX})"


def _tr_pictures() -> str:
    return translate("FileDesk", "Pictures")


def _kinds(name: str, suffixes: frozenset[str]) -> str:
    patterns = " ".join(f"*{suffix}" for suffix in sorted(suffixes))
    return f"{name} ({patterns})"
