"""Issue 3, point 5: whatever is wrong outside is told with a remedy, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys

import numpy as np
import pytest
import safetensors.numpy
from PIL import Image

from sam3_annotator.app import open_source
from sam3_annotator.domain.commands import SetMask
from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.mask import Mask
from sam3_annotator.errors import FileTrouble, WeightsTrouble
from sam3_annotator.inference.session import ModelSession
from sam3_annotator.ui.dialogs.trouble import DamagedDialog, MovedDialog, TroubleDialog
from tests.gui.acceptance.conftest import paint, visible, words_of


def has_remedy(error):
    return bool(error.message) and bool(error.remedy)


# ---------------------------------------------------------------------- pictures


def test_a_truncated_picture_is_told_when_it_is_shown(launch, tmp_path, qtbot):
    folder = tmp_path / "photos"
    folder.mkdir()
    noise = np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8)
    for name in ("a.jpg", "b.jpg"):
        Image.fromarray(noise).save(folder / name)
    whole = (folder / "b.jpg").read_bytes()
    (folder / "b.jpg").write_bytes(whole[: len(whole) // 2])
    running = launch(folder)
    qtbot.waitUntil(lambda: running.window.controllers.pictures.picture is not None)
    qtbot.waitUntil(lambda: not running.desks.work.works)
    running.desks.navigation.step(1)
    qtbot.waitUntil(lambda: bool(visible(TroubleDialog)))
    said = words_of(visible(TroubleDialog)[0])
    assert "b.jpg" in said
    assert "again" in said, "what to do about it"
    running.desks.navigation.go_to_end(is_last=False)
    qtbot.waitUntil(lambda: running.window.controllers.pictures.picture is not None)
    paint(running)
    assert len(running.masks()) == 1


def test_a_picture_beyond_the_limit_is_opened_only_after_asking(
    launch, pictures, qtbot, monkeypatch
):
    monkeypatch.setattr("sam3_annotator.io.pixels.PIXEL_LIMIT", 160 * 120)
    Image.fromarray(np.zeros((130, 160, 3), np.uint8)).save(pictures / "huge.png")
    running = launch()
    running.answers.says_yes = False
    running.desks.files.add([pictures], pictures)
    qtbot.waitUntil(lambda: not running.desks.work.works)
    (question,) = running.answers.asked
    assert "very large" in question
    assert len(running.project.media) == 4
    running.answers.says_yes = True
    running.desks.files.add([pictures / "huge.png"], pictures)
    qtbot.waitUntil(lambda: not running.desks.work.works)
    assert len(running.project.media) == 5


@pytest.mark.logs("claims 60000 x 60000")
def test_a_bomb_is_refused_before_memory_is_taken(launch, pictures, qtbot, told):
    header = b"P6\n60000 60000\n255\n"  # 10.8 GB of pixels in a file of 19 bytes
    (pictures / "bomb.ppm").write_bytes(header)
    running = launch()
    troubles = told(running)
    running.desks.files.add([pictures / "bomb.ppm"], pictures)
    qtbot.waitUntil(lambda: not running.desks.work.works)
    assert "bomb.ppm" in str(troubles[0])
    assert not running.project.media


def test_a_picture_that_was_replaced_is_not_labelled_by_mistake(labelling, pictures, qtbot):
    Image.fromarray(np.zeros((60, 80, 3), np.uint8)).save(pictures / "p2.png")
    labelling.window.controllers.pictures._forget_all()
    labelling.desks.navigation.step_media(2)
    qtbot.waitUntil(lambda: bool(visible(TroubleDialog)))
    said = words_of(visible(TroubleDialog)[0])
    assert "80 x 60" in said
    assert "Put the original file back" in said
    assert labelling.window.controllers.pictures.picture is None


@pytest.mark.logs("may not be read")
def test_an_unreadable_folder_is_told(launch, pictures, qtbot, told, monkeypatch):
    scandir = os.scandir

    def guarded(path):
        if str(path) == str(pictures):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("sam3_annotator.io.folders.os.scandir", guarded)
    running = launch()
    troubles = told(running)
    running.answers.paths = [pictures]
    running.desks.files.open_folder()
    qtbot.waitUntil(lambda: bool(troubles))
    assert isinstance(troubles[0], FileTrouble)
    assert "may not be read" in str(troubles[0])
    assert "Ask for permission" in str(troubles[0])


def test_a_picture_deleted_while_open_can_be_finished_and_is_missed_later(
    labelling, pictures, qtbot
):
    (pictures / "p0.png").unlink()
    (pictures / "p1.png").unlink()
    labelling.window.controllers.pictures._forget_all()
    paint(labelling)
    assert len(labelling.masks()) == 1, "what is on the screen can be labelled to its end"
    labelling.desks.navigation.step(1)
    qtbot.waitUntil(lambda: bool(visible(MovedDialog)))
    assert labelling.window.controllers.pictures.picture is None
    labelling.desks.navigation.step(-1)
    assert len(labelling.masks()) == 1
    qtbot.waitUntil(lambda: len(visible(MovedDialog)) >= 1)


def test_a_clip_of_pictures_that_was_moved_is_found_by_its_content(
    launch, pictures, tmp_path, qtbot
):
    running = launch()
    running.answers.paths = [pictures]
    running.desks.files.open_sequence()
    qtbot.waitUntil(lambda: running.window.controllers.pictures.picture is not None)
    (media,) = running.project.media.values()
    assert media.kind is MediaKind.CLIP
    path = running.workspace.document.path
    running.desks.files.close_project()
    elsewhere = tmp_path / "elsewhere" / "renamed"
    elsewhere.parent.mkdir()
    shutil.move(pictures, elsewhere)
    running.desks.files.open_path(path)
    qtbot.waitUntil(lambda: bool(visible(MovedDialog)))
    running.answers.paths = [elsewhere.parent]
    visible(MovedDialog)[0].look_requested.emit()
    qtbot.waitUntil(lambda: not running.desks.files.missing())
    assert running.workspace.path_of(media.id) == elsewhere
    qtbot.waitUntil(lambda: running.window.controllers.pictures.picture is not None)


# ---------------------------------------------------------------------- projects


def edited(path, statement):
    """Change a closed project behind the program's back."""
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


