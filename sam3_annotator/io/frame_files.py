"""Writes frames of a clip as JPEG files, for formats whose readers want pictures."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

from sam3_annotator.io.atomic import unwritable, write_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from sam3_annotator.io.exchange import Progress
    from sam3_annotator.io.media import MediaSource

QUALITY = 95


def write_frames(
    source: MediaSource,
    frames: Iterable[int],
    path_of: Callable[[int], Path],
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Write frames as JPEG (quality 95, full colour resolution), making folders as needed.

    The pictures are for looking and training; JPEG is not exact, ``frames.csv`` names the exact
    frames.

    Args:
        source: the clip.
        frames: frame numbers; increasing is fastest.
        path_of: where each goes; existing files are replaced.
        progress: see ``exchange.Progress``.

    Raises:
        FileTrouble: a file cannot be written; those before it stay.
        MediaTrouble: a frame cannot be decoded.
    """
    wanted = list(frames)
    written = []
    for done, frame in enumerate(wanted, start=1):
        path = path_of(frame)
        encoded = io.BytesIO()
        Image.fromarray(source.frame(frame)).save(encoded, "JPEG", quality=QUALITY, subsampling=0)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(path, error) from error
        write_file(path, encoded.getvalue())
        written.append(path)
        if progress is not None:
            progress(done, len(wanted))
    return tuple(written)
