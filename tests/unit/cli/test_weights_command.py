from __future__ import annotations

import json
import os

import pytest

from sam3_annotator.cli import main
from sam3_annotator.inference import weights
from sam3_annotator.model.families import SAM2, parts_of
from tests.support import fake_hub
from tests.support.fake_hub import FakeHub
from tests.support.weights_files import golden_shapes, write_torch

TINY = dict(parts_of(SAM2["2", "tiny"])["image"])


@pytest.fixture
def file(tmp_path):
    return write_torch(tmp_path / "anything.pt", TINY)


def test_inspect_prints_a_page(file, capsys):
    assert main(["weights", "inspect", str(file), "--hash"]) == 0
    page = capsys.readouterr().out
    assert "SAM 2 hiera-tiny (official names)" in page
    assert "can do       clicks" in page
    assert "31,309,136" in page
    assert weights.sha256_of(file) in page
    assert page.endswith("Usable.\n")


def test_inspect_prints_json_for_sam3(tmp_path, capsys):
    path = write_torch(tmp_path / "sam3.pt", golden_shapes("official_sam3"), "model")
    assert main(["weights", "inspect", str(path), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["family"] == "sam3"
    assert facts["tensors"] == 1465
    assert facts["missing"] == facts["unexpected"] == facts["misshapen"] == []
    assert len(facts["inert"]) == 46
    assert facts["abilities"] == ["phrases", "exemplars", "clicks", "clips"]


def test_inspect_of_a_misfit_names_the_offenders_and_fails(tmp_path, capsys):
    shapes = dict(TINY) | {f"stray.{number}": (1,) for number in range(10)}
    del shapes["no_mem_embed"]
    assert main(["weights", "inspect", str(write_torch(tmp_path / "x.pt", shapes))]) == 1
    page = capsys.readouterr().out
    assert "missing      1: no_mem_embed" in page
    assert "stray.7, and 2 more" in page
    assert "Not usable:" in page


def test_inspect_of_something_else_fails_in_words(tmp_path, capsys):
    path = tmp_path / "sam3.pt"
    path.write_text("<html>")
    assert main(["weights", "inspect", str(path)]) == 1
    assert "web page" in capsys.readouterr().err


def test_convert_prints_where_the_file_went(file, tmp_path, capsys):
    target = tmp_path / "out.safetensors"
    assert main(["weights", "convert", str(file), "--output", str(target), "--dtype", "bf16"]) == 0
    assert capsys.readouterr().out.strip() == str(target)
    # The table of click positions stays float32: rounded, it would move clicks by pixels.
    assert weights.inspect(target).dtypes == {"BF16": 304, "F32": 1}


def test_list_names_everything_with_its_state(file, monkeypatch, tmp_path, capsys):
    broken = tmp_path / "broken.pt"
    broken.write_bytes(b"")
    monkeypatch.setenv(weights.SITE_VARIABLE, os.pathsep.join(map(str, (file, broken))))
    assert main(["weights", "list"]) == 0
    page = capsys.readouterr().out
    assert "sam2_tiny  [site]" in page
    assert "not usable:" in page
    assert main(["weights", "list", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in entries[:2]] == ["sam2_tiny", "broken.pt"]
    assert entries[1]["trouble"]


@pytest.fixture
def hub(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FakeHub(b"weights" * 1000) as hub:
        yield hub


def test_download_puts_the_file_where_it_is_told(hub, tmp_path, capsys):
    words = ["weights", "download", "sam2.1_tiny", "--folder", str(tmp_path / "w")]
    assert main([*words, "--endpoint", hub.url]) == 0
    path = tmp_path / "w" / "sam2.1_hiera_tiny.pt"
    assert capsys.readouterr().out.strip() == str(path)
    assert path.read_bytes() == hub.content


def test_download_without_access_fails_in_words(hub, tmp_path, capsys):
    hub.refusal = fake_hub.PENDING
    words = ["weights", "download", "sam3", "--folder", str(tmp_path), "--endpoint", hub.url]
    assert main(words) == 1
    assert "waiting for its authors" in capsys.readouterr().err


def test_download_of_an_unknown_name_lists_the_known(capsys):
    assert main(["weights", "download", "sam9"]) == 1
    assert "sam2.1_base+" in capsys.readouterr().err
