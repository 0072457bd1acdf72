"""Files to be imported tell by themselves which format they are in."""

from __future__ import annotations

import json

import pytest

from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.cut_cache import CutCache
from sam3_annotator.io.recognising import format_of


def written(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_every_format_is_recognised(tmp_path):
    coco = written(tmp_path, "a.json", {"images": [{"id": 1}], "videos": [{"id": 1}]})
    video = written(tmp_path, "b.json", {"videos": [{"id": 1}], "annotations": []})
    text = written(tmp_path, "c.txt", "0 1 1 4 4 xx")
    written(tmp_path, "mots/instances_txt/clip.txt", "")
    written(tmp_path, "texts/clip.txt", "")
    written(tmp_path, "davis/Annotations/clip/00000.png", "")
    assert [format_of([p]) for p in (coco, video, text)] == ["coco", "coco-video", "mots"]
    folders = [tmp_path / name for name in ("mots", "texts", "davis")]
    assert [format_of([p]) for p in folders] == ["mots", "mots", "davis"]


def test_other_files_are_refused(tmp_path):
    with pytest.raises(ExchangeTrouble, match="no format"):
        format_of([written(tmp_path, "a.xml", "")])
    with pytest.raises(ExchangeTrouble, match="No file"):
        format_of([])


def test_cuts_are_kept_by_content_and_damage_is_no_harm(tmp_path):
    cache = CutCache(tmp_path / "cuts")
    assert cache.get("aa") is None
    cache.put("aa", (5, 90))
    cache.put("bb", ())
    assert CutCache(tmp_path / "cuts").get("aa") == (5, 90)
    assert cache.get("bb") == ()
    for damage in ("", "[1]", '{"version": 0, "cuts": [1]}', '{"cuts": 3}'):
        (tmp_path / "cuts" / "aa.json").write_text(damage)
        assert cache.get("aa") is None


@pytest.mark.logs("could not be kept")
def test_a_cache_that_cannot_be_written_is_no_harm(tmp_path):
    (tmp_path / "cuts").write_text("a file, not a folder")
    CutCache(tmp_path / "cuts").put("aa", (5,))
