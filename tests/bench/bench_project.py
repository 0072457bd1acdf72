"""How long large projects take to open and to edit (``make bench``)."""

from __future__ import annotations

import sqlite3
import time

import numpy as np
import pytest

from sam3_annotator.domain.commands import AddCategory, AddMedia, SetMask, SwapTracks
from sam3_annotator.workflow.document import Document
from tests.support.projects import clip, picture, square

pytestmark = pytest.mark.bench

PICTURES, PER_PICTURE = 20_000, 10
FRAMES, OBJECTS = 10_000, 50


def _fill(path, objects, annotations):
    """Write rows straight into the file: (id, media, number) and (object, frame)."""
    masks = [square(i, 3) for i in range(40)]
    blobs = [bytes.fromhex(mask.blob_id) for mask in masks]
    raw = sqlite3.connect(path)
    raw.executemany(
        "INSERT INTO blobs VALUES (?, ?)",
        [(blob, mask.to_bytes()) for blob, mask in zip(blobs, masks, strict=True)],
    )
    raw.executemany(
        "INSERT INTO objects VALUES (?, ?, 1, ?, ?, 'click', NULL, 0, 0, 'proposed', '{}')",
        ((key, media, number, number) for key, media, number in objects),
    )
    raw.executemany(
        "INSERT INTO annotations VALUES (?, ?, 2, 0, 0.5, 64, ?, 3, ?, 11, ?, NULL, 1, 0, NULL)",
        (
            (key, frame, (left := (key + frame) % 40), left + 8, blobs[left])
            for key, frame in annotations
        ),
    )
    raw.execute("INSERT INTO sequences VALUES ('objects', 1000000)")
    raw.commit()
    raw.close()


@pytest.fixture(scope="module")
def folder_project(tmp_path_factory):
    """20,000 pictures with 200,000 annotations."""
    path = tmp_path_factory.mktemp("bench") / "pictures.s3a"
    document = Document.create(path, "anna")
    document.do(AddMedia(tuple(picture(f"{i}.jpg") for i in range(PICTURES))))
    document.do(AddCategory("bus"))
    document.close()
    count = PICTURES * PER_PICTURE
    _fill(
        path,
        ((i + 1, i // PER_PICTURE + 1, i % PER_PICTURE + 1) for i in range(count)),
        ((i + 1, 0) for i in range(count)),
    )
    return path


@pytest.fixture(scope="module")
def clip_project(tmp_path_factory):
    """One clip of 10,000 frames with 50 objects on every frame."""
    path = tmp_path_factory.mktemp("bench") / "clip.s3a"
    document = Document.create(path, "anna")
    document.do(AddMedia((clip(FRAMES),)))
    document.do(AddCategory("bus"))
    document.close()
    _fill(
        path,
        ((i + 1, 1, i + 1) for i in range(OBJECTS)),
        ((i + 1, frame) for i in range(OBJECTS) for frame in range(FRAMES)),
    )
    return path


def _open_and_show(path):
    document = Document.open(path, "anna")
    first = next(iter(document.project.media))
    shown = document.project.on_frame(first, 0)
    document.close()
    return shown


def _processor_time():
    """Seconds of this process alone: the limit holds on a machine that others load too."""
    return time.process_time()


def test_open_20000_pictures_with_200000_annotations(benchmark, folder_project):
    start = _processor_time()
    shown = benchmark.pedantic(_open_and_show, (folder_project,), rounds=3)
    assert len(shown) == PER_PICTURE
    assert (_processor_time() - start) / 3 < 2.0


def test_open_10000_frames_of_50_objects(benchmark, clip_project):
    start = _processor_time()
    shown = benchmark.pedantic(_open_and_show, (clip_project,), rounds=3)
    assert len(shown) == OBJECTS
    assert (_processor_time() - start) / 3 < 2.0


def test_edit_one_mask_among_half_a_million(benchmark, clip_project):
    document = Document.open(clip_project, "anna")
    document.project.contents(1)
    frames = iter(np.random.default_rng(1).permutation(FRAMES).tolist())
    edit = lambda: document.do(SetMask(7, next(frames), square(5, 5)))  # noqa: E731
    start = _processor_time()
    benchmark.pedantic(edit, rounds=50)
    assert (_processor_time() - start) / 50 < 0.05
    document.jump_to(2)
    document.close()


def test_swap_5000_frames_of_two_objects(benchmark, clip_project):
    document = Document.open(clip_project, "anna")
    document.project.contents(1)
    swap = lambda: document.do(SwapTracks(3, 4, 5000, FRAMES))  # noqa: E731
    benchmark.pedantic(swap, rounds=4)
    document.jump_to(2)
    document.close()


def test_walk_the_whole_folder_as_an_export_does(benchmark, folder_project):
    document = Document.open(folder_project, "anna")
    count = benchmark.pedantic(
        lambda: sum(len(contents.objects) for _, contents in document.project.walk()), rounds=2
    )
    assert count == PICTURES * PER_PICTURE
    document.close()
