"""Parts: the widgets of one window, made but not yet connected to anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget
from typing_extensions import override

from sam3_annotator.ui.canvas import CanvasView
from sam3_annotator.ui.panels.candidates import CandidatesPanel
from sam3_annotator.ui.panels.find_bar import FindBar
from sam3_annotator.ui.panels.history import HistoryPanel
from sam3_annotator.ui.panels.objects import ObjectsPanel
from sam3_annotator.ui.panels.properties import PropertiesPanel
from sam3_annotator.ui.panels.review.panel import ReviewPanel
from sam3_annotator.ui.panels.thumbnails import ThumbnailsPanel
from sam3_annotator.ui.panels.timeline import TimelinePanel
from sam3_annotator.ui.status_bar import StatusBar
from sam3_annotator.ui.tool_strip import ToolStrip
from sam3_annotator.ui.top_bar import TopBar

if TYPE_CHECKING:
    from sam3_annotator.ui.tokens import Tokens


class Stage(QStackedWidget):
    """The middle of the window; may become as small as the window wants it."""

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(240, 160)


class Strip(QStackedWidget):
    """What lies below the canvas; only as high as the page in front needs."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(lambda _: self.updateGeometry())

    @override
    def sizeHint(self) -> QSize:
        page = self.currentWidget()
        return super().sizeHint() if page is None else page.sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        if page is None:
            return super().minimumSizeHint()
        return page.minimumSizeHint().expandedTo(page.minimumSize())


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Every widget that a controller needs.

    Attributes:
        stage: shows the welcome page or the canvas.
        strip: below the canvas: thumbnails for pictures, a timeline for clips.
    """

    canvas: CanvasView
    find_bar: FindBar
    top_bar: TopBar
    tool_strip: ToolStrip
    objects: ObjectsPanel
    properties: PropertiesPanel
    review: ReviewPanel
    history: HistoryPanel
    candidates: CandidatesPanel
    thumbnails: ThumbnailsPanel
    timeline: TimelinePanel
    status: StatusBar
    stage: QStackedWidget
    strip: QStackedWidget

    @staticmethod
    def make(tokens: Tokens) -> Parts:
        """A fresh set of widgets in a theme's colours."""
        find_bar, stage, strip = FindBar(), Stage(), Strip()
        parts = Parts(
            canvas=CanvasView(),
            find_bar=find_bar,
            top_bar=TopBar(find_bar),
            tool_strip=ToolStrip(tokens),
            objects=ObjectsPanel(tokens),
            properties=PropertiesPanel(),
            review=ReviewPanel(tokens),
            history=HistoryPanel(tokens),
            candidates=CandidatesPanel(),
            thumbnails=ThumbnailsPanel(),
            timeline=TimelinePanel(tokens),
            status=StatusBar(),
            stage=stage,
            strip=strip,
        )
        stage.addWidget(parts.canvas)
        strip.addWidget(parts.thumbnails)
        return parts
