"""A project with clips of different lengths: what is shown is of the shown one."""

from __future__ import annotations

from sam3_annotator.ui.wiring.timeline_sync import TimelineSync
from tests.gui.clip.conftest import add_object
from tests.gui.window.conftest import pictures  # noqa: F401 - a fixture


def test_a_summary_that_was_due_when_another_clip_is_shown_is_not_made(clip, pictures, qtbot):  # noqa: F811
    long = clip.workspace.view.media_id
    clip.answers.paths = [pictures]
    clip.desks.files.open_sequence()
    qtbot.waitUntil(lambda: len(clip.project.media) == 2)
    short = next(media for media in clip.project.media if media != long)
    clip.desks.navigation.go_to(long)
    add_object(clip, qtbot)
    (timeline,) = clip.workspace.findChildren(TimelineSync)
    timeline.refresh()
    assert timeline._quiet.isActive()
    clip.desks.navigation.go_to(short)
    assert not timeline._quiet.isActive()
    timeline._summarise()
    qtbot.waitUntil(timeline._quiet.isActive)
