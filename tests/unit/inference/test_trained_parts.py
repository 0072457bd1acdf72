"""What `train` writes can be used: opened by itself, it takes its place in the bundled model."""

from __future__ import annotations

import json

import pytest
import torch

from sam3_annotator import paths
from sam3_annotator.cli.program import main
from sam3_annotator.engine.protocol import Capability
from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.inference.opening import open_backend
from sam3_annotator.inference.weights import known_weights
from sam3_annotator.model.mini_detector import MiniDetector
from sam3_annotator.model.mini_memory import MiniMemory
from sam3_annotator.model.mini_similar import SimilarWeights
from sam3_annotator.model.mini_weights import mini_part, write_mini


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "weights_dir", lambda: tmp_path)
    torch.manual_seed(0)
    return tmp_path


def test_a_tracker_takes_its_place(folder):
    memory = MiniMemory()
    write_mini(folder / "own.safetensors", memory, "tracker", {})
    backend = open_backend(folder / "own.safetensors", "cpu", "fp32")
    assert backend.info.name == "mini + own.safetensors"
    assert backend.info.weights_hash != open_backend("mini", "cpu", "fp32").info.weights_hash
    assert {Capability.TRACK, Capability.EXEMPLAR} <= backend.info.capabilities
    used = backend._memory.state_dict()
    for name, value in memory.state_dict().items():
        assert torch.allclose(used[name], value, atol=0.05 * float(value.abs().max()) + 1e-6), name


def test_a_finder_takes_its_place(folder):
    finder = SimilarWeights()
    finder.fact_mean.fill_(0.25)
    write_mini(folder / "own.safetensors", finder, "finder", {})
    backend = open_backend(folder / "own.safetensors", "cpu", "fp32")
    assert float(backend._finder.weights.fact_mean[0]) == 0.25


def test_a_detector_is_not_taken_for_either(folder):
    write_mini(folder / "own.safetensors", MiniDetector(), "detector", {})
    with pytest.raises(WeightsTrouble, match="holds the part “detector”"):
        open_backend(folder / "own.safetensors", "cpu", "fp32")


def test_other_files_are_no_parts(folder):
    (folder / "text.safetensors").write_text("hello")
    shipped = [paths.resource(f"weights/mini_{part}.safetensors") for part in ("image", "tracker")]
    found = [mini_part(p) for p in (folder, folder / "none", folder / "text.safetensors", *shipped)]
    assert found == ["", "", "", "", "tracker"]


def test_they_are_listed_and_inspected(folder, capsys):
    write_mini(folder / "own.safetensors", MiniMemory(), "tracker", {})
    known = known_weights()[0]
    assert (known.title, known.trouble) == ("mini + own.safetensors", "")
    assert known.abilities.words() == "exemplars, clicks, clips"
    assert main(["weights", "list"]) == 0
    assert "own.safetensors  [yours]  mini + own.safetensors, 1.6 MB" in capsys.readouterr().out
    assert main(["weights", "inspect", str(known.path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["part"] == "tracker"
    assert main(["weights", "inspect", str(known.path)]) == 0
    assert "Usable as it is" in capsys.readouterr().out