def test_a_project_from_the_future_is_refused_untouched(labelling, qtbot):
    path = labelling.workspace.document.path
    labelling.desks.files.close_project()
    edited(path, "PRAGMA user_version = 999")
    before = path.read_bytes()
    labelling.desks.files.open_path(path)
    (dialog,) = visible(DamagedDialog) or visible(TroubleDialog)
    assert "newer" in words_of(dialog)
    assert labelling.workspace.document is None
    assert path.read_bytes() == before


def test_a_damaged_project_offers_what_is_readable(labelling, tmp_path, qtbot):
    for left in range(0, 120, 20):
        paint(labelling, left)
    path = labelling.workspace.document.path
    labelling.desks.files.close_project()
    data = bytearray(path.read_bytes())
    data[100:200] = b"\xff" * 100  # the root page of the schema
    path.write_bytes(data)
    before = path.read_bytes()
    labelling.desks.files.open_path(path)
    (dialog,) = visible(DamagedDialog)
    assert labelling.workspace.document is None
    assert path.read_bytes() == before
    target = tmp_path / "rescued.s3a"
    labelling.answers.paths = [target]
    dialog.rescue_requested.emit()
    qtbot.waitUntil(lambda: not labelling.desks.work.works)
    assert path.read_bytes() == before


def test_one_damaged_mask_is_told_once_and_the_others_are_shown(labelling, qtbot, told):
    paint(labelling)
    paint(labelling, 60)
    path = labelling.workspace.document.path
    labelling.desks.files.close_project()
    edited(path, "UPDATE blobs SET data = x'00' WHERE rowid = 1")
    troubles = told(labelling)
    labelling.desks.files.open_path(path)
    canvas, pictures = labelling.window.parts.canvas, labelling.window.controllers.pictures
    qtbot.waitUntil(lambda: pictures.picture is not None and bool(canvas._objects))
    labelling.window.controllers.scene.refresh()
    (shown,) = canvas._objects
    (trouble,) = troubles
    assert "damaged" in str(trouble)
    objects = labelling.project.objects(labelling.workspace.view.media_id)
    (lost,) = (item.id for item in objects if item.id != shown.id)
    labelling.workspace.do(SetMask(lost, FrameIndex(0), shown.mask.translated(0, 30)))
    assert len(canvas._objects) == 2
    assert len(troubles) == 1


