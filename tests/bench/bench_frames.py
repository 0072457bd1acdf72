"""How long frames take: ``pytest -m bench tests/bench/bench_frames.py``."""

from __future__ import annotations

import time
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from sam3_annotator.io.coco import export_coco
from sam3_annotator.io.coco_import import import_coco
from sam3_annotator.io.exchange import ExportOptions
from sam3_annotator.io.frame_cache import FrameCache
from sam3_annotator.io.shots import find_cuts
from sam3_annotator.io.thumbnails import Thumbnails
from sam3_annotator.io.video import Clip
from tests.support.labels import many_pictures

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.bench

WIDTH, HEIGHT, FRAMES, GROUP = 1920, 1080, 120, 60


@pytest.fixture(scope="module")
def clip_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1080p, H.264 with B-frames, a keyframe every 60 frames, blocks that move."""
    path = tmp_path_factory.mktemp("clips") / "large.mp4"
    blocks = np.random.default_rng(1).integers(0, 255, (30, 80, 3), dtype=np.uint8)
    scene = blocks.repeat(36, 0).repeat(36, 1)
    options = {"x264-params": f"keyint={GROUP}:scenecut=0:bframes=3", "preset": "veryfast"}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index in range(FRAMES):
            pixels = np.ascontiguousarray(scene[:HEIGHT, index * 7 : index * 7 + WIDTH])
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def clip(clip_path: Path):
    source = Clip(clip_path)
    yield source
    source.close()


def test_open_a_clip(benchmark, clip_path: Path) -> None:
    benchmark.pedantic(lambda: Clip(clip_path).close(), rounds=5)


def test_next_frame(benchmark, clip: Clip) -> None:
    numbers = count()
    benchmark.pedantic(lambda: clip.frame(next(numbers)), rounds=FRAMES - 1)
    assert benchmark.stats.stats.median < 1 / 30, "slower than the clip plays"


def test_held_frame(benchmark, clip: Clip) -> None:
    cache = FrameCache(clip, ahead=0)
    cache.get(40)
    benchmark(lambda: cache.get(40))
    assert benchmark.stats.stats.median < 0.015
    cache.close()


def test_far_frame_costs_at_most_its_group(benchmark, clip_path: Path) -> None:
    clip = Clip(clip_path, decoded_budget_bytes=1)
    start = time.process_time()
    for index in range(GROUP):
        clip.frame_hash(index)
    group_s = time.process_time() - start
    dice = np.random.default_rng(2)
    start = time.process_time()
    benchmark.pedantic(lambda: clip.frame(int(dice.integers(FRAMES))), rounds=20)
    assert (time.process_time() - start) / 20 < group_s
    clip.close()


def test_step_back_inside_a_group(benchmark, clip: Clip) -> None:
    clip.frame(GROUP - 1)
    numbers = count(1)
    benchmark.pedantic(lambda: clip.frame(GROUP - 1 - next(numbers)), rounds=20)
    assert benchmark.stats.stats.median < 0.015


def test_find_cuts(benchmark, clip: Clip) -> None:
    assert benchmark.pedantic(lambda: find_cuts(clip), rounds=2) == ()


def test_memory_stays_within_the_budgets(clip: Clip) -> None:
    cache = FrameCache(clip, budget_bytes=64 << 20, ahead=4)
    for index in range(FRAMES):
        cache.get(index)
        assert cache.bytes_held <= 64 << 20
    cache.close()


def test_thumbnail_of_a_photo(benchmark, tmp_path: Path) -> None:
    from PIL import Image  # noqa: PLC0415 - only here

    pixels = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    Image.fromarray(pixels.repeat(10, 0).repeat(10, 1)).save(tmp_path / "a.jpg")
    folders = count()
    benchmark.pedantic(
        lambda: Thumbnails(tmp_path / str(next(folders))).get(tmp_path / "a.jpg"), rounds=10
    )


def test_export_5000_masks_as_coco(benchmark, tmp_path: Path) -> None:
    labels = many_pictures(500, 10)
    benchmark.pedantic(
        lambda: export_coco(labels, tmp_path / "out.json", ExportOptions()), rounds=2
    )


def test_import_5000_masks_from_coco(benchmark, tmp_path: Path) -> None:
    export_coco(many_pictures(500, 10), tmp_path / "out.json", ExportOptions())
    benchmark.pedantic(lambda: import_coco([tmp_path / "out.json"]), rounds=2)
