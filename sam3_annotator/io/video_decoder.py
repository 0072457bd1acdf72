"""Opens a clip with PyAV and decodes it forward from a chosen keyframe, exactly there.

The only module that imports PyAV; ``io/video.py`` imports it on first use, so that pictures work
where PyAV is missing and the program starts without paying for it.
"""

from __future__ import annotations

import hashlib
import os
from itertools import chain
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.stream import Disposition
from av.video.reformatter import Colorspace, VideoReformatter

from sam3_annotator.errors import MediaTrouble
from sam3_annotator.io.media import Pixels, unreadable
from sam3_annotator.io.video_index import PacketMark
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from av.buffer import Buffer
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from sam3_annotator.io.video_index import Anchor

_MAX_THREADS = 4
_REMEDY = Wording("Convert it, for example: ffmpeg -i CLIP -c:v libx264 -crf 12 NEW.mp4")
_HD_HEIGHT = 720
_UNNAMED_MATRICES = frozenset({0, 2, 3})  # RGB (no matrix applies), unspecified, reserved


class Decoder:
    """One open clip; not thread-safe, its owner holds a lock.

    Attributes:
        read_error: what the system said when the file could not be read further; None while it can.

    Raises:
        FileTrouble: missing or unreadable.
        MediaTrouble: PyAV is not installed, no video in the file, or it cannot be parsed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.read_error: OSError | None = None
        self._is_closed = False
        self._container, self._stream = _open(path)

    @property
    def time_base(self) -> tuple[int, int]:
        """Seconds per timestamp unit as (numerator, denominator)."""
        base = self._stream.time_base
        return (base.numerator, base.denominator) if base else (1, 1)

    @property
    def rate(self) -> tuple[int, int]:
        """Frames per second as the header claims, (numerator, denominator); 25 where it does not.

        Only for clips without usable timestamps.
        """
        rate = self._stream.average_rate or self._stream.guessed_rate
        return (rate.numerator, rate.denominator) if rate else (25, 1)

    @property
    def promised_frames(self) -> int:
        """Frames an MP4 or QuickTime header promises, hidden ones included; 0 elsewhere.

        Other containers estimate or count fields, so their number proves nothing.
        """
        return self._stream.frames if "mp4" in self._container.format.name else 0

    def close(self) -> None:
        """Close the file."""
        self._is_closed = True
        self._container.close()

    def marks(self) -> tuple[list[PacketMark], str]:
        """List all packets in decoding order; the text says what stopped the reading, if anything.

        The position is undefined afterwards: call ``from_start`` or ``from_anchor``.
        """
        marks: list[PacketMark] = []
        try:
            # Extending keeps what was read when the file breaks off.
            marks.extend(_mark(packet) for packet in self._packets() if packet.size)
        except (av.FFmpegError, OSError) as error:
            return marks, str(error)
        return marks, ""

    def from_start(self) -> Iterator[VideoFrame]:
        """Decode from the first packet of a freshly opened file."""
        self._reopen()
        return self._decode(self._packets())

    def from_anchor(self, anchors: tuple[Anchor, ...], position: int) -> Iterator[VideoFrame]:
        """Decode from exactly ``anchors[position]``.

        Containers land where they like (MPEG-TS searches bytes), so the landing is checked packet
        by packet; after an overshoot the seek is repeated from further and further back, in the
        end from the start of the file.
        """
        anchor = anchors[position]
        back = 0
        while position - back >= 0:
            packets = self._landed(anchors[position - back].seek_ts, anchor)
            if packets is not None:
                return self._decode(packets)
            back = back * 2 + 1
        self._reopen()
        packets = self._forward_to(anchor)
        if packets is None:
            raise MediaTrouble(
                "{path} changed while it was open.", "Open it again.", path=self._path
            )
        return self._decode(packets)

    def _packets(self) -> Iterator[Packet[VideoStream]]:
        """The packets of our stream from here on; the last one is empty.

        They end when the file is closed or opened anew: FFmpeg would read from freed memory.
        """
        opened = self._container
        try:
            for packet in opened.demux(self._stream):
                yield packet
                if self._is_closed or opened is not self._container:
                    return
        except IndexError:
            # WORKAROUND(PyAV, 18): at the end of the file it may stumble over a stream that began
            # late; the decoder is drained all the same.
            return

    def _reopen(self) -> None:
        opened = _open(self._path)  # fails while the file is away; what was open can be asked again
        self._container.close()
        self._container, self._stream = opened

    def _landed(self, seek_ts: int, anchor: Anchor) -> Iterator[Packet[VideoStream]] | None:
        try:
            self._container.seek(seek_ts, stream=self._stream, backward=True)
        except (av.FFmpegError, OSError):
            return None
        return self._forward_to(anchor)

    def _forward_to(self, anchor: Anchor) -> Iterator[Packet[VideoStream]] | None:
        """Skip packets until ``anchor``; ``None`` when it lies behind us."""
        packets = self._packets()
        try:
            for packet in packets:
                if packet.is_keyframe and anchor.is_at(packet.pts, packet.dts):
                    return chain((packet,), packets)
                if packet.dts is not None and packet.dts > anchor.seek_ts:
                    return None
        except (av.FFmpegError, OSError):
            return None
        return None

    def _decode(self, packets: Iterator[Packet[VideoStream]]) -> Iterator[VideoFrame]:
        """Yield decoded frames in display order; damaged packets are skipped, as players do."""
        codec = self._stream.codec_context
        self.read_error = None
        while True:
            try:
                packet = next(packets, None)
            except (av.FFmpegError, OSError) as error:
                packet = None  # cut off: what the decoder still holds is good
                self.read_error = error if isinstance(error, OSError) else None
            try:
                # The demuxer ends with an empty packet, which drains the decoder.
                yield from codec.decode(packet if packet is not None and packet.size else None)
            except av.EOFError:
                return
            except av.FFmpegError:
                pass
            if packet is None or not packet.size:
                return


def _mark(packet: Packet[VideoStream]) -> PacketMark:
    return PacketMark(
        packet.pts, packet.dts, packet.is_keyframe, packet.is_discard, packet.is_corrupt
    )


def _open(path: Path) -> tuple[InputContainer, VideoStream]:
    try:
        with path.open("rb") as stream:
            if not stream.read(1):
                raise MediaTrouble(
                    "{path} is empty (0 bytes).", "Copy it again from its source.", path=path
                )
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        container = av.open(str(path), metadata_errors="ignore")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise MediaTrouble(
            "{path} cannot be opened as a clip ({error}); it may be cut off.",
            _REMEDY,
            path=path,
            error=getattr(error, "strerror", None) or error,
        ) from error
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams or streams[0].codec_context is None:
        container.close()
        raise MediaTrouble("{path} holds no video that can be decoded.", _REMEDY, path=path)
    chosen = streams[0]
    chosen.thread_type = "AUTO"
    chosen.codec_context.thread_count = min(_MAX_THREADS, os.cpu_count() or 1)
    return container, chosen


class Upright:
    """Turns decoded frames into upright RGB by the display matrix of the first frame.

    Args:
        first: a decoded frame of the clip.
    """

    def __init__(self, first: VideoFrame) -> None:
        self._coded = (first.width, first.height)
        self._swap, self._flip_across, self._flip_down, self.is_exact = _display_turn(first)
        self._reformatter = VideoReformatter()

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels as shown."""
        return self._coded[::-1] if self._swap else self._coded

    def matches(self, frame: VideoFrame) -> bool:
        """Whether ``frame`` has the size of the first one."""
        return (frame.width, frame.height) == self._coded

    def rgb(self, frame: VideoFrame) -> Pixels:
        """Return (height, width, 3) uint8 RGB, upright.

        Where the clip does not name its colour matrix, players' habit is followed: BT.709 from
        720 lines up, BT.601 below.
        """
        matrix = None
        if frame.colorspace in _UNNAMED_MATRICES:
            matrix = Colorspace.ITU709 if frame.height >= _HD_HEIGHT else Colorspace.ITU601
        converted = self._reformatter.reformat(frame, format="rgb24", src_colorspace=matrix)
        pixels = converted.to_ndarray()
        if self._swap:
            pixels = pixels.swapaxes(0, 1)
        down, across = (-1 if self._flip_down else 1), (-1 if self._flip_across else 1)
        return np.asarray(pixels[::down, ::across], dtype=np.uint8)


