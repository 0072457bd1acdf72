"""Finding media again after their files were moved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sam3_annotator.domain.commands import RelocateMedia
from sam3_annotator.domain.media_paths import stored_path
from sam3_annotator.errors import Rejected
from sam3_annotator.io.opening import find_moved

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.io.errands import Report
    from sam3_annotator.workflow.document import Document, Outcome


def missing_media(document: Document) -> dict[MediaId, str]:
    """Content hash of every media whose file is not where the project says."""
    return {
        media_id: media.content_hash
        for media_id, media in document.project.media.items()
        if not document.media_path(media_id).exists()
    }


def relocate(document: Document, folder: Path, report: Report) -> Outcome:
    """Look for missing media below a folder, by content, and write down where they are.

    Args:
        report: called for every file that is looked at; may stop the search.

    Returns:
        The outcome; ``skipped`` counts the media that are still missing.

    Raises:
        Rejected: nothing is missing, or nothing that is missing was found.
        FileTrouble: the folder cannot be read.
    """
    missing = missing_media(document)
    if not missing:
        raise Rejected("Every file is where it should be.")
    found = find_moved(missing, folder, report)
    if not found:
        raise Rejected(f"None of the {len(missing)} missing files is in {folder}.")
    home = document.path.parent
    paths = tuple((media_id, stored_path(path, home)) for media_id, path in found)
    outcome = document.do(RelocateMedia(paths))
    return replace(outcome, skipped=len(missing) - len(found))
