"""CutDesk: finds the shot cuts of clips in the background, once for each clip."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sam3_annotator import paths
from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.io.cut_cache import CutCache
from sam3_annotator.io.errands import ErrandStopped
from sam3_annotator.io.opening import open_media
from sam3_annotator.io.shots import find_cuts

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.domain.changes import Touched
    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.io.errands import Errand, Report
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.view_state import View


class CutDesk(QObject):
    """Knows the cuts of the clips that have been shown.

    Signals:
        found: the cuts of some clip are known now.
    """

    found = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._cache = CutCache(paths.cache_dir() / "cuts")
        self._cuts: dict[MediaId, tuple[int, ...]] = {}
        self._errands: dict[MediaId, Errand] = {}
        workspace.view_changed.connect(self._view_changed)
        workspace.touched.connect(self._touched)
        workspace.document_changed.connect(self._start_over)

    def cuts(self, media_id: MediaId) -> tuple[int, ...]:
        """First frames of new shots, ascending; empty as long as they are not known."""
        return self._cuts.get(media_id, ())

    def is_known(self, media_id: MediaId) -> bool:
        """Whether the clip has been looked through."""
        return media_id in self._cuts

    # ------------------------------------------------------------------ inside

    def _start_over(self) -> None:
        for errand in self._errands.values():
            errand.cancel()
        self._errands.clear()
        self._cuts.clear()

    def _view_changed(self, before: View, after: View) -> None:
        if before.media_id != after.media_id and after.media_id is not None:
            self._look(after.media_id)

    def _touched(self, touched: Touched) -> None:
        shown = self._workspace.view.media_id
        if shown in touched.media and shown not in self._cuts and shown is not None:
            self._look(shown)

    def _look(self, media_id: MediaId) -> None:
        project = self._workspace.project
        if project is None or media_id not in project.media or media_id in self._errands:
            return
        media = project.media[media_id]
        if media.kind is not MediaKind.CLIP or media_id in self._cuts:
            return
        kept = self._cache.get(media.content_hash)
        if kept is not None:
            self._learn(media_id, kept)
            return
        self._errands[media_id] = self._workspace.reading.background.start(
            "shot cuts",
            partial(_cuts_of, self._workspace.path_of(media_id)),
            partial(self._keep, media_id, media.content_hash),
            partial(self._failed, media_id),
        )

    def _keep(self, media_id: MediaId, content_hash: str, cuts: tuple[int, ...]) -> None:
        if self._errands.pop(media_id, None) is not None:
            self._cache.put(content_hash, cuts)
            self._learn(media_id, cuts)

    def _failed(self, media_id: MediaId, error: Exception) -> None:
        """Whoever opens the clip is told what is wrong with it; a run then knows of no cuts."""
        del error
        self._errands.pop(media_id, None)

    def _learn(self, media_id: MediaId, cuts: tuple[int, ...]) -> None:
        self._cuts[media_id] = cuts
        self.found.emit()


def _cuts_of(path: Path, report: Report) -> tuple[int, ...]:
    """Runs on the background errands' thread."""
    source = open_media(path, MediaKind.CLIP)
    is_stopped = False

    def was_stopped() -> bool:
        nonlocal is_stopped
        try:
            report(0, 0)
        except ErrandStopped:
            is_stopped = True
        return is_stopped

    try:
        cuts = find_cuts(source, is_cancelled=was_stopped)
    finally:
        source.close()
    if is_stopped:
        raise ErrandStopped("shot cuts")
    return cuts
