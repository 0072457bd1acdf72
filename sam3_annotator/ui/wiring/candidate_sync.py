"""Keeps the candidates panel in step with the search, and hands its wishes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.engine.protocol import Capability
from sam3_annotator.ui.panels.candidate_grid import CandidateItem
from sam3_annotator.ui.panels.candidates import Findings

if TYPE_CHECKING:
    from sam3_annotator.ui.parts import Parts
    from sam3_annotator.ui.wiring.picture_sync import PictureSync
    from sam3_annotator.ui.wiring.scene_sync import SceneSync
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.detecting import Search


class CandidateSync(QObject):
    """Fills one candidates panel and obeys it."""

    def __init__(
        self, workspace: Workspace, parts: Parts, pictures: PictureSync, scene: SceneSync
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._panel, self._pictures = workspace, parts.candidates, pictures
        panel, detecting = parts.candidates, workspace.detecting
        panel.threshold_changed.connect(detecting.set_threshold)
        panel.accept_requested.connect(detecting.accept)
        panel.accept_all_requested.connect(detecting.accept_open)
        panel.reject_requested.connect(detecting.reject)
        panel.reconsider_requested.connect(detecting.reconsider)
        panel.more_like_requested.connect(lambda key: self._more_like(key, is_positive=True))
        panel.not_like_requested.connect(lambda key: self._more_like(key, is_positive=False))
        panel.highlighted.connect(scene.highlight)
        parts.canvas.candidate_picked.connect(self._picked)
        pictures.shown.connect(lambda _: self._picture_changed())
        workspace.document_changed.connect(self._picture_changed)
        workspace.search_changed.connect(self.show)
        workspace.model_changed.connect(lambda _: self.show(detecting.search))
        workspace.settings.changed.connect(lambda _: self.show(detecting.search))

    def show(self, search: Search) -> None:
        """Show one moment of the search."""
        name = search.concept.phrase
        self._panel.show_findings(
            Findings(
                phrase=search.concept.phrase,
                presence=search.presence,
                threshold=search.threshold,
                items=tuple(
                    CandidateItem(
                        key=index,
                        box=found.box,
                        score=found.score,
                        label=name,
                        is_accepted=index in search.accepted,
                        is_rejected=index in search.rejected,
                    )
                    for index, found in enumerate(search.found)
                ),
                is_running=search.is_running,
                has_answer=search.has_answer,
                takes_phrases=self._workspace.can(Capability.PHRASE)
                or not self._workspace.can(Capability.EXEMPLAR),
                example_key=self._workspace.keymap.behind("tool.exemplar"),
            )
        )

    def _picked(self, key: int) -> None:
        self._panel.set_current(key)
        self._panel.grid.setFocus()

    def _picture_changed(self) -> None:
        picture = self._pictures.picture
        self._panel.set_picture(None if picture is None else picture.rgb)

    def _more_like(self, key: int, *, is_positive: bool) -> None:
        with self._workspace.explaining():
            self._workspace.detecting.more_like(key, is_positive=is_positive)
