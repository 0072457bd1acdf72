"""The window itself: theme, layout, status, language, start and end, crashes."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from sam3_annotator import log
from sam3_annotator.domain.commands import AddCategory, RemoveObjects
from sam3_annotator.errors import MediaTrouble, OutOfMemory, Rejected, WeightsTrouble
from sam3_annotator.ui.dialogs.trouble import CrashDialog, TroubleDialog
from sam3_annotator.ui.settings import ModelChoice, ThemeMode, WorkKind
from sam3_annotator.ui.text import worded
from sam3_annotator.ui.tokens import DARK, LIGHT
from tests.gui.window.conftest import click


def visible(kind):
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]


def test_the_theme_changes_everywhere_and_is_remembered(labelling, qapp):
    labelling.desks.window.use_theme(ThemeMode.LIGHT)
    assert qapp.palette().window().color().name() == LIGHT.panel
    assert labelling.workspace.theme.tokens is LIGHT
    assert labelling.settings.theme is ThemeMode.LIGHT
    labelling.desks.window.use_theme(ThemeMode.DARK)
    assert qapp.palette().window().color().name() == DARK.panel


def test_a_window_too_large_for_the_screen_fills_it(labelling):
    window = labelling.window
    room = window.screen().availableSize()
    window.resize(room.width() + 400, room.height() + 200)
    too_wide = window.width()
    window.fit_screen()
    assert window.isMaximized()
    assert window.width() < too_wide
    window.showNormal()
    window.resize(room.width() - 10, room.height() - 10)
    window.fit_screen()
    assert not window.isMaximized()


@pytest.mark.parametrize("tokens", [DARK, LIGHT])
def test_texts_stand_out_from_their_ground(tokens):
    for text, least in ((tokens.text, 7.0), (tokens.dim, 4.5)):
        for ground in (tokens.panel, tokens.background):
            assert contrast(text, ground) >= least, (text, ground)
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5


def contrast(first, second):
    """Contrast ratio of two colours as the Web Content Accessibility Guidelines define it."""

    def light(color):
        channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(first), light(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_panels_can_be_hidden_and_the_layout_reset(labelling):
    window = labelling.window
    dock = window.docks["candidates"]
    dock.setFloating(True)
    window.docks["history"].close()
    labelling.desks.window.ask_for("reset_layout")
    assert not dock.isFloating()
    assert not window.docks["history"].isHidden()
    assert window.tabifiedDockWidgets(window.docks["objects"])


def test_the_layout_is_remembered_for_each_kind_of_work(labelling):
    window = labelling.window
    window.docks["history"].close()
    window.layout_memory.switch(WorkKind.REVIEW)
    assert not window.docks["history"].isHidden()
    window.layout_memory.switch(WorkKind.LABEL)
    assert window.docks["history"].isHidden()


def test_the_status_bar_says_where_we_are(labelling, qtbot):
    status = labelling.window.parts.status
    assert status._place.text() == "picture 1 / 4"
    labelling.window.table["view.next"].trigger()
    assert status._place.text() == "picture 2 / 4"
    assert status._objects.text() == "0 objects"
    assert status._saved.text() == "saved"
    labelling.desks.navigation.go_to_end(is_last=True)
    labelling.desks.navigation.step(1)
    assert status.message == "This is the last one."


def test_done_pictures_are_left_out_of_next_unfinished(labelling):
    labelling.desks.navigation.toggle_done()
    assert labelling.window.parts.status._place.text() == "picture 2 / 4"
    labelling.desks.navigation.step_todo()
    labelling.desks.navigation.step_todo()
    assert labelling.window.parts.status._place.text() == "picture 4 / 4"
    labelling.desks.navigation.step_todo()
    assert labelling.window.parts.status._place.text() == "picture 2 / 4"


def test_a_model_that_fails_leaves_the_drawing_tools(launch, pictures, qtbot):
    running = launch(pictures)
    qtbot.waitUntil(lambda: running.window.controllers.pictures.picture is not None)
    running.session.fail_with = WeightsTrouble("This file holds no model.", "Choose another.")
    running.desks.model.load(ModelChoice("broken.pt"))
    qtbot.waitUntil(lambda: bool(visible(TroubleDialog)))
    assert not running.desks.work.works
    assert running.workspace.model is not None, "the old model is still at work"
    assert running.settings.model.weights == "mini", "a broken file is not tried again"


def test_out_of_memory_is_told_and_the_next_click_works(labelling, qtbot):
    labelling.session.fail_with = OutOfMemory("The GPU is full.", "Close other programs.")
    click(labelling, 60, 50)
    qtbot.waitUntil(lambda: not labelling.workspace.segmenting.attempt.is_waiting)
    assert labelling.session.freed == 1, "memory was freed and the step tried again"


@pytest.mark.logs("in the background")
def test_what_fails_in_the_background_is_one_line_and_no_dialog(labelling, qtbot):
    said = []
    labelling.workspace.said.connect(said.append)
    labelling.session.fail_with = MediaTrouble("This picture cannot be read.")
    labelling.desks.navigation.step(3)
    qtbot.waitUntil(lambda: "This picture cannot be read." in said)
    assert not visible(TroubleDialog)


@pytest.mark.logs("unhandled error")
def test_a_bug_opens_the_crash_dialog_and_the_log_knows(labelling, qtbot):
    restore = log.install_hooks(labelling.program.crashed.emit)
    try:
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
    finally:
        restore()
    qtbot.waitUntil(lambda: bool(visible(CrashDialog)))
    assert "ZeroDivisionError" in visible(CrashDialog)[0].details.toPlainText()


def test_closing_stops_every_thread(launch, pictures, qtbot):
    running = launch(pictures)
    qtbot.waitUntil(lambda: running.project is not None)
    running.window.close()
    assert running.program.stop()
    names = {thread.name for thread in threading.enumerate()}
    assert not names & {"engine", "loader", "errands"}


def test_tooltips_and_menus_speak_chinese(launch, qtbot):
    running = launch(language="zh_CN")
    menus = [action.text() for action in running.window.parts.top_bar.menus.actions()]
    assert menus[0].startswith("文件")
    assert running.window.table["file.open_folder"].text().startswith("打开文件夹")


def test_torch_is_not_imported_before_the_window_is_shown():
    code = (
        "import sys, sam3_annotator.app; "
        "heavy = {'torch', 'transformers', 'scipy.optimize', 'huggingface_hub'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_nothing_is_cut_off_in_a_small_window(labelling, qtbot):
    window = labelling.window
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: window.width() == 1280)
    top_bar = window.parts.top_bar
    for widget in (top_bar.menus, window.parts.find_bar, top_bar._chip):
        right = widget.mapTo(window, QPoint(widget.width(), 0)).x()
        assert right <= 1280
        assert widget.width() >= widget.minimumSizeHint().width()


def test_the_status_bar_shows_its_buttons_whole(labelling, qtbot):
    status = labelling.window.parts.status
    status.show_work("adding pictures", 3, 10, "12 s left", can_pause=True)
    for button in (status._pause, status._cancel):
        qtbot.waitUntil(button.isVisible)
        assert button.minimumSizeHint().height() <= button.height() <= status.height()
        assert status.rect().contains(button.geometry())


def test_what_the_layers_below_say_is_told_in_chinese(launch, tmp_path, qtbot):
    running = launch(language="zh_CN")
    said = []
    running.workspace.said.connect(said.append)
    running.desks.files.create(tmp_path / "p.s3a")
    running.workspace.do(RemoveObjects(()))
    assert said == ["没有选择对象。"]
    running.workspace.do(AddCategory("公&车"))
    undo = running.window.table["edit.undo"]
    qtbot.waitUntil(lambda: undo.text() == "撤销 添加类别 公&&车(&U)")
    assert running.workspace.document.undo_title == "Add category 公&车"
    error = Rejected("{name} is locked. Unlock it to change it.", name="bus 2")
    assert worded(error) == "bus 2 已锁定。请先解锁再修改。"
    assert str(error) == "bus 2 is locked. Unlock it to change it."
    trouble = MediaTrouble("{path} is closed.", "Open it again.", path="a.mp4")
    assert worded(trouble) == "a.mp4 已关闭。请重新打开。"
