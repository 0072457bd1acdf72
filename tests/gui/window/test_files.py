"""Opening, adding, closing, and what is said when a file cannot be used."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import FileTrouble, ProjectTrouble
from sam3_annotator.ui.dialogs.trouble import DamagedDialog, MovedDialog, TroubleDialog


def dialogs(kind):
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]


def test_a_folder_becomes_a_project_beside_its_pictures(labelling, pictures):
    document = labelling.workspace.document
    assert document.path == pictures / "pictures.s3a"
    assert [media.path for media in labelling.project.media.values()] == [
        "p0.png", "p1.png", "p2.png", "p3.png",
    ]  # fmt: skip
    assert labelling.settings.recent == (document.path,)


def test_opening_the_folder_again_goes_on_with_the_same_project(launch, pictures, qtbot):
    first = launch(pictures)
    qtbot.waitUntil(lambda: first.project is not None and len(first.project.media) == 4)
    first.window.close()
    second = launch(pictures)
    qtbot.waitUntil(lambda: second.project is not None and not second.desks.work.works)
    assert len(second.project.media) == 4


def test_a_read_only_folder_keeps_its_project_where_the_user_says(
    launch, pictures, qtbot, tmp_path, monkeypatch
):
    monkeypatch.setattr("os.access", lambda path, _mode: path != pictures)
    running = launch()
    running.desks.files.add([pictures], pictures)
    assert "read-only" in running.answers.asked[-1]
    assert running.project is None, "nothing was chosen"
    running.answers.paths = [tmp_path / "elsewhere"]
    running.desks.files.add([pictures], pictures)
    qtbot.waitUntil(lambda: running.project is not None and len(running.project.media) == 4)
    assert running.workspace.document.path == tmp_path / "elsewhere.s3a"
    qtbot.waitUntil(lambda: running.window.controllers.pictures.picture is not None)


@pytest.mark.logs("is already open by")
def test_a_second_window_on_the_same_project_is_refused_politely(labelling, launch, qtbot):
    other = launch()
    troubles = []
    other.workspace.troubled.connect(troubles.append)
    other.desks.files.open_path(labelling.workspace.document.path)
    assert isinstance(troubles[0], FileTrouble)
    assert other.workspace.document is None
    assert dialogs(TroubleDialog)


@pytest.mark.logs("2 files could not be used")
def test_broken_pictures_are_told_and_the_rest_is_added(launch, pictures, qtbot):
    (pictures / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n but no more")
    (pictures / "empty.jpg").write_bytes(b"")
    running = launch()
    troubles = []
    running.workspace.troubled.connect(troubles.append)
    running.desks.files.add([pictures], pictures)
    qtbot.waitUntil(lambda: bool(troubles))
    assert len(running.project.media) == 4
    assert "2 files" in str(troubles[0])
    assert "broken.png" in str(troubles[0])


def test_an_empty_folder_is_told_in_the_status_bar(launch, tmp_path, qtbot):
    running = launch()
    said = []
    running.workspace.said.connect(said.append)
    folder = tmp_path / "nothing"
    folder.mkdir()
    running.desks.files.add([folder], folder)
    qtbot.waitUntil(lambda: any("no pictures" in sentence for sentence in said))


def test_a_damaged_project_is_not_touched(launch, tmp_path, qtbot):
    path = tmp_path / "broken.s3a"
    path.write_bytes(b"this is no project" * 100)
    running = launch()
    running.desks.files.open_path(path)
    assert len(dialogs(DamagedDialog)) == 1
    assert path.read_bytes() == b"this is no project" * 100
    assert running.workspace.document is None
    troubles = []
    running.workspace.troubled.connect(troubles.append)
    running.answers.paths = [tmp_path / "rescued.s3a"]
    dialogs(DamagedDialog)[0].rescue_requested.emit()
    qtbot.waitUntil(lambda: bool(troubles))
    assert isinstance(troubles[0], ProjectTrouble)


def test_what_is_readable_of_a_damaged_project_is_saved_and_opened(labelling, qtbot, tmp_path):
    path = labelling.workspace.document.path
    labelling.desks.files.close_project()
    whole = path.read_bytes()
    page = 4096
    path.write_bytes(whole[: len(whole) - page] + b"\xff" * page)
    target = tmp_path / "rescued.s3a"
    labelling.desks.rescue.save(path, target)
    qtbot.waitUntil(lambda: labelling.workspace.document is not None)
    assert labelling.workspace.document.path == target
    assert len(labelling.project.media) == 4


def test_taking_a_picture_out_goes_to_the_next(labelling, pictures):
    labelling.desks.navigation.step(1)
    labelling.desks.navigation.remove_shown()
    names = [media.path for media in labelling.project.media.values()]
    assert names == ["p0.png", "p2.png", "p3.png"]
    shown = labelling.project.media[labelling.workspace.view.media_id]
    assert shown.path == "p2.png"
    assert (pictures / "p1.png").exists()
    labelling.desks.edits.undo()
    assert len(labelling.project.media) == 4


def test_next_goes_by_the_filter_of_the_list(labelling):
    panel = labelling.window.parts.thumbnails
    panel._name.setText("p3")
    labelling.desks.navigation.step(1)
    shown = labelling.project.media[labelling.workspace.view.media_id]
    assert shown.path == "p3.png"


@pytest.mark.logs("is no longer there")
def test_a_project_that_is_gone_leaves_the_recent_list(launch, tmp_path):
    running = launch()
    path = tmp_path / "gone.s3a"
    running.settings.add_recent(path)
    running.desks.files.open_path(path)
    assert running.settings.recent == ()


def test_moved_pictures_are_found_by_their_content(labelling, pictures, tmp_path, qtbot):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for number in range(4):
        shutil.move(pictures / f"p{number}.png", elsewhere / f"renamed{number}.png")
    labelling.window.controllers.pictures._forget_all()
    labelling.desks.navigation.step(1)
    qtbot.waitUntil(lambda: bool(dialogs(MovedDialog)))
    labelling.answers.paths = [elsewhere]
    dialogs(MovedDialog)[0].look_requested.emit()
    qtbot.waitUntil(lambda: not labelling.desks.files.missing())
    qtbot.waitUntil(lambda: labelling.window.controllers.pictures.picture is not None)
    names = [labelling.workspace.path_of(media).name for media in labelling.project.media]
    assert names == [f"renamed{number}.png" for number in range(4)]


def test_a_folder_can_be_a_clip(launch, pictures, qtbot):
    running = launch()
    running.answers.paths = [pictures]
    running.desks.files.open_sequence()
    qtbot.waitUntil(lambda: running.project is not None and len(running.project.media) == 1)
    (media,) = running.project.media.values()
    assert media.kind is MediaKind.CLIP
    assert media.frame_count == 4
    qtbot.waitUntil(lambda: running.window.controllers.pictures.picture is not None)
    assert running.desks.navigation.is_clip
    running.desks.navigation.step(2)
    assert running.workspace.view.frame == 2
    qtbot.waitUntil(lambda: running.window.controllers.pictures.picture.rgb[0, 0, 0] == 40 + 2 * 50)


def test_dropping_files_on_the_welcome_page_opens_them(launch, pictures, qtbot):
    running = launch()
    running.window.welcome.files_dropped.emit([pictures / "p1.png"])
    qtbot.waitUntil(lambda: running.project is not None and len(running.project.media) == 1)


def test_the_sample_opens(launch, qtbot):
    running = launch()
    running.desks.files.open_sample()
    qtbot.waitUntil(lambda: running.project is not None and len(running.project.media) >= 5)


def test_a_copy_is_saved_beside_the_pictures(labelling, tmp_path):
    target = tmp_path / "copy.s3a"
    labelling.answers.paths = [target]
    labelling.desks.files.save_copy()
    assert target.exists()


def test_pages_of_a_tiff_are_pictures_of_their_own(launch, tmp_path, qtbot):
    path = tmp_path / "pages.tif"
    pages = [Image.fromarray(np.full((20, 30, 3), value, np.uint8)) for value in (10, 90, 200)]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    running = launch(path)
    qtbot.waitUntil(lambda: running.project is not None and len(running.project.media) == 3)
    assert [media.page for media in running.project.media.values()] == [0, 1, 2]
