"""Clicks on a frame that was walked to correct the selected object there."""

from __future__ import annotations

from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.ui.dialogs.settings import SettingsDialog
from tests.gui.clip.conftest import add_object, correct, go_to, is_idle, objects, run, trigger


def test_a_click_on_another_frame_corrects_the_selected_object(clip, qtbot):
    one = add_object(clip, qtbot, 200, 150)
    run(clip, qtbot, "clip.forward")
    before = clip.project.mask(one, FrameIndex(30))
    correct(clip, qtbot, 30, 250, 150)
    assert objects(clip) == (one,)
    after = clip.project.mask(one, FrameIndex(30))
    assert after.area > before.area
    assert clip.project.masklet(one).at(30).source is Source.HUMAN


def test_a_correction_recomputes_around_it_when_the_setting_says_so(clip, qtbot):
    dialog = SettingsDialog(clip.window, clip.settings, clip.workspace.theme)
    qtbot.addWidget(dialog)
    dialog.recompute.setChecked(True)
    dialog.least.setValue(0.9)
    dialog.in_a_row.setValue(4)
    assert clip.settings.agreement == (0.9, 4)
    one = add_object(clip, qtbot, 200, 150)
    run(clip, qtbot, "clip.forward")
    correct(clip, qtbot, 30, 250, 150)
    runs = clip.desks.clip.runs
    qtbot.waitUntil(lambda: runs.progress.title == "Propagate both" and is_idle(clip))
    fixed = clip.project.mask(one, FrameIndex(30))
    assert clip.project.mask(one, FrameIndex(31)) == fixed.translated(1, 0)


def test_a_local_correction_says_how_many_frames_it_saved(clip, qtbot):
    add_object(clip, qtbot, 200, 150)
    run(clip, qtbot, "clip.forward")
    # Nothing is different from what a run would give, so both directions agree at once.
    go_to(clip, qtbot, 40)
    trigger(clip, qtbot, "clip.copy_here")
    clip.desks.edits.undo()
    said = []
    clip.workspace.said.connect(said.append)
    run(clip, qtbot, "clip.correct")
    count = clip.project.medium(clip.workspace.view.media_id).frame_count
    assert clip.desks.clip.runs.progress.saved >= count - 40 - 5
    assert any("still agree" in one for one in said)
