"""``sam3-annotator bench`` prints one table, and loads neither Qt nor a video decoder."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from sam3_annotator.cli import main
from sam3_annotator.inference import predictor, speed
from tests.support.tiny_models import tiny_sam2

pytestmark = pytest.mark.slow


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(predictor, "open_backend", lambda *_: tiny_sam2())
    monkeypatch.setattr(speed, "HEIGHT", 54)
    monkeypatch.setattr(speed, "WIDTH", 96)


@pytest.mark.usefixtures("tiny")
def test_a_table_to_copy(capsys):
    assert main(["bench", "--objects", "2", "--rounds", "1", "--seconds", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "tiny SAM 2" in lines[0]
    assert "cores" in lines[1]
    assert "load" in lines[1]
    assert "torch" in lines[1]
    assert "peak memory" in lines[2]
    rows = [line for line in lines if line.startswith("| ")]
    assert {line.count("|") for line in rows} == {7}
    assert any("a clip's frame, 2 objects" in row and "frames per second" in row for row in rows)


@pytest.mark.usefixtures("tiny")
def test_json(capsys):
    words = ["bench", "--json", "--objects", "1", "--rounds", "2", "--seconds", "2"]
    assert main(words) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["model"] == "tiny SAM 2"
    assert page["peak_bytes"] > 0
    assert {"name", "wall_s", "best_processor_s", "rounds"} <= set(page["rows"][0])


@pytest.mark.usefixtures("tiny")
def test_sizes_of_batches_are_compared(capsys):
    words = ["bench", "--json", "--objects", "2", "--batch", "1,2", "--rounds", "1"]
    assert main([*words, "--seconds", "2"]) == 0
    names = [row["name"] for row in json.loads(capsys.readouterr().out)["rows"]]
    assert "follow 2 objects, batches of 1, frame encoded" in names
    assert "follow 2 objects, batches of 2, frame encoded" in names


@pytest.mark.parametrize("wrong", ["1,x", "0", "-3"])
def test_wrong_numbers_of_objects(wrong, capsys):
    assert main(["bench", f"--objects={wrong}"]) == 2
    assert "1,5,16" in capsys.readouterr().err


def test_an_unknown_random_model(capsys):
    assert main(["bench", "--random", "sam9"]) == 1
    assert "No model called sam9" in capsys.readouterr().err


@pytest.mark.slow
def test_neither_qt_nor_video_is_loaded():
    code = (
        "import sys; from sam3_annotator.cli import main;"
        "code = main(['bench', '--rounds', '1', '--seconds', '1', '--objects', '1']);"
        "print('LOADED', *sys.modules); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "torch" in loaded
    assert not loaded & {"PySide6", "av", "transformers", "torchvision", "sqlalchemy"}
