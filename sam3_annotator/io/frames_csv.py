"""Says which frames an export was made on, and checks later that a clip still has them.

``frames.csv`` has one line per frame: ``index`` (from 0), ``pts`` (the container's timestamp),
``time_s`` (seconds after frame 0) and ``hash`` (of the decoded samples, see
``ClipSource.frame_hash``). A reader that counts frames differently is found out by it.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.atomic import write_file
from sam3_annotator.io.exchange import MAX_PROBLEMS_TOLD
from sam3_annotator.io.media import unreadable
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.io.exchange import Progress
    from sam3_annotator.io.media import ClipSource

HEADER = ("index", "pts", "time_s", "hash")


def write_frames_csv(path: Path, source: ClipSource, progress: Progress | None = None) -> None:
    """Decode every frame of ``source`` and write its line.

    Raises:
        FileTrouble: the file cannot be written.
        MediaTrouble: a frame cannot be decoded.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for index in range(source.frame_count):
        time_s = f"{source.time_s(index):.6f}"
        writer.writerow((index, source.pts(index), time_s, source.frame_hash(index)))
        if progress is not None:
            progress(index + 1, source.frame_count)
    write_file(path, text.getvalue().encode("ascii"))


def verify_export(
    path: Path, source: ClipSource, progress: Progress | None = None
) -> tuple[str, ...]:
    """Compare ``frames.csv`` with a clip, frame by frame.

    Returns:
        One sentence for each difference, twenty at most and then their number; empty when the
        clip is the one the export was made on.

    Raises:
        FileTrouble: the file is missing or unreadable.
        ExchangeTrouble: it is no ``frames.csv``.
        MediaTrouble: a frame of the clip cannot be decoded.
    """
    rows = _read(path)
    differences: list[str] = []
    if len(rows) != source.frame_count:
        differences.append(
            Wording(
                "The export was made on {count} frames, the clip has {now}.",
                count=len(rows),
                now=source.frame_count,
            )
        )
    shared = min(len(rows), source.frame_count)
    for index, (pts, digest) in enumerate(rows[:shared]):
        if source.frame_hash(index) != digest:
            differences.append(Wording("Frame {index} shows another picture.", index=index))
        elif source.pts(index) != pts:
            differences.append(
                Wording(
                    "Frame {index} has timestamp {found}, not {wanted}.",
                    index=index,
                    found=source.pts(index),
                    wanted=pts,
                )
            )
        if progress is not None:
            progress(index + 1, shared)
    if len(differences) > MAX_PROBLEMS_TOLD:
        rest = len(differences) - MAX_PROBLEMS_TOLD
        return (*differences[:MAX_PROBLEMS_TOLD], Wording("And {count} more.", count=rest))
    return tuple(differences)


def _read(path: Path) -> list[tuple[int, str]]:
    try:
        with path.open(encoding="ascii", newline="") as stream:
            reader = csv.reader(stream)
            if tuple(next(reader, ())) != HEADER:
                raise ExchangeTrouble(
                    "{path} is no list of frames made by this program.", path=path
                )
            rows = list(reader)
    except OSError as error:
        raise unreadable(path, error) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ExchangeTrouble(
            "{path} is no list of frames made by this program.", path=path
        ) from error
    found: list[tuple[int, str]] = []
    for position, row in enumerate(rows):
        is_right = len(row) == len(HEADER) and row[0] == str(position)
        if not is_right or not row[1].lstrip("-").isdecimal():
            raise ExchangeTrouble("{path}, line {line} is damaged.", path=path, line=position + 2)
        found.append((int(row[1]), row[3]))
    return found
