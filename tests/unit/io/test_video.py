"""Clips: frame N is the N-th frame of linear decoding, however the file is made or broken."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from sam3_annotator.errors import FileTrouble, MediaTrouble
from sam3_annotator.io.video import Clip
from sam3_annotator.io.video_decoder import Decoder, frame_digest
from tests.support import clips

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sam3_annotator.io.video_index import Anchor

SEEKS = 200
COSTLY = ("single_group.mp4", "no_timestamps.h264", "odd_times.avi")  # every seek is from the start
TURNED = ("turned_90.mp4", "turned_180.mp4", "turned_270.mp4", "mirrored.mp4",
          "turned_mirrored.mp4")  # fmt: skip
AWKWARD = (
    *clips.SEVEN, "open_gop.ts", "odd.mp4", "odd.mkv", "ten_bit.mp4", "turned_90.mp4",
    "truncated.mp4", "truncated.ts", "zeroed_end.mp4", "single_group.mp4",
    "no_timestamps.h264", "odd_times.avi",
)  # fmt: skip


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.mark.slow
@pytest.mark.parametrize("name", AWKWARD)
def test_random_seeks_equal_linear_decoding(folder: Path, name: str) -> None:
    path = clips.make(name, folder)
    truth = [frame_digest(frame) for frame in clips.linear(path)]
    assert len(set(truth)) == len(truth), "the clip must have no two equal frames"
    clip = Clip(path, decoded_budget_bytes=1)  # nothing kept: every step is a real seek
    dice = random.Random(name)
    wrong = []
    for _ in range(SEEKS // 4 if name in COSTLY else SEEKS):
        index = dice.randrange(clip.frame_count)
        if clip.frame_hash(index) != truth[index]:
            wrong.append(index)
    clip.close()
    assert not wrong


@pytest.mark.parametrize("name", AWKWARD)
def test_every_frame_is_there_forwards_and_backwards(folder: Path, name: str) -> None:
    path = clips.make(name, folder)
    truth = [frame_digest(frame) for frame in clips.linear(path)]
    clip = Clip(path)
    assert [clip.frame_hash(i) for i in range(clip.frame_count)] == truth[: clip.frame_count]
    backwards = [clip.frame_hash(i) for i in reversed(range(clip.frame_count))]
    assert backwards == truth[: clip.frame_count][::-1]
    if not name.startswith(("truncated", "zeroed")):
        assert clip.frame_count == len(truth)
        assert not clip.warnings or clip.warnings[0].startswith("This clip has no usable")
    times = [clip.time_s(i) for i in range(clip.frame_count)]
    assert times[0] == 0.0
    assert all(a < b for a, b in pairwise(times))
    clip.close()


def test_frames_show_the_right_picture(folder: Path) -> None:
    clip = Clip(clips.make("bframes.mp4", folder))
    for index in (0, 17, 59, 3):
        frame = clip.frame(index)
        assert frame.shape == (48, 64, 3)
        assert not frame.flags.writeable
        bits = [int(frame[3, bit * 6 + 3].mean() > 128) for bit in range(8)]
        assert sum(value << bit for bit, value in enumerate(bits)) == index
    assert clip.kind == "clip"
    assert len(clip.content_hash()) == 64
    clip.close()


def test_variable_rate_keeps_the_files_times(folder: Path) -> None:
    clip = Clip(clips.make("variable_rate.mp4", folder))
    times_ms = clips.RECIPES["variable_rate.mp4"].times_ms
    for index in range(clips.FRAMES):
        assert clip.time_s(index) == pytest.approx(times_ms(index) / 1000, abs=1e-4)
    clip.close()


def test_an_edit_list_hides_frames_the_header_counts(folder: Path) -> None:
    path = clips.make("cut.mp4", folder)
    with av.open(str(path)) as container:
        promised = container.streams.video[0].frames
    clip = Clip(path)
    assert clip.frame_count < promised
    first = clip.frame(0)
    bits = [int(first[3, bit * 6 + 3].mean() > 128) for bit in range(8)]
    assert sum(value << bit for bit, value in enumerate(bits)) == 38
    clip.close()


@pytest.mark.parametrize("name", TURNED)
def test_rotation_is_applied_once(folder: Path, name: str) -> None:
    turn = clips.RECIPES[name].turn
    assert turn is not None
    degrees, across, down = turn
    upright = np.rot90(clips.painted(5), degrees // 90)  # both count counterclockwise
    upright = upright[:, ::-1] if across else upright
    upright = upright[::-1] if down else upright
    clip = Clip(clips.make(name, folder))
    assert (clip.height, clip.width) == upright.shape[:2]
    difference = np.abs(clip.frame(5).astype(int) - upright)
    assert np.median(difference) < 12
    clip.close()


def test_a_slanted_clip_is_shown_as_stored_and_says_so(folder: Path) -> None:
    clip = Clip(clips.make("slanted.mp4", folder))
    assert (clip.width, clip.height) == clips.SIZE
    assert "slant" in clip.warnings[0]
    clip.close()


@pytest.mark.parametrize("name", ["truncated.mp4", "truncated.ts", "zeroed_end.mp4"])
def test_a_broken_tail_is_named_and_the_rest_works(folder: Path, name: str) -> None:
    clip = Clip(clips.make(name, folder))
    assert 20 < clip.frame_count < clips.FRAMES
    last = clip.frame_count - 1
    assert f"cannot be decoded past frame {last}" in clip.warnings[0]
    assert clip.frame(last).any()
    with pytest.raises(MediaTrouble, match=f"no frame {last + 1}"):
        clip.frame(last + 1)
    clip.close()


def test_frames_that_need_pictures_before_the_file_are_left_out(folder: Path) -> None:
    path = clips.make("cut_open_gop.ts", folder)
    truth = [frame_digest(frame) for frame in clips.linear(path)]
    clip = Clip(path)
    assert [clip.frame_hash(i) for i in range(clip.frame_count)] == truth
    assert "left out" in clip.warnings[0]
    clip.close()


def hash_or_none(clip: Clip, index: int) -> str | None:
    try:
        return clip.frame_hash(index)
    except MediaTrouble:
        return None


def test_damage_in_the_middle_leaves_the_rest(folder: Path, tmp_path: Path) -> None:
    whole = clips.make("bframes.mp4", folder)
    with av.open(str(whole)) as container:
        packets = list(container.demux(video=0))
    data = bytearray(whole.read_bytes())
    victim = packets[30]
    data[victim.pos : victim.pos + victim.size] = bytes(victim.size)
    path = tmp_path / "damaged.mp4"
    path.write_bytes(data)
    clip = Clip(path, decoded_budget_bytes=1)
    truth = [frame_digest(frame) for frame in clips.linear(whole)]
    assert clip.frame_count == clips.FRAMES
    good = bad = 0
    for index in (0, 10, 20, *range(24, 48), 48, 59, 5):
        found = hash_or_none(clip, index)
        good += found == truth[index]
        bad += found is None
    assert bad >= 1
    assert good >= 6
    clip.close()


def test_a_header_that_lies_about_the_number_of_frames(folder: Path, tmp_path: Path) -> None:
    data = bytearray(clips.make("mpeg4.avi", folder).read_bytes())
    for chunk, field in ((b"avih", 16), (b"strh", 32)):
        at = data.index(chunk) + 8 + field
        data[at : at + 4] = (5000).to_bytes(4, "little")
    path = tmp_path / "lies.avi"
    path.write_bytes(data)
    clip = Clip(path)
    assert clip.frame_count == clips.FRAMES
    assert clip.frame(clips.FRAMES - 1).any()
    clip.close()


@pytest.mark.parametrize("name", ["bframes.mp4", "transport.ts", "mpeg4.avi", "odd.mkv"])
def test_flipped_bytes_never_escape_as_foreign_errors(
    folder: Path, tmp_path: Path, name: str
) -> None:
    whole = np.frombuffer(clips.make(name, folder).read_bytes(), np.uint8)
    dice = np.random.default_rng(5)
    for round_ in range(10):
        data = whole[: dice.integers(len(whole) // 4, len(whole))].copy()
        if round_ % 2:
            data = whole.copy()
        places = dice.integers(0, len(data), 20)
        data[places] = dice.integers(0, 256, 20)
        path = tmp_path / f"{round_}{name}"
        path.write_bytes(data.tobytes())
        with contextlib.suppress(MediaTrouble):
            clip = Clip(path)
            for index in range(0, clip.frame_count, 7):
                hash_or_none(clip, index)
            clip.close()


def test_colour_matrix_follows_the_file(tmp_path: Path) -> None:
    for height, named, expected in [(64, 1, "709"), (64, None, "601"), (720, None, "709")]:
        path = tmp_path / f"{height}{named}.mp4"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=25, options={"qp": "0"})
            stream.width, stream.height, stream.pix_fmt = 64, height, "yuv444p"
            if named:
                stream.codec_context.colorspace = named
            planes = np.empty((3, height, 64), np.uint8)
            planes[:] = np.array([120, 90, 200], np.uint8)[:, None, None]
            frame = av.VideoFrame.from_ndarray(planes, format="yuv444p")
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        luma, blue, red = 1.164 * (120 - 16), 90 - 128, 200 - 128
        rgb = {
            "601": (luma + 1.596 * red, luma - 0.392 * blue - 0.813 * red, luma + 2.017 * blue),
            "709": (luma + 1.793 * red, luma - 0.213 * blue - 0.533 * red, luma + 2.112 * blue),
        }[expected]
        clip = Clip(path)
        np.testing.assert_allclose(clip.frame(0)[5, 5], rgb, atol=2.5)
        clip.close()


def test_what_is_no_clip_is_told(tmp_path: Path) -> None:
    cases = {"empty.mp4": b"", "text.mp4": b"hello" * 100}
    for name, data in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(MediaTrouble) as caught:
            Clip(tmp_path / name)
        assert name in str(caught.value)
    with pytest.raises(FileTrouble, match="not there"):
        Clip(tmp_path / "none.mp4")
    sound = tmp_path / "sound.mkv"
    with av.open(str(sound), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(MediaTrouble, match="holds no video"):
        Clip(sound)


def test_only_a_header_left(folder: Path, tmp_path: Path) -> None:
    whole = clips.make("front.mp4", folder).read_bytes()
    path = tmp_path / "head.mp4"
    path.write_bytes(whole[: whole.index(b"mdat") + 20])
    with pytest.raises(MediaTrouble, match=r"No frame|cannot be opened"):
        Clip(path)


def test_closed_and_out_of_range(folder: Path) -> None:
    clip = Clip(clips.make("bframes.mp4", folder))
    for index in (-1, clips.FRAMES):
        with pytest.raises(MediaTrouble, match="no frame"):
            clip.frame(index)
        with pytest.raises(MediaTrouble, match="no frame"):
            clip.time_s(index)
    clip.close()
    with pytest.raises(MediaTrouble, match="closed"):
        clip.frame(0)


def test_file_removed_while_open(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "gone.h264"
    path.write_bytes(clips.make("no_timestamps.h264", folder).read_bytes())
    clip = Clip(path, decoded_budget_bytes=1)
    clip.frame(20)
    path.unlink()
    with pytest.raises(FileTrouble, match="is not there"):
        clip.frame(0)
    clip.close()


def test_overshooting_seeks_are_caught(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container that lands too late, or not at all, costs time but never a wrong frame."""
    path = clips.make("open_gop.mp4", folder)
    truth = [frame_digest(frame) for frame in clips.linear(path)]
    real = Decoder._landed

    for shift in (20_000, 100_000, None):

        def late(self: Decoder, ts: int, anchor: object, shift: int | None = shift) -> object:
            return None if shift is None else real(self, ts + shift, anchor)  # type: ignore[arg-type]

        with monkeypatch.context() as patch:
            patch.setattr(Decoder, "_landed", late)
            clip = Clip(path, decoded_budget_bytes=1)
            assert [clip.frame_hash(i) for i in (55, 31, 12, 40, 0)] == [
                truth[i] for i in (55, 31, 12, 40, 0)
            ]
            clip.close()


