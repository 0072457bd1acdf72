"""Timeline of a clip: every object as a lane, with what is known of each frame and who said so."""

from __future__ import annotations

from sam3_annotator.ui.panels.timeline.columns import LaneFrames
from sam3_annotator.ui.panels.timeline.filmstrip import CELL, Still
from sam3_annotator.ui.panels.timeline.lanes import Lane
from sam3_annotator.ui.panels.timeline.painting import Shown
from sam3_annotator.ui.panels.timeline.panel import TimelinePanel

__all__ = ["CELL", "Lane", "LaneFrames", "Shown", "Still", "TimelinePanel"]