def _display_turn(frame: VideoFrame) -> tuple[bool, bool, bool, bool]:
    """Read the display matrix: (swap axes, flip across, flip down, is a multiple of 90 degrees).

    The matrix is nine 32-bit fixed-point numbers a b u c d v x y w; a stored point (p, q) is shown
    at (a p + c q, b p + d q), see FFmpeg's ``libavutil/display.h``.
    """
    # PyAV's stub types this mapping for one key only.
    data = cast("Mapping[str, Buffer]", frame.side_data).get("DISPLAYMATRIX")
    if data is None:
        return False, False, False, True
    a, b, _, c, d = np.frombuffer(memoryview(data), dtype=np.int32)[:5].tolist()
    if a and d and not b and not c:
        return False, a < 0, d < 0, True
    if b and c and not a and not d:
        return True, c < 0, b < 0, True
    return False, False, False, False


def frame_bytes(frame: VideoFrame) -> int:
    """Memory held by a decoded frame."""
    return sum(plane.buffer_size for plane in frame.planes)


def frame_digest(frame: VideoFrame) -> str:
    """Return 32 hex digits over the decoded samples, padding left out, before any conversion."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(f"{frame.format.name} {frame.width}x{frame.height}".encode())
    for number, plane in enumerate(frame.planes):
        row_bytes = sum(
            component.width * ((component.bits + 7) // 8)
            for component in frame.format.components
            if component.plane == number
        )
        rows = np.frombuffer(memoryview(plane), dtype=np.uint8)[: plane.line_size * plane.height]
        rows = rows.reshape(plane.height, plane.line_size)[:, : min(row_bytes, plane.line_size)]
        digest.update(rows.tobytes())
    return digest.hexdigest()
