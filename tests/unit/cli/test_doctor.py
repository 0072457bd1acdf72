from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sam3_annotator import paths
from sam3_annotator.cli import doctor, main
from sam3_annotator.cli.doctor import Report, examine, page


@pytest.fixture
def report():
    return examine()


def test_every_section_is_there(report):
    assert set(report.sections) == {"system", "libraries", "video", "graphics", "weights", "disk"}
    assert report.sections["libraries"]["torch"].startswith("2.")
    assert "h264" in report.sections["video"]["decoders"]


def test_page_can_be_shown_to_strangers(report):
    text = page(report)
    assert str(Path.home()) not in text
    assert text.splitlines()[0].startswith("SAM 3 Annotator")
    assert "what is wrong" in text


def test_json_has_the_same_facts(capsys):
    code = main(["doctor", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert set(document) >= {"system", "libraries", "problems"}
    assert code == (1 if document["problems"] else 0)


def test_a_broken_torch_is_a_line_and_not_the_end():
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from sam3_annotator.cli import main; sys.exit(main(['doctor']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "torch is broken" in done.stdout
    assert "Qt           6." in done.stdout
    assert "Traceback" not in done.stderr


def test_a_failing_fact_becomes_a_problem():
    report = Report()

    def ask():
        raise OSError("libGL.so.1: cannot open shared object file\nmore")

    report.add("libraries", "Qt", ask)
    assert report.sections["libraries"]["Qt"] == (
        "BROKEN: libGL.so.1: cannot open shared object file"
    )
    assert report.problems == ["Qt is broken: libGL.so.1: cannot open shared object file"]


def test_a_full_disk_and_an_unwritable_folder_are_problems(tmp_path, monkeypatch):
    report = Report()
    usage = doctor.shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage)
    doctor._folder(lambda: tmp_path, report)
    assert "Only 1.0 MB are free" in report.problems[0]
    monkeypatch.setattr(doctor.os, "access", lambda *_: False)
    assert "NOT WRITABLE" in doctor._folder(lambda: tmp_path, report)


def test_no_usable_weights_is_a_problem(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "resource", lambda relative: tmp_path / relative)
    report = Report()
    doctor._ask_weights(report)
    assert report.problems == ["There are no usable weights on this machine."]
