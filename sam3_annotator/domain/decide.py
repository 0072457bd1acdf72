"""decide: the one place where commands become changes, and the one that can say no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.domain.commands_library import LibraryCommand
from sam3_annotator.domain.commands_objects import MaskCommand, ObjectCommand
from sam3_annotator.domain.commands_tracks import TrackCommand
from sam3_annotator.domain.decide_library import decide_library
from sam3_annotator.domain.decide_masks import decide_mask
from sam3_annotator.domain.decide_objects import decide_object
from sam3_annotator.domain.decide_review import decide_review
from sam3_annotator.domain.decide_tracks import decide_track
from sam3_annotator.domain.draft import Draft

if TYPE_CHECKING:
    from sam3_annotator.domain.changes import Step
    from sam3_annotator.domain.commands import Command
    from sam3_annotator.domain.draft import Stamp
    from sam3_annotator.domain.project import Project


def decide(project: Project, command: Command, stamp: Stamp) -> Step:
    """What a command does to the rows; changes nothing itself.

    Raises:
        Rejected: the command makes no sense now; the sentence says why.
        ProjectTrouble: rows or masks that the decision needs cannot be read.
    """
    draft = Draft(project, stamp)
    if isinstance(command, LibraryCommand):
        return decide_library(draft, command)
    if isinstance(command, ObjectCommand):
        return decide_object(draft, command)
    if isinstance(command, MaskCommand):
        return decide_mask(draft, command)
    if isinstance(command, TrackCommand):
        return decide_track(draft, command)
    return decide_review(draft, command)
