"""A clip that goes away or is cut short: a message, and nothing is lost."""

from __future__ import annotations

from itertools import islice

import pytest

from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.errors import FileTrouble, WeightsTrouble
from tests.gui.clip.conftest import add_object, is_idle, masks, trigger
from tests.support import clips


@pytest.mark.logs(".*")
def test_a_clip_that_is_removed_while_open_loses_nothing(clip, clip_file, qtbot):
    one = add_object(clip, qtbot)
    before = masks(clip)
    told = []
    clip.window.controllers.pictures.failed.disconnect()
    clip.window.controllers.pictures.failed.connect(lambda _, error: told.append(error))
    clip.window.controllers.pictures._forget_all()
    clip_file.rename(clip_file.with_suffix(".away"))
    clip.desks.navigation.go_to_frame(70)
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], FileTrouble)
    assert masks(clip) == before
    clip_file.with_suffix(".away").rename(clip_file)
    clip.desks.navigation.go_to_frame(71)
    qtbot.waitUntil(lambda: clip.window.controllers.pictures.picture is not None)
    assert clip.project.mask(one, FrameIndex(0)) == before[one, 0]


@pytest.mark.logs(".*")
def test_a_run_that_fails_is_explained_and_can_go_on(clip, qtbot):
    one = add_object(clip, qtbot)
    told = []
    clip.workspace.troubled.disconnect()
    clip.workspace.troubled.connect(told.append)
    runs = clip.desks.clip.runs

    whole = clip.session._propagated

    def broken(request):
        yield from islice(whole(request), 5)
        raise WeightsTrouble("the weights are gone")

    clip.session._propagated = broken
    trigger(clip, qtbot, "clip.forward")
    qtbot.waitUntil(lambda: bool(told), timeout=20000)
    clip.session._propagated = whole
    qtbot.waitUntil(lambda: is_idle(clip))
    assert "the weights are gone" in str(told[0])
    assert runs.can_go_on
    assert len(clip.project.masklet(one)) == 6
    trigger(clip, qtbot, "clip.go_on")
    qtbot.waitUntil(lambda: len(clip.project.masklet(one)) == 132, timeout=30000)


@pytest.mark.logs("Everything was added")
def test_a_truncated_clip_works_up_to_where_it_ends(launch, tmp_path, qtbot):
    path = clips.make("truncated.mp4", tmp_path)
    told = []
    running = launch()
    running.workspace.troubled.connect(told.append)
    running.desks.files.add([path], tmp_path)
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].message == "Everything was added, with a reservation."
    assert "Everything up to there can be worked on." in told[0].remedy
    qtbot.waitUntil(lambda: running.window.controllers.pictures.picture is not None, timeout=20000)
    count = running.project.medium(running.workspace.view.media_id).frame_count
    assert 1 < count < clips.FRAMES
    running.desks.navigation.go_to_end(is_last=True)
    assert running.workspace.view.frame == count - 1
    attempt = running.workspace.segmenting
    qtbot.waitUntil(
        lambda: attempt.attempt.frame is not None and attempt.attempt.frame.frame == count - 1
    )
