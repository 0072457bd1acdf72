"""Pictures as clips, frames kept and read ahead, and shot cuts."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import FileTrouble, MediaTrouble
from sam3_annotator.io.frame_cache import FrameCache
from sam3_annotator.io.sequences import PictureSequence, folder_as_clip, stack_as_clip
from sam3_annotator.io.shots import find_cuts
from sam3_annotator.io.video import Clip
from tests.support import clips

if TYPE_CHECKING:
    from pathlib import Path


class Frames:
    """A source in memory that counts what is asked of it and can be held up."""

    kind = MediaKind.CLIP
    warnings = ()

    def __init__(self, frames: list[np.ndarray]) -> None:
        self.frames = frames
        self.height, self.width = frames[0].shape[:2]
        self.frame_count = len(frames)
        self.asked: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.broken: set[int] = set()

    def frame(self, index: int) -> np.ndarray:
        self.gate.wait(10)
        self.asked.append(index)
        if index in self.broken:
            raise MediaTrouble(f"frame {index} is broken")
        return self.frames[index]

    def time_s(self, index: int) -> float:
        return index / 25

    def content_hash(self) -> str:
        return "0" * 64

    def close(self) -> None:
        pass


def numbered(count: int = 40) -> Frames:
    return Frames([np.full((10, 10, 3), i, np.uint8) for i in range(count)])


def test_folder_as_clip_in_natural_order(tmp_path: Path) -> None:
    for index in range(12):
        Image.fromarray(np.full((6, 8, 3), index * 10, np.uint8)).save(tmp_path / f"f{index}.png")
    clip = folder_as_clip(tmp_path, rate=(30, 1))
    assert (clip.width, clip.height, clip.frame_count, clip.kind) == (8, 6, 12, MediaKind.CLIP)
    assert [int(clip.frame(i)[0, 0, 0]) for i in range(12)] == [i * 10 for i in range(12)]
    assert clip.time_s(3) == pytest.approx(0.1)
    assert (clip.pts(3), clip.time_base) == (3, (1, 30))
    assert clip.frame_hash(1) != clip.frame_hash(2)
    before = clip.content_hash()
    Image.fromarray(np.full((6, 8, 3), 9, np.uint8)).save(tmp_path / "f5.png")
    assert clip.content_hash() != before
    (tmp_path / "f7.png").unlink()
    with pytest.raises(FileTrouble, match=r"f7\.png"):
        clip.frame(7)
    with pytest.raises(MediaTrouble, match="no frame 12"):
        clip.frame(12)
    clip.close()
    with pytest.raises(MediaTrouble, match="closed"):
        clip.frame(0)


def test_sizes_must_agree(tmp_path: Path) -> None:
    for index, width in enumerate([8, 8, 9, 8, 8]):
        Image.fromarray(np.zeros((6, width, 3), np.uint8)).save(tmp_path / f"{index}.png")
    with pytest.raises(MediaTrouble, match=r"Frame 2 .* 9 x 6"):
        folder_as_clip(tmp_path)
    late = PictureSequence([(tmp_path / f"{i}.png", 0) for i in (0, 2, 1, 3)])
    with pytest.raises(MediaTrouble, match="Frame 1"):
        late.frame(1)
    with pytest.raises(MediaTrouble, match="no pictures"):
        folder_as_clip(tmp_path.parent)


def test_a_stack_of_deep_pages_does_not_flicker(tmp_path: Path) -> None:
    ramp = np.arange(100, dtype=np.uint16).reshape(10, 10)
    pages = [Image.fromarray(ramp + 1000 * (1 + i)) for i in range(5)]
    pages[0].save(tmp_path / "s.tif", save_all=True, append_images=pages[1:])
    clip = stack_as_clip(tmp_path / "s.tif")
    levels = [int(clip.frame(i)[5, 5, 0]) for i in range(clip.frame_count)]
    assert clip.frame_count == 5
    assert all(b - a > 40 for a, b in pairwise(levels))
    assert [int(clip.frame(i)[5, 5, 0]) for i in (4, 0, 3)] == [levels[i] for i in (4, 0, 3)]
    clip.close()
    with pytest.raises(MediaTrouble, match="closed"):
        clip.frame(0)


def test_a_stack_of_turned_colour_pages(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    stored = np.zeros((8, 6, 3), np.uint8)
    pages = []
    for index in range(4):
        page = stored.copy()
        page[0, 0] = (60 * index, 255, 0)
        pages.append(Image.fromarray(page))
    pages[0].save(tmp_path / "s.tif", save_all=True, append_images=pages[1:], exif=exif)
    clip = stack_as_clip(tmp_path / "s.tif")
    for index in (3, 0, 2, 2, 1):
        single = PictureSequence([(tmp_path / "s.tif", index)]).frame(0)
        np.testing.assert_array_equal(clip.frame(index), single)
        assert (clip.frame(index) == (60 * index, 255, 0)).all(axis=2).sum() == 1
    clip.close()


def test_cache_returns_frames_and_stays_within_budget() -> None:
    source = numbered()
    cache = FrameCache(source, budget_bytes=300 * 6, ahead=0)
    for index in [0, 1, 2, 3, 4, 5, 6, 7, 6, 5]:
        assert cache.get(index)[0, 0, 0] == index
        assert cache.bytes_held <= 300 * 6
    assert source.asked == [0, 1, 2, 3, 4, 5, 6, 7]
    assert cache.peek(0) is None
    assert cache.peek(7) is not None
    cache.close()
    cache.close()
    with pytest.raises(MediaTrouble, match="closed"):
        cache.get(0)


def test_one_frame_larger_than_the_budget_still_comes() -> None:
    cache = FrameCache(numbered(), budget_bytes=10)
    assert cache.get(3)[0, 0, 0] == 3
    assert cache.get(4)[0, 0, 0] == 4
    assert cache.bytes_held == 300
    cache.close()


def test_reads_ahead_in_the_direction_of_play_on_one_thread() -> None:
    source = numbered()
    seen: list[int] = []
    cache = FrameCache(source, budget_bytes=300 * 20, ahead=5, on_cached=seen.append)
    cache.get(10)
    assert cache.wait_ahead(10)
    assert [cache.peek(i) is not None for i in range(9, 17)] == [
        False, True, True, True, True, True, True, False,
    ]  # fmt: skip
    cache.get(9)
    assert cache.wait_ahead(10)
    assert all(cache.peek(i) is not None for i in range(4, 9))
    cache.get(39)
    assert cache.wait_ahead(10)
    assert len([t for t in threading.enumerate() if t.name == "frames"]) == 1
    cache.close()
    assert not [t for t in threading.enumerate() if t.name == "frames"]
    assert len(source.asked) == len(set(source.asked)), "no frame decoded twice"
    assert set(seen) >= set(range(11, 16))


def test_a_frame_being_read_ahead_is_awaited_not_decoded_twice() -> None:
    source = numbered()
    cache = FrameCache(source, ahead=1)
    cache.get(0)
    assert cache.wait_ahead(10)
    source.gate.clear()
    cache.get(1)  # held; now 2 is being read ahead and stands still
    waiter = threading.Thread(target=cache.get, args=(2,))
    waiter.start()
    source.gate.set()
    waiter.join(10)
    assert cache.wait_ahead(10)
    assert source.asked.count(2) == 1
    cache.close()


def test_a_broken_frame_ahead_is_told_only_to_who_asks() -> None:
    source = numbered()
    source.broken = {3}
    cache = FrameCache(source, ahead=8)
    cache.get(1)
    assert cache.wait_ahead(10)
    assert cache.get(2)[0, 0, 0] == 2
    with pytest.raises(MediaTrouble, match="frame 3"):
        cache.get(3)
    assert cache.get(4)[0, 0, 0] == 4
    assert cache.wait_ahead(10)
    cache.close()


def test_close_while_reading_ahead() -> None:
    source = numbered()
    cache = FrameCache(source, ahead=20)
    cache.get(0)
    cache.close()
    assert not [t for t in threading.enumerate() if t.name == "frames"]
    assert cache.bytes_held == 0


def test_cache_over_a_real_clip_both_ways(tmp_path: Path) -> None:
    clip = Clip(clips.make("bframes.mp4", tmp_path))
    truth = [clip.frame(i).copy() for i in range(clip.frame_count)]
    cache = FrameCache(clip, ahead=6, budget_bytes=10 * truth[0].nbytes)
    for index in [*range(clip.frame_count), *reversed(range(clip.frame_count))]:
        np.testing.assert_array_equal(cache.get(index), truth[index])
    cache.close()
    clip.close()


def shot(seed: int, count: int, speed: int = 2) -> list[np.ndarray]:
    """A camera moving over a random coloured scene."""
    random = np.random.default_rng(seed)
    blocks = random.integers(0, 256, (12, 30, 3), dtype=np.uint8)
    tint = random.integers(60, 256, 3) / 255
    wide = (blocks.repeat(8, 0).repeat(8, 1) * tint).astype(np.uint8)
    return [wide[:, i * speed : i * speed + 100].copy() for i in range(count)]


def test_cuts_are_found_where_the_scene_changes() -> None:
    source = Frames(shot(1, 20) + shot(2, 15) + shot(3, 25))
    progress: list[int] = []
    assert find_cuts(source, on_progress=progress.append) == (20, 35)
    assert progress[-1] == 60


def test_motion_flashes_and_fades_are_no_cuts() -> None:
    assert find_cuts(Frames(shot(4, 30, speed=4))) == ()
    flash = shot(5, 30)
    flash[12] = np.full_like(flash[12], 255)
    assert find_cuts(Frames(flash)) == ()
    fade = [(f * (1 - i / 30)).astype(np.uint8) for i, f in enumerate(shot(6, 30))]
    assert find_cuts(Frames(fade)) == ()
    assert find_cuts(Frames(shot(7, 1))) == ()


def test_finding_cuts_can_be_cancelled() -> None:
    source = Frames(shot(1, 20) + shot(2, 20))
    assert find_cuts(source, is_cancelled=lambda: len(source.asked) >= 30) == (20,)
    assert len(source.asked) == 30