HOLDS_A_PROJECT = """
import sys
from pathlib import Path
from sam3_annotator.workflow.document import Document
document = Document.open(Path(sys.argv[1]), "Bo")
print("open", flush=True)
sys.stdin.readline()
document.close()
"""


@pytest.mark.logs("is already open by")
def test_a_project_open_in_another_process_is_refused_politely(labelling, launch, qtbot, told):
    path = labelling.workspace.document.path
    labelling.desks.files.close_project()
    holder = subprocess.Popen(
        [
            sys.executable, "-c",
            HOLDS_A_PROJECT,
            str(path),
        ],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with holder:
        assert holder.stdout.readline() == "open\n"
        troubles = told(labelling)
        labelling.desks.files.open_path(path)
        assert isinstance(troubles[0], FileTrouble)
        assert "Bo" in str(troubles[0])
        assert labelling.workspace.document is None
        holder.stdin.write("\n")
    labelling.desks.files.open_path(path)
    assert len(labelling.project.media) == 4


@pytest.mark.logs("There is no space left")
def test_a_full_disk_is_told_and_work_goes_on_after_space_is_made(labelling, qtbot, told):
    paint(labelling)
    before = labelling.masks()
    troubles = told(labelling)
    document = labelling.workspace.document
    steps = document.history()
    connection = document._file.database._connection
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")
    connection.rollback()
    noise = np.random.default_rng(1).integers(0, 2, (120, 160)).astype(bool)
    while not troubles:
        labelling.workspace.state.update(selection=())
        labelling.window.parts.canvas.stroke_finished.emit(Mask.from_array(noise), False)
        noise = ~np.roll(noise, 1, axis=0)
    assert isinstance(troubles[0], FileTrouble)
    assert "no space left" in str(troubles[0])
    assert has_remedy(troubles[0])
    assert visible(TroubleDialog)
    kept = labelling.masks()
    assert len(kept) > len(before)
    assert set(before) <= set(kept)
    assert len(document.history()) == len(steps) + len(kept) - len(before)
    assert labelling.window.parts.canvas._tool.draft.is_stroking is False
    connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    connection.rollback()
    labelling.window.parts.canvas.stroke_finished.emit(Mask.from_array(noise), False)
    assert len(labelling.masks()) == len(kept) + 1


# ---------------------------------------------------------------------- weights


@pytest.fixture(params=["text", "stranger", "pickle", "empty"])
def wrong_weights(request, tmp_path):
    """A file that a person might take for weights, of a kind that is none."""
    path = tmp_path / "model.safetensors"
    if request.param == "text":
        path.write_text("hello, I am no model")
    elif request.param == "stranger":
        safetensors.numpy.save_file({"layer.0.weight": np.zeros((3, 3), np.float32)}, path)
    elif request.param == "pickle":
        path = tmp_path / "model.pt"
        path.write_bytes(b"cos\nsystem\n(S'touch /tmp/owned'\ntR.")
    else:
        path.write_bytes(b"")
    return path


@pytest.mark.slow
def test_weights_of_the_wrong_kind_leave_the_old_model_at_work(
    launch, wrong_weights, pictures, qtbot, told
):
    running = launch(pictures, make_session=lambda: ModelSession(open_source))
    troubles = told(running)
    name = running.workspace.model.name
    dialog = running.window.dialogs.open_model()
    running.answers.paths = [wrong_weights]
    dialog.file_requested.emit()
    qtbot.waitUntil(lambda: bool(troubles), timeout=60_000)
    assert isinstance(troubles[0], WeightsTrouble)
    assert wrong_weights.name in str(troubles[0])
    assert has_remedy(troubles[0])
    assert running.workspace.model.name == name
    assert running.settings.model.weights == "mini"
    dialog.close()
