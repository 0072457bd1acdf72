"""What is remembered between two runs, and what happens to a file that somebody else wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from sam3_annotator.ui.settings import MAX_RECENT, ModelChoice, Settings, ThemeMode

VALUES = {
    "theme": ThemeMode.DARK,
    "language": "zh_CN",
    "author": "anna",
    "model": ModelChoice("/weights/sam3.pt", "cuda", "bfloat16"),
    "prefetches": False,
    "colors_by_category": True,
    "recomputes": True,
    "agreement": (0.9, 5),
    "reviews_close_up": True,
    "shortcuts": {"edit.undo": ("Ctrl+Z", "U"), "edit.redo": ()},
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "settings.ini"


@pytest.mark.parametrize("name", VALUES)
def test_every_setting_is_remembered_and_told_once(path, name):
    settings, told = Settings(path), []
    settings.changed.connect(told.append)
    assert getattr(settings, name) != VALUES[name]
    setattr(settings, name, VALUES[name])
    setattr(settings, name, VALUES[name])
    settings.flush()
    assert told == [name]
    assert getattr(Settings(path), name) == VALUES[name]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("theme", "theme"),
        ("prefetch", "prefetches"),
        ("clip/agreement_iou", "agreement"),
        ("shortcuts", "shortcuts"),
        ("recent", "recent"),
    ],
)
@pytest.mark.parametrize("text", ["", "nonsense", "7", "[7", "{}", '{"a": 1}'])
def test_what_cannot_be_read_is_the_default(path, tmp_path, key, name, text):
    settings = Settings(path)
    settings.put("", {key: text})
    default = getattr(Settings(tmp_path / "other.ini"), name)
    assert type(getattr(settings, name)) is type(default)


def test_recent_projects_are_few_and_the_newest_first(path):
    settings = Settings(path)
    for number in range(MAX_RECENT + 3):
        settings.add_recent(Path(f"/projects/{number}.s3a"))
    settings.add_recent(Path("/projects/5.s3a"))
    settings.forget_recent(Path("/projects/12.s3a"))
    names = [project.stem for project in Settings(path).recent]
    assert names[:3] == ["5", "11", "10"]
    assert len(names) == MAX_RECENT - 1
