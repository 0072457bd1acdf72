"""Makes the awkward clips: small files with everything that breaks naive frame counting."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FRAMES = 60
SIZE = (64, 48)


def painted(index: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Frame ``index``: (h, w, 3) uint8, its number in black and white squares on moving noise."""
    width, height = size
    noise = np.random.default_rng(index).integers(0, 24, (height, width, 3))
    ramp = (np.arange(width)[None, :] * 3 + index * 5) % 160 + 40
    picture = (noise + ramp[..., None]).astype(np.uint8)
    side = min(width, height) // 8
    for bit in range(8):
        shade = 255 if index >> bit & 1 else 0
        picture[:side, bit * side : (bit + 1) * side] = shade
    picture[-side:, -2 * side :] = (230, 20, 20)  # red at the bottom right tells orientation
    return picture


@dataclass(frozen=True)
class Recipe:
    """How one clip is encoded; timestamps in thousandths of a second."""

    suffix: str
    codec: str = "libx264"
    options: dict[str, str] = field(default_factory=lambda: {"bf": "3", "g": "12"})
    pixel_format: str = "yuv420p"
    size: tuple[int, int] = SIZE
    frames: int = FRAMES
    times_ms: Callable[[int], int] = lambda index: index * 40
    turn: tuple[int, bool, bool] | None = None
    muxer_options: dict[str, str] = field(default_factory=dict)


_X264 = "scenecut=0:bframes=3:b-adapt=0"
RECIPES = {
    "bframes.mp4": Recipe(".mp4", options={"x264-params": f"{_X264}:keyint=24"}),
    "transport.ts": Recipe(".ts", options={"x264-params": f"{_X264}:keyint=12"}),
    "open_gop.mp4": Recipe(".mp4", options={"x264-params": f"{_X264}:keyint=10:open-gop=1"}),
    "open_gop.ts": Recipe(".ts", options={"x264-params": f"{_X264}:keyint=10:open-gop=1"}),
    "variable_rate.mp4": Recipe(
        ".mp4", times_ms=lambda i: i * 40 + (i * i * 7) % 31 + i // 9 * 200
    ),
    "hevc.mp4": Recipe(
        ".mp4",
        "libx265",
        {"x265-params": "log-level=none:bframes=3:keyint=12:min-keyint=12:pools=none"},
    ),
    "mpeg4.avi": Recipe(".avi", "mpeg4", {"bf": "2", "g": "10"}),
    "odd.mp4": Recipe(".mp4", pixel_format="yuv444p", size=(63, 47)),
    "odd.mkv": Recipe(".mkv", "ffv1", {}, size=(63, 47)),
    "ten_bit.mp4": Recipe(".mp4", pixel_format="yuv420p10le"),
    "single_group.mp4": Recipe(".mp4", options={"x264-params": f"{_X264}:keyint=infinite"}),
    "no_timestamps.h264": Recipe(".h264", frames=30),
    "odd_times.avi": Recipe(".avi", times_ms=lambda index: index * 40 + 200),
    "turned_90.mp4": Recipe(".mp4", frames=8, turn=(90, False, False)),
    "turned_180.mp4": Recipe(".mp4", frames=8, turn=(180, False, False)),
    "turned_270.mp4": Recipe(".mp4", frames=8, turn=(-90, False, False)),
    "mirrored.mp4": Recipe(".mp4", frames=8, turn=(0, True, False)),
    "turned_mirrored.mp4": Recipe(".mp4", frames=8, turn=(90, False, True)),
    "slanted.mp4": Recipe(".mp4", frames=8, turn=(30, False, False)),
    "front.mp4": Recipe(".mp4", muxer_options={"movflags": "faststart"}),
}
DERIVED = ("cut.mp4", "cut_open_gop.ts", "truncated.mp4", "truncated.ts", "zeroed_end.mp4")
SEVEN = ("bframes.mp4", "transport.ts", "open_gop.mp4", "variable_rate.mp4", "cut.mp4", "hevc.mp4",
         "mpeg4.avi")  # fmt: skip


def make(name: str, folder: Path) -> Path:
    """Write the clip called ``name`` into ``folder`` unless it is there; return its path."""
    path = folder / name
    if path.exists():
        return path
    if name in RECIPES:
        _encode(path, RECIPES[name])
    elif name == "cut.mp4":
        _cut(make("bframes.mp4", folder), path, start_ms=1500)
    elif name == "cut_open_gop.ts":
        data = make("open_gop.ts", folder).read_bytes()
        path.write_bytes(data[len(data) // 3 // 188 * 188 :])
    elif name == "zeroed_end.mp4":
        data = bytearray(make("front.mp4", folder).read_bytes())
        data[-len(data) // 4 :] = bytes(len(data) // 4)
        path.write_bytes(data)
    else:
        whole = make("front.mp4" if name.endswith("mp4") else "transport.ts", folder).read_bytes()
        path.write_bytes(whole[: len(whole) * 2 // 3])
    return path


def linear(path: Path) -> Iterator[av.VideoFrame]:
    """Decode from start to end with nothing of ours, as the truth for random access."""
    with av.open(str(path)) as container:
        try:
            yield from container.decode(container.streams.video[0])
        except av.InvalidDataError:
            return


def _encode(path: Path, recipe: Recipe) -> None:
    with av.open(str(path), "w", options=recipe.muxer_options) as container:
        stream = container.add_stream(recipe.codec, rate=25, options=recipe.options)
        stream.bit_rate = 2_000_000
        stream.width, stream.height = recipe.size
        stream.pix_fmt = recipe.pixel_format
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        if recipe.codec == "mpeg4":  # counts in frames
            stream.codec_context.time_base = Fraction(1, 25)
        if recipe.turn is not None:
            degrees, across, down = recipe.turn
            stream.set_display_rotation(degrees, hflip=across, vflip=down)
        for index in range(recipe.frames):
            frame = av.VideoFrame.from_ndarray(painted(index, recipe.size), format="rgb24")
            if recipe.codec == "mpeg4":
                frame.pts, frame.time_base = index, Fraction(1, 25)
            else:
                frame.pts, frame.time_base = recipe.times_ms(index), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _cut(source: Path, target: Path, start_ms: int) -> None:
    """Copy from the keyframe before ``start_ms``, hiding what comes before with an edit list."""
    options = {"avoid_negative_ts": "disabled", "use_editlist": "1"}
    with av.open(str(source)) as old, av.open(str(target), "w", options=options) as new:
        video = old.streams.video[0]
        stream = new.add_stream_from_template(video)
        start = round(Fraction(start_ms, 1000) / video.time_base)
        old.seek(start, stream=video)
        for packet in old.demux(video):
            if packet.size:
                packet.pts -= start
                packet.dts -= start
                packet.stream = stream
                new.mux(packet)


def shortened(source: Path, target: Path, first: int, count: int) -> Path:
    """Write ``count`` frames of a clip from frame ``first`` on, encoded anew; return the target."""
    with av.open(str(target), "w") as new:
        stream = None
        for index, frame in enumerate(linear(source)):
            if index < first or index >= first + count:
                continue
            if stream is None:
                stream = new.add_stream("libx264", rate=24, options={"crf": "18", "g": "12"})
                stream.width, stream.height = frame.width, frame.height
                stream.pix_fmt = "yuv420p"
            picture = av.VideoFrame.from_ndarray(frame.to_ndarray(format="rgb24"), format="rgb24")
            picture.pts, picture.time_base = index - first, Fraction(1, 24)
            new.mux(stream.encode(picture))
        assert stream is not None, "the clip is shorter"
        new.mux(stream.encode(None))
    return target
