"""The command against a stand-in for the Python door: what it asks, and what it writes."""

from __future__ import annotations

import json
import sys
import types

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask

from sam3_annotator import paths
from sam3_annotator.cli import main
from sam3_annotator.domain.mask import Mask

HEIGHT, WIDTH = 40, 60


def _square(left, top, side=10):
    pixels = np.zeros((HEIGHT, WIDTH), bool)
    pixels[top : top + side, left : left + side] = True
    return Mask.from_array(pixels)


class _Predictor:
    """Answers every request with squares, and notes what was asked."""

    asked: list

    @classmethod
    def load(cls, *arguments):
        cls.asked = [("load", *arguments)]
        return cls()

    def encode(self, image):
        self.asked.append(("encode", image.shape))
        return "encoded"

    def segment(self, encoded, **prompt):
        self.asked.append(("segment", prompt))
        masks = (_square(5, 5), _square(6, 6), _square(7, 7))
        return types.SimpleNamespace(masks=masks, scores=np.array([0.9, 0.5, 0.4], np.float32))

    def detect(self, encoded, **prompt):
        self.asked.append(("detect", prompt))
        return types.SimpleNamespace(
            masks=(_square(20, 10), _square(40, 20)), scores=np.array([0.8, 0.7], np.float32)
        )


@pytest.fixture
def picture(tmp_path, monkeypatch):
    api = types.ModuleType("sam3_annotator.api")
    api.Predictor = _Predictor
    monkeypatch.setitem(sys.modules, "sam3_annotator.api", api)
    path = tmp_path / "photo.png"
    Image.new("RGB", (WIDTH, HEIGHT)).save(path)
    return path


def _coco(capsys):
    return json.loads(capsys.readouterr().out)


def test_clicks_and_box_become_one_object(picture, capsys):
    words = ["--click", "7,8", "--not-click", "1.5,2", "--box", "4,4,16,16", "--category", "cat"]
    assert main(["predict", str(picture), *words]) == 0
    assert _Predictor.asked[1] == ("encode", (HEIGHT, WIDTH, 3))
    assert _Predictor.asked[2] == (
        "segment",
        {"points": [(7, 8), (1.5, 2)], "labels": [1, 0], "box": (4, 4, 16, 16)},
    )
    document = _coco(capsys)
    assert document["images"] == [
        {"id": 1, "file_name": "photo.png", "height": HEIGHT, "width": WIDTH}
    ]
    assert document["categories"] == [{"id": 1, "name": "cat"}]
    (annotation,) = document["annotations"]
    assert (annotation["bbox"], annotation["area"]) == ([5, 5, 10, 10], 100)
    decoded = coco_mask.decode(annotation["segmentation"])
    assert np.array_equal(decoded.astype(bool), _square(5, 5).to_array(HEIGHT, WIDTH))


def test_each_phrase_is_a_category(picture, capsys):
    assert main(["predict", str(picture), "--text", "cup", "--text", "red apple"]) == 0
    document = _coco(capsys)
    assert [category["name"] for category in document["categories"]] == ["cup", "red apple"]
    assert [annotation["category_id"] for annotation in document["annotations"]] == [1, 1, 2, 2]
    assert [annotation["id"] for annotation in document["annotations"]] == [1, 2, 3, 4]


def test_exemplars_go_with_labels(picture, capsys):
    words = ["--like", "1,2,3,4", "--unlike", "5,6,7,8", "--min-score", "0.3"]
    assert main(["predict", str(picture), *words]) == 0
    assert _Predictor.asked[2] == (
        "detect",
        {
            "text": "",
            "boxes": [(1, 2, 3, 4), (5, 6, 7, 8)],
            "box_labels": [1, 0],
            "min_score": 0.3,
        },
    )
    assert _coco(capsys)["categories"][0]["name"] == "like the exemplars"


def test_all_candidates_of_a_click_on_request(picture, capsys):
    assert main(["predict", str(picture), "--click", "7,8", "--candidates"]) == 0
    assert [a["score"] for a in _coco(capsys)["annotations"]] == [0.9, 0.5, 0.4]


def test_choices_are_handed_on_and_the_file_is_written(picture, tmp_path, capsys):
    target = tmp_path / "out.json"
    words = ["--weights", "w.pt", "--device", "cpu", "--dtype", "fp32", "--output", str(target)]
    assert main(["predict", str(picture), "--click", "1,1", *words]) == 0
    assert _Predictor.asked[0] == ("load", "w.pt", "cpu", "fp32")
    assert len(json.loads(target.read_text())["annotations"]) == 1
    assert "1 objects" in capsys.readouterr().out


def test_nothing_to_find_is_told(picture, capsys):
    assert main(["predict", str(picture)]) == 1
    assert "Say what to find" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["--click", "1"], ["--box", "1,2,3"], ["--click", "a,b"], ["--click", "nan,1"]]
)
def test_coordinates_that_are_none_are_wrong_usage(picture, words, capsys):
    assert main(["predict", str(picture), *words]) == 2
    assert "joined by commas" in capsys.readouterr().err


def test_missing_picture_is_told(picture, tmp_path, capsys):
    assert main(["predict", str(tmp_path / "gone.png"), "--click", "1,1"]) == 1
    assert "gone.png" in capsys.readouterr().err


@pytest.mark.slow
def test_a_click_on_a_real_picture_with_the_bundled_model(tmp_path):
    picture = paths.resource("sample/pictures/cat.jpg")
    target = tmp_path / "cat.json"
    with Image.open(picture) as image:
        width, height = image.size
    words = ["--click", f"{width / 2},{height / 2}", "--device", "cpu", "--output", str(target)]
    assert main(["predict", str(picture), *words, "--category", "cat"]) == 0
    (annotation,) = json.loads(target.read_text())["annotations"]
    pixels = coco_mask.decode(annotation["segmentation"])
    assert pixels.shape == (height, width)
    assert pixels[height // 2, width // 2] == 1
    assert 0.01 < annotation["area"] / (width * height) < 0.95
    assert annotation["area"] == pixels.sum()
