"""Paths become media: pictures, pages, clips, folders; batches soon; moved files by content."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PIL import Image

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.domain.ids import MediaId
from sam3_annotator.errors import FileTrouble, MediaTrouble
from sam3_annotator.io.errands import ErrandStopped
from sam3_annotator.io.opening import (
    FIRST_BATCH,
    find_moved,
    gather,
    gather_clip,
    open_media,
)


def silent(_done, _total, _text=""):
    """Hears every report."""


def name_of(path):
    return path.name


def save(path, value, size=(20, 12)):
    Image.fromarray(np.full((size[1], size[0], 3), value, np.uint8)).save(path)
    return path


@pytest.fixture
def folder(tmp_path):
    for number in range(12):
        save(tmp_path / f"p{number}.png", 10 * number)
    (tmp_path / "notes.txt").write_text("not a picture")
    return tmp_path


def test_a_folder_stands_for_its_pictures(folder):
    found = gather([folder], name_of, silent)
    assert [row.path for row in found.items] == [f"p{number}.png" for number in range(12)]
    assert {(row.width, row.height, row.kind) for row in found.items} == {(20, 12, MediaKind.IMAGE)}
    assert len({row.content_hash for row in found.items}) == 12
    assert found.troubles == ()


def test_the_first_rows_are_handed_over_soon_and_all_in_the_end(folder):
    batches = []
    found = gather([folder], name_of, silent, batches.append)
    assert len(batches[0]) == FIRST_BATCH
    assert tuple(row for batch in batches for row in batch) == found.items


def test_what_cannot_be_used_is_told_and_skipped(folder):
    (folder / "empty.png").write_bytes(b"")
    paths = [folder / "p1.png", folder / "empty.png", folder / "gone.png", folder / "notes.txt"]
    found = gather(paths, name_of, silent)
    assert [row.path for row in found.items] == ["p1.png"]
    assert len(found.troubles) == 3
    assert all(name in " ".join(found.troubles) for name in ("empty", "gone", "notes"))


def test_gathering_can_be_stopped(folder):
    def stop(done, _total, _text=""):
        if done == 3:
            raise ErrandStopped("enough")

    with pytest.raises(ErrandStopped):
        gather([folder], name_of, stop)


def test_a_folder_of_pictures_can_be_one_clip(folder):
    (row,) = gather_clip(folder, lambda _: "frames").items
    assert (row.kind, row.frame_count, row.path) == (MediaKind.CLIP, 12, "frames")
    source = open_media(folder, MediaKind.CLIP)
    assert source.frame(3)[0, 0, 0] == 30
    source.close()


def test_a_stack_is_pictures_or_a_clip(tmp_path):
    pages = [Image.fromarray(np.full((9, 11, 3), value, np.uint8)) for value in (1, 2, 3)]
    path = tmp_path / "stack.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    assert [row.page for row in gather([path], name_of, silent).items] == [0, 1, 2]
    source = open_media(path, MediaKind.CLIP)
    assert source.frame_count == 3
    source.close()
    page = open_media(path, MediaKind.IMAGE, 2)
    assert page.frame(0)[0, 0, 0] == 3
    page.close()


def test_opening_what_is_not_there_says_so(tmp_path):
    with pytest.raises((FileTrouble, MediaTrouble)):
        open_media(tmp_path / "gone.png", MediaKind.IMAGE)


def test_moved_files_are_found_by_content(folder, tmp_path):
    rows = gather([folder], name_of, silent).items
    deep = tmp_path / "new" / "deep"
    deep.mkdir(parents=True)
    shutil.move(folder / "p3.png", deep / "called otherwise.png")
    wanted = {MediaId(1): rows[3].content_hash, MediaId(2): "0" * 64}
    found = find_moved(wanted, tmp_path / "new", silent)
    assert found == ((MediaId(1), deep / "called otherwise.png"),)


def test_the_search_ends_when_everything_is_found(folder):
    rows = gather([folder], name_of, silent).items
    asked = []
    found = find_moved(
        {MediaId(1): rows[0].content_hash}, folder, lambda done, *_: asked.append(done)
    )
    assert len(found) == 1
    assert asked == [0]


def test_unreadable_files_do_not_stop_the_search(folder, monkeypatch):
    rows = gather([folder], name_of, silent).items

    def broken(path):
        if path.name == "p0.png":
            raise FileTrouble("unreadable")
        return rows[1].content_hash

    monkeypatch.setattr("sam3_annotator.io.opening.hash_file", broken)
    found = find_moved({MediaId(1): rows[1].content_hash}, folder, silent)
    assert found[0][1].name == "p1.png"


def test_a_folder_that_is_a_clip_is_found_under_another_name(folder, tmp_path):
    place = tmp_path / "frames"
    place.mkdir()
    for path in sorted(folder.glob("p*.png")):
        shutil.move(path, place)
    (row,) = gather_clip(place, name_of).items
    elsewhere = tmp_path / "new" / "called otherwise"
    shutil.copytree(place, elsewhere)
    found = find_moved({MediaId(1): row.content_hash}, tmp_path / "new", silent)
    assert found == ((MediaId(1), elsewhere),)
    (elsewhere / "p0.png").unlink()
    assert find_moved({MediaId(1): row.content_hash}, tmp_path / "new", silent) == ()


def test_nobody_is_made_to_open_a_huge_picture(folder, monkeypatch):
    monkeypatch.setattr("sam3_annotator.io.pixels.PIXEL_LIMIT", 20)
    found = gather([folder], name_of, silent)
    assert (found.items, found.troubles) == ((), ())
    assert [path.name for path in found.huge] == [f"p{number}.png" for number in range(12)]
    assert len(gather([folder], name_of, silent, allow_huge=True).items) == 12
