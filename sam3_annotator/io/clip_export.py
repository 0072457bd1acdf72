"""Exports labels together with what only the clips themselves know: their frames."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from sam3_annotator.errors import FileTrouble, MediaTrouble
from sam3_annotator.io.exchange import ExportOptions, ExportReport
from sam3_annotator.io.opening import open_clip
from sam3_annotator.io.registry import export_labels
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.io.exchange import Labels
    from sam3_annotator.io.media import ClipSource


def export_with_clips(
    key: str, labels: Labels, target: Path, options: ExportOptions, root: Path
) -> ExportReport:
    """Export as ``registry.export_labels``, with the list of frames of every clip beside it.

    A clip that is missing, cannot be decoded, or has another number of frames than the labels were
    made on is exported without its frames, and a note says so.

    Args:
        key: of the format.
        labels: what to write; names of media are paths relative to ``root``, or absolute.
        target: file or new folder.
        options: as for ``export_labels``; ``clips`` is filled in here.
        root: folder of the project file.

    Raises:
        FileTrouble, ExchangeTrouble, MediaTrouble: as ``export_labels``.
    """
    notes: list[str] = []
    with ExitStack() as opened:
        clips: dict[int, ClipSource] = {}
        for media in labels.clips:
            try:
                clip = open_clip(root / media.name)
            except (FileTrouble, MediaTrouble) as error:
                notes.append(
                    Wording(
                        "No list of frames for {name}: {why}", name=media.name, why=error.message
                    )
                )
                continue
            opened.callback(clip.close)
            if clip.frame_count != media.frame_count:
                notes.append(
                    Wording(
                        "No list of frames for {name}: it has {count} frames now and had {before}.",
                        name=media.name,
                        count=clip.frame_count,
                        before=media.frame_count,
                    )
                )
                continue
            clips[media.key] = clip
        report = export_labels(key, labels, target, replace(options, clips=clips))
    return report.joined(ExportReport((), {}, (), tuple(notes)))
