"""Names that the system's file dialogs bring back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from sam3_annotator.ui.ask import Ask, with_suffix_of

PROJECTS = "Projects (*.s3a)"


@pytest.mark.parametrize(
    ("name", "kinds", "expected"),
    [
        ("lab", PROJECTS, "lab.s3a"),
        ("lab v1.2", PROJECTS, "lab v1.2.s3a"),
        ("lab.s3a", PROJECTS, "lab.s3a"),
        ("LAB.S3A", PROJECTS, "LAB.S3A"),
        ("clip.mp4", PROJECTS, "clip.mp4.s3a"),
        ("labels.txt", "COCO and MOTS (*.json *.txt)", "labels.txt"),
        ("any.thing", "", "any.thing"),
    ],
)
def test_a_name_without_the_suffix_of_its_kind_is_given_it(name, kinds, expected):
    assert with_suffix_of(Path("home", name), kinds) == Path("home", expected)


@pytest.fixture
def ask(qtbot, tmp_path, monkeypatch):
    """Questions of a window; its file dialog answers ``lab`` without a suffix."""
    parent = QWidget()
    qtbot.addWidget(parent)
    chosen = str(tmp_path / "lab"), ""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_options: chosen)
    return Ask(parent)


@pytest.mark.parametrize("agrees", [True, False])
def test_a_file_that_the_system_has_not_asked_about_is_asked_about(ask, tmp_path, agrees):
    there = tmp_path / "lab.s3a"
    there.write_bytes(b"work of a year")
    asked = []
    ask.confirm = lambda question, *_: asked.append(question) or agrees
    assert ask.new_file("New project", PROJECTS) == (there if agrees else None)
    assert asked == ["Replace lab.s3a?"]


def test_nothing_is_asked_twice(ask, tmp_path):
    (tmp_path / "lab.s3a").touch()
    assert ask.new_file("Save", PROJECTS, is_asked_later=True) == tmp_path / "lab.s3a"


def test_a_new_name_is_taken_as_it_is(ask, tmp_path):
    assert ask.new_file("Save", PROJECTS) == tmp_path / "lab.s3a"