def test_frames_shown_before_the_keyframe_are_not_believed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decoder that gives out what precedes an open group, wrongly, must not be listened to."""
    path = clips.make("open_gop.mp4", folder)
    truth = [frame_digest(frame) for frame in clips.linear(path)]
    times = [frame.pts for frame in clips.linear(path)]
    real = Decoder.from_anchor

    def eager(self: Decoder, anchors: tuple[Anchor, ...], position: int) -> Iterator[av.VideoFrame]:
        at = times.index(anchors[position].pts)
        for index in range(max(0, at - 3), at):
            wrong = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            wrong.pts = times[index]
            yield wrong
        yield from real(self, anchors, position)

    clip = Clip(path)
    with monkeypatch.context() as patch:
        patch.setattr(Decoder, "from_anchor", eager)
        assert [clip.frame_hash(i) for i in (35, 29, 28, 52, 49)] == [
            truth[i] for i in (35, 29, 28, 52, 49)
        ]
    clip.close()


def test_package_imports_without_pyav() -> None:
    code = (
        "import sys; sys.modules['av'] = None\n"
        "import sam3_annotator.io.video, sam3_annotator.io.images\n"
        "from pathlib import Path\n"
        "try:\n    sam3_annotator.io.video.Clip(Path('x.mp4'))\n"
        "except sam3_annotator.errors.MediaTrouble as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert "pip install av" in done.stdout
