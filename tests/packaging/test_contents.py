"""The check of built archives finds what is missing, extra, changed, too big or only promised."""

from __future__ import annotations

import tarfile
import zipfile

import pytest

from tests.packaging.scripts import script

contents = script("contents")

SOURCE = {"sam3_annotator/app.py", "resources/icons/app.svg"}
LICENCES = ("LICENSE", "THIRD_PARTY.md", "NOTICE.md", "SOURCES.md")


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    for name in SOURCE:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make_wheel(checkout, *, leave_out=(), extra=(), changed=()):
    path = checkout / "sam3_annotator-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name in SOURCE - set(leave_out):
            target = f"sam3_annotator/{name}" if name.startswith("resources") else name
            archive.writestr(target, "other" if name in changed else name)
        for name in extra:
            archive.writestr(name, "")
        archive.writestr("sam3_annotator-1.dist-info/METADATA", "")
        for name in set(LICENCES) - set(leave_out):
            archive.writestr(f"sam3_annotator-1.dist-info/licenses/{name}", "")
    return path


def test_a_complete_wheel_is_good(checkout):
    assert contents.wheel_troubles(make_wheel(checkout), SOURCE) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"leave_out": ["resources/icons/app.svg"]}, "resources/icons/app.svg is missing"),
        ({"extra": ["sam3_annotator/resources/notes.txt"]}, "notes.txt should not be in it"),
        ({"extra": ["tests/test_x.py"]}, "tests/test_x.py should not be in it"),
        ({"changed": ["sam3_annotator/app.py"]}, "app.py differs from the checkout"),
        ({"leave_out": ["NOTICE.md"]}, "NOTICE.md is not among its licences"),
    ],
)
def test_a_faulty_wheel_is_told(checkout, fault, said):
    troubles = contents.wheel_troubles(make_wheel(checkout, **fault), SOURCE)
    assert len(troubles) == 1
    assert said in troubles[0]


def test_a_wheel_over_the_limit_is_told(checkout, monkeypatch):
    monkeypatch.setattr(contents, "_WHEEL_LIMIT_BYTES", 10)
    assert "more than 10 bytes" in contents.wheel_troubles(make_wheel(checkout), SOURCE)[0]


def test_an_sdist_with_runs_is_told(checkout):
    path = checkout / "sam3_annotator-1.tar.gz"
    (checkout / "weights.npy").write_text("")
    with tarfile.open(path, "w:gz") as archive:
        for name in SOURCE:
            archive.add(checkout / name, f"sam3_annotator-1/{name}")
        for name in contents.SDIST_EXTRAS:
            archive.add(checkout / "weights.npy", f"sam3_annotator-1/{name}")
        archive.add(checkout / "weights.npy", "sam3_annotator-1/runs/weights.npy")
    troubles = contents.sdist_troubles(path, SOURCE)
    assert troubles == [f"{path.name}: runs/weights.npy should not be in it"]


def test_a_file_that_a_notice_names_must_be_there(checkout):
    notice = checkout / "resources" / "weights" / "NOTICE.md"
    notice.parent.mkdir()
    notice.write_text(
        "| file | what |\n|---|---|\n| `a.safetensors` | one |\n| `b.safetensors` | two |\n"
    )
    source = {"resources/weights/NOTICE.md", "resources/weights/a.safetensors"}
    troubles = contents.promise_troubles(source)
    assert troubles == ["resources/weights/NOTICE.md names b.safetensors, which is not there"]
