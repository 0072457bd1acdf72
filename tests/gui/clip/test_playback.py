"""What a clip that plays may cost: everything that can wait waits, nothing is drawn twice."""

from __future__ import annotations

from itertools import count

import pytest
from PySide6.QtCore import QAbstractAnimation, QEvent, QObject, Qt

from sam3_annotator.domain.ids import FrameIndex
from tests.gui.clip.conftest import add_object, go_to, run, trigger
from tests.support.hands import Hands

MOST_LAYOUTS = 2


class Layouts(QObject):
    """Counts how often widgets are laid out again."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def eventFilter(self, _watched, event):  # noqa: N802 - Qt's name
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def tracked(clip, qtbot):
    """The clip with an object on every frame, nothing selected, nothing left to measure."""
    add_object(clip, qtbot)
    run(clip, qtbot, "clip.forward")
    clip.workspace.state.update(selection=())
    go_to(clip, qtbot, 0)


def played(clip, qtbot, begin, end):
    """Play a stretch to its end."""
    clip.workspace.state.update(span=(FrameIndex(begin), FrameIndex(end)))
    trigger(clip, qtbot, "clip.play")
    assert clip.workspace.view.is_playing
    qtbot.waitUntil(lambda: not clip.workspace.view.is_playing, timeout=20_000)


def test_the_review_rests_while_a_clip_plays(clip, qtbot):
    tracked(clip, qtbot)
    clip.window.parts.review.setVisible(True)
    clip.desks.review.watch(is_watched=True)
    reviewing = clip.desks.review.reviewing
    qtbot.waitUntil(lambda: reviewing.is_done, timeout=20_000)
    work, calls, shown = reviewing.work, [], []
    reviewing.work = lambda seconds: (calls.append(clip.workspace.view.is_playing), work(seconds))[
        1
    ]
    clip.desks.review.changed.connect(lambda: shown.append(clip.workspace.view.is_playing))
    reviewing._doubting.clear()  # everything has to be measured again
    played(clip, qtbot, 20, 40)
    qtbot.waitUntil(lambda: reviewing.is_done, timeout=20_000)
    assert calls
    assert not any(calls)
    assert shown
    assert not any(shown)


def test_a_step_draws_the_objects_of_a_frame_once(clip, qtbot):
    tracked(clip, qtbot)
    pictures, canvas = clip.window.controllers.pictures, clip.window.parts.canvas
    renderer, hands, drawn = canvas._renderer, Hands(clip.window), []
    show = renderer.set_objects
    renderer.set_objects = lambda objects: (drawn.append(len(objects)), show(objects))[1]
    canvas.setFocus()
    for _ in range(2):  # frames that have to be read, then the same ones from memory
        for key in (Qt.Key.Key_D, Qt.Key.Key_D, Qt.Key.Key_A, Qt.Key.Key_A):
            hands.key(key)
            qtbot.waitUntil(lambda: not pictures.is_waiting)
    assert drawn == [1] * 8


def test_the_next_frame_is_made_ready_before_it_is_due(clip, qtbot):
    """On a clock that stands still until the frame is there, so that none is late."""
    tracked(clip, qtbot)
    pictures, playback = clip.window.controllers.pictures, clip.desks.clip.playback
    now = playback.times_s[5]
    playback._clock = lambda: now
    trigger(clip, qtbot, "clip.play")
    for frame in range(1, 9):
        key = (clip.workspace.view.media_id, frame)
        qtbot.waitUntil(lambda k=key: k in pictures._kept)
        assert clip.workspace.view.frame == frame - 1, "not before it is due"
        now += playback.times_s[frame] - playback.times_s[frame - 1]
        qtbot.waitUntil(lambda f=frame: clip.workspace.view.frame == f)
    playback.stop()


def test_no_frame_is_made_ready_while_playing_is_late(clip, qtbot):
    """Five frames pass between any two looks at the clock."""
    tracked(clip, qtbot)
    pictures, playback = clip.window.controllers.pictures, clip.desks.clip.playback
    prepared, moments = [], count(step=0.2)
    playback._clock = lambda: next(moments)
    pictures.prepare = prepared.append
    trigger(clip, qtbot, "clip.play")
    qtbot.waitUntil(lambda: clip.workspace.view.frame > 60)
    playback.stop()
    assert not prepared


@pytest.mark.logs("loading failed")
def test_a_frame_that_could_not_be_made_ready_is_read_when_it_is_due(clip, qtbot):
    tracked(clip, qtbot)
    pictures = clip.window.controllers.pictures
    reader, refused = pictures._reader, []

    def broken(media_id, frame):
        if frame == 30 and not refused:
            refused.append(frame)
            return lambda: 1 // 0
        return reader(media_id, frame)

    pictures._reader = broken
    shown = []
    pictures.shown.connect(lambda _: shown.append(int(clip.workspace.view.frame)))
    pictures.prepare(FrameIndex(30))
    clip.desks.navigation.go_to_frame(30)
    qtbot.waitUntil(lambda: shown == [30])
    assert refused == [30]


def test_playing_lays_nothing_out_again(clip, qtbot, qapp):
    tracked(clip, qtbot)
    played(clip, qtbot, 10, 20)  # numbers take their room
    clip.workspace.state.update(span=None)
    layouts, seen = Layouts(), []
    clip.workspace.view_changed.connect(lambda _, after: seen.append(int(after.frame)))
    trigger(clip, qtbot, "clip.play")
    qtbot.wait(1)
    qapp.installEventFilter(layouts)
    qtbot.waitUntil(lambda: layouts.count > MOST_LAYOUTS or len(seen) > 5, timeout=20_000)
    qapp.removeEventFilter(layouts)
    clip.desks.clip.playback.stop()
    assert layouts.count <= MOST_LAYOUTS, f"laid out {layouts.count} times in {len(seen)} frames"


def test_stepping_through_a_clip_leaves_nothing_behind(clip, qtbot):
    tracked(clip, qtbot)
    go_to(clip, qtbot, 10)
    before = len(_lasting(clip.window))
    for frame in range(11, 30):
        clip.desks.navigation.go_to_frame(frame)
    qtbot.waitUntil(lambda: not clip.window.controllers.pictures.is_waiting)
    assert len(_lasting(clip.window)) <= before


def _lasting(window):
    """What hangs on the window, but for the docks' animations, which end by themselves."""
    found = window.findChildren(QObject)
    return [one for one in found if not isinstance(one, QAbstractAnimation)]
