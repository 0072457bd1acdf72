"""Controllers: makes every desk and every sync of one window, in the right order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sam3_annotator.ui.wiring.candidate_sync import CandidateSync
from sam3_annotator.ui.wiring.categories import CategoryDesk
from sam3_annotator.ui.wiring.clip_desks import ClipDesks, Others
from sam3_annotator.ui.wiring.desks import Desks
from sam3_annotator.ui.wiring.edits import EditDesk
from sam3_annotator.ui.wiring.exchange import ExchangeDesk
from sam3_annotator.ui.wiring.files import FileDesk
from sam3_annotator.ui.wiring.finding import FindDesk
from sam3_annotator.ui.wiring.gestures import Gestures
from sam3_annotator.ui.wiring.masks import MaskDesk
from sam3_annotator.ui.wiring.model import ModelDesk
from sam3_annotator.ui.wiring.navigation import Navigation
from sam3_annotator.ui.wiring.objects import ObjectDesk
from sam3_annotator.ui.wiring.panel_sync import PanelSync
from sam3_annotator.ui.wiring.patience_sync import PatienceSync
from sam3_annotator.ui.wiring.picture_sync import PictureSync
from sam3_annotator.ui.wiring.rescue import RescueDesk
from sam3_annotator.ui.wiring.review import ReviewDesk
from sam3_annotator.ui.wiring.review_sync import ReviewSync
from sam3_annotator.ui.wiring.scene_sync import SceneSync
from sam3_annotator.ui.wiring.status_sync import StatusSync
from sam3_annotator.ui.wiring.strip_sync import StripSync
from sam3_annotator.ui.wiring.window import WindowDesk
from sam3_annotator.ui.wiring.work import WorkDesk

if TYPE_CHECKING:
    from sam3_annotator.ui.ask import Ask
    from sam3_annotator.ui.parts import Parts
    from sam3_annotator.ui.wiring.workspace import Workspace


@dataclass(frozen=True, slots=True, eq=False)
class Controllers:
    """The controllers of one window; their owner is the workspace."""

    desks: Desks
    pictures: PictureSync
    scene: SceneSync
    panels: PanelSync
    status: StatusSync
    strip: StripSync
    candidates: CandidateSync
    review: ReviewSync

    @staticmethod
    def make(workspace: Workspace, parts: Parts, ask: Ask) -> Controllers:
        """Connect a window's widgets to its workspace."""
        work = WorkDesk(workspace)
        categories = CategoryDesk(workspace)
        navigation = Navigation(workspace)
        objects = ObjectDesk(workspace)
        gestures = Gestures(workspace, parts.canvas, categories)
        model = ModelDesk(workspace, work)
        scene = SceneSync(workspace, parts.canvas)
        pictures = PictureSync(workspace, parts.canvas)
        pictures.shown.connect(lambda _: scene.refresh())
        pictures.opened.connect(gestures.aim_again)
        gestures.use_pictures(pictures)
        PatienceSync(workspace, pictures)
        panels = PanelSync(workspace, parts.objects, parts.properties, parts.history)
        panels.connect_desks(objects, categories)
        model.described.connect(parts.top_bar.show_device)
        window = WindowDesk(workspace, parts.canvas, pictures)
        exchange = ExchangeDesk(workspace, work, ask)
        others = Others(navigation, categories, work, exchange, ask)
        clip = ClipDesks.make(workspace, parts, pictures, others)
        gestures.use_clips(clip)
        scene.use_clips(clip)
        review = ReviewDesk(workspace)
        review.close_up_wanted.connect(window.close_up)
        parts.objects.object_activated.connect(lambda _: window.close_up())
        parts.top_bar.chip_clicked.connect(lambda: window.ask_for("model"))
        files = FileDesk(workspace, work, ask)
        desks = Desks(
            files=files,
            rescue=RescueDesk(workspace, work, ask, files),
            exchange=exchange,
            edits=EditDesk(workspace),
            navigation=navigation,
            categories=categories,
            objects=objects,
            masks=MaskDesk(workspace),
            gestures=gestures,
            finding=FindDesk(workspace, parts, categories, work, ask),
            model=model,
            work=work,
            clip=clip,
            review=review,
            window=window,
        )
        status = StatusSync(workspace, navigation, work, parts.status)
        strip = StripSync(workspace, navigation, parts)
        strip.show_for_clips(parts.timeline)
        parts.timeline.transport.list_wanted.connect(strip.show_list)
        candidates = CandidateSync(workspace, parts, pictures, scene)
        shown = ReviewSync(workspace, review, parts.review)
        return Controllers(desks, pictures, scene, panels, status, strip, candidates, shown)
