"""``train`` and ``eval``: what goes in, what comes out, what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from PIL import Image

from sam3_annotator.cli.program import main
from sam3_annotator.model.build_tracker import Sam2ImageModel
from sam3_annotator.model.tracker_config import SMALL_HEADS, SMALL_HIERA
from sam3_annotator.training import evaluate, stages


def test_a_configuration_that_cannot_be_read_is_told(tmp_path, capsys):
    assert main(["train", str(tmp_path / "absent.json")]) == 1
    assert "absent.json cannot be read" in capsys.readouterr().err
    (tmp_path / "odd.json").write_text('{"stage": "tracker"}')
    assert main(["train", str(tmp_path / "odd.json")]) == 1
    assert "odd.json: material: Field required" in capsys.readouterr().err


def test_a_device_that_is_not_there_is_told_before_anything_is_made(tmp_path, capsys):
    entries = {
        "stage": "tracker",
        "material": "m",
        "cache": "c",
        "folder": "f",
        "device": "cuda:99",
    }
    path = tmp_path / "run.json"
    path.write_text(json.dumps({**entries, "training": {"steps": 1}}))
    assert main(["train", str(path)]) == 1
    assert "cuda:99 cannot be used" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]


def test_what_was_written_is_printed_and_progress_is_not_mixed_with_it(
    tmp_path, capsys, monkeypatch
):
    def run(config, say):
        say("step 1/1")
        return config.folder / "out.safetensors"

    monkeypatch.setattr(stages, "run", run)
    entries = {"stage": "tracker", "material": "m", "cache": "c", "folder": "f"}
    path = tmp_path / "run.json"
    path.write_text(json.dumps({**entries, "training": {"steps": 1}}))
    assert main(["train", str(path)]) == 0
    told = capsys.readouterr()
    assert told.out == f"{tmp_path / 'f' / 'out.safetensors'}\n"
    assert told.err == "step 1/1\n"


def test_eval_wants_something_to_measure(tmp_path, capsys):
    assert main(["eval", "--output", str(tmp_path / "out")]) == 1
    assert "nothing to measure" in capsys.readouterr().err


@pytest.mark.parametrize("as_json", [False, True])
def test_eval_measures_own_pictures(tmp_path, capsys, monkeypatch, as_json):
    torch.manual_seed(0)
    model = evaluate.Model(Sam2ImageModel(SMALL_HIERA, SMALL_HEADS).eval())
    monkeypatch.setattr(evaluate, "open_model", lambda *_: model)
    Image.fromarray(np.full((64, 64, 3), 90, np.uint8)).save(tmp_path / "a.jpg")
    shape = {"label": "cup", "points": [[10, 20], [30, 20], [30, 40], [10, 40]]}
    (tmp_path / "a.json").write_text(json.dumps({"shapes": [shape]}))
    words = ["eval", "--pictures", str(tmp_path), "--output", str(tmp_path / "out"), "--side", "64"]
    assert main([*words, *(["--json"] if as_json else [])]) == 0
    out = capsys.readouterr().out
    assert json.loads(out)["clicks"]["things"] == 1 if as_json else "things 1" in out
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["clicks.png", "report.json"]
