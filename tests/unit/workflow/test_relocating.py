from __future__ import annotations

from functools import partial

import pytest
from PIL import Image

from sam3_annotator.domain.commands import AddMedia
from sam3_annotator.domain.media_paths import stored_path
from sam3_annotator.errors import Rejected
from sam3_annotator.io.opening import gather
from sam3_annotator.workflow.document import Document
from sam3_annotator.workflow.relocating import missing_media, relocate


def quiet(_done, _total, _text):
    pass


def test_moved_and_renamed_pictures_are_found_again(tmp_path):
    for index in range(3):
        Image.new("RGB", (9 + index, 5), (index, 2, 3)).save(tmp_path / f"{index}.png")
    document = Document.create(tmp_path / "p.s3a", "anna")
    document.do(AddMedia(gather([tmp_path], partial(stored_path, folder=tmp_path), quiet).items))
    first, second, third = document.project.media
    with pytest.raises(Rejected, match="where it should be"):
        relocate(document, tmp_path, quiet)
    there = tmp_path / "elsewhere"
    there.mkdir()
    (tmp_path / "0.png").rename(there / "renamed.png")
    (tmp_path / "1.png").unlink()
    assert set(missing_media(document)) == {first, second}
    outcome = relocate(document, there, quiet)
    assert outcome.skipped == 1
    assert document.media_path(first) == there / "renamed.png"
    assert document.project.media[first].path == "elsewhere/renamed.png"
    assert document.project.media[third].path == "2.png"
    with pytest.raises(Rejected, match="None of the 1 missing"):
        relocate(document, there, quiet)
    document.undo()
    assert document.project.media[first].path == "0.png"
    document.close()
