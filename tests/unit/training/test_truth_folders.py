"""Folders of pictures with truth are told apart by what their files hold, not by their names."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.training.truth_folders import picture_samples

SQUARE = [[2, 2], [22, 2], [22, 22], [2, 22]]
RING = [2, 2, 22, 2, 22, 22, 2, 22]
COCO = {
    "images": [{"id": 1, "file_name": "cat.jpg", "width": 40, "height": 30}],
    "categories": [{"id": 1, "name": "cat"}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 1, "iscrowd": 0, "segmentation": [RING]}
    ],
}
LABELME = {"shapes": [{"label": "cat", "points": SQUARE, "shape_type": "polygon"}]}


@pytest.fixture
def folder(tmp_path):
    Image.fromarray(np.zeros((30, 40, 3), np.uint8)).save(tmp_path / "cat.jpg")
    return tmp_path


@pytest.mark.parametrize("document", [COCO, LABELME], ids=["coco", "labelme"])
def test_a_file_beside_the_picture_of_its_name_is_what_it_holds(folder, capsys, document):
    (folder / "cat.json").write_text(json.dumps(document))
    (sample,) = picture_samples(folder)
    assert sample.name == "cat.jpg"
    assert sample.masks[0].sum() == 400
    assert not capsys.readouterr().out, "the report in JSON is all that goes there"


def test_other_files_in_a_folder_of_labelme_are_passed_over(folder):
    (folder / "cat.json").write_text(json.dumps(LABELME))
    (folder / "a.json").write_text("[1, 2]")
    assert len(list(picture_samples(folder))) == 1


@pytest.mark.parametrize("text", ['{"shapes": [1]}', '{"shapes": [{"label": "a"}]}', "junk"])
def test_a_damaged_file_is_told_by_name(folder, text):
    (folder / "cat.json").write_text(text)
    with pytest.raises(ExchangeTrouble, match=r"cat\.json"):
        list(picture_samples(folder))
