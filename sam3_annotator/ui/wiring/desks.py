"""Desks: all that the action table can call, in one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sam3_annotator.ui.wiring.categories import CategoryDesk
    from sam3_annotator.ui.wiring.clip_desks import ClipDesks
    from sam3_annotator.ui.wiring.edits import EditDesk
    from sam3_annotator.ui.wiring.exchange import ExchangeDesk
    from sam3_annotator.ui.wiring.files import FileDesk
    from sam3_annotator.ui.wiring.finding import FindDesk
    from sam3_annotator.ui.wiring.gestures import Gestures
    from sam3_annotator.ui.wiring.masks import MaskDesk
    from sam3_annotator.ui.wiring.model import ModelDesk
    from sam3_annotator.ui.wiring.navigation import Navigation
    from sam3_annotator.ui.wiring.objects import ObjectDesk
    from sam3_annotator.ui.wiring.rescue import RescueDesk
    from sam3_annotator.ui.wiring.review import ReviewDesk
    from sam3_annotator.ui.wiring.window import WindowDesk
    from sam3_annotator.ui.wiring.work import WorkDesk


@dataclass(frozen=True, slots=True)
class Desks:
    """The desks of one window; each lives as long as the window."""

    files: FileDesk
    rescue: RescueDesk
    exchange: ExchangeDesk
    edits: EditDesk
    navigation: Navigation
    categories: CategoryDesk
    objects: ObjectDesk
    masks: MaskDesk
    gestures: Gestures
    finding: FindDesk
    model: ModelDesk
    work: WorkDesk
    clip: ClipDesks
    review: ReviewDesk
    window: WindowDesk
