"""``import`` and ``export`` as people type them: what is left out is told, and why."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from sam3_annotator.cli import main

SQUARE = [[5, 5, 15, 5, 15, 15, 5, 15]]


@pytest.fixture
def labels(tmp_path):
    """Writes labels of one picture of 40 x 30 pixels; the picture is there in another place."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    Image.fromarray(np.zeros((30, 40, 3), np.uint8)).save(pictures / "größe 猫.png")

    def write(width=40, height=30):
        path = tmp_path / "labels.json"
        image = {"id": 1, "file_name": "größe 猫.png", "width": width, "height": height}
        one = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": SQUARE, "iscrowd": 0}
        kinds = [{"id": 1, "name": "Katze 猫"}]
        path.write_text(json.dumps({"images": [image], "categories": kinds, "annotations": [one]}))
        return path

    return write


def test_labels_go_in_and_come_out_again_whole(labels, tmp_path, capsys):
    project, first, second = (tmp_path / name for name in ("p.s3a", "one.json", "two.json"))
    assert (
        main(["import", str(project), str(labels()), "--pictures", str(tmp_path / "pictures")]) == 0
    )
    assert main(["export", str(project), "--output", str(first)]) == 0
    assert "equal to the project" in capsys.readouterr().out
    written = json.loads(first.read_text("utf-8"))
    assert written["images"][0]["file_name"] == "pictures/größe 猫.png"
    assert main(["import", str(tmp_path / "q.s3a"), str(first)]) == 0
    assert main(["export", str(tmp_path / "q.s3a"), "--output", str(second)]) == 0
    assert second.read_bytes() == first.read_bytes()


@pytest.mark.parametrize("size", [(30, 40), (80, 60)])
def test_a_picture_of_another_size_is_not_called_missing(labels, tmp_path, capsys, size):
    words = ["import", str(tmp_path / "p.s3a"), str(labels(*size))]
    assert main([*words, "--pictures", str(tmp_path / "pictures")]) == 1
    assert "no file of that name and size was found: größe 猫.png" in capsys.readouterr().err


@pytest.mark.parametrize("tolerance", ["nan", "-3", "x"])
def test_a_tolerance_that_is_no_number_of_pixels_is_wrong_usage(tmp_path, capsys, tolerance):
    words = ["export", str(tmp_path / "p.s3a"), "--output", str(tmp_path / "o.json")]
    assert main([*words, f"--polygons={tolerance}"]) == 2
    assert "number of pixels" in capsys.readouterr().err
