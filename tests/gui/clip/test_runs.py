"""Runs in the window: ranges, cuts, memory, phrases, closing in the middle; playing."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt

from sam3_annotator.domain.commands import RemoveObjects
from sam3_annotator.domain.entities import ReviewState
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.engine.protocol import EncodeFrame, PlanRun, Priority, Propagate, TrackConcept
from sam3_annotator.io.frames_csv import write_frames_csv
from sam3_annotator.io.opening import open_clip
from tests.gui.clip.conftest import add_object, go_to, is_idle, objects, run, trigger


def frames(running, one):
    return running.project.masklet(one).frames.tolist()


def asked(running, kind):
    return [request for request in running.session.handled if isinstance(request, kind)]


def test_a_run_can_be_kept_to_a_range_and_stops_at_cuts(clip, qtbot):
    go_to(clip, qtbot, 50)
    one = add_object(clip, qtbot)
    clip.workspace.state.update(span=(FrameIndex(40), FrameIndex(60)))
    run(clip, qtbot, "clip.in_range")
    assert frames(clip, one) == list(range(40, 61))
    clip.desks.clip.cuts._learn(clip.workspace.view.media_id, (45, 80))
    clip.workspace.state.update(span=None)
    run(clip, qtbot, "clip.both")
    assert frames(clip, one) == list(range(40, 80))
    trigger(clip, qtbot, "clip.cross_cuts")
    run(clip, qtbot, "clip.forward")
    assert frames(clip, one)[-1] == 131


def test_the_properties_of_a_frame_name_the_run_that_made_it(clip, qtbot):
    one = add_object(clip, qtbot)
    run(clip, qtbot, "clip.forward")
    shown = clip.window.parts.properties

    def facts():
        return dict(shown._shown.facts)

    qtbot.waitUntil(lambda: facts().get("Source") == "human")
    assert "Model" not in facts()
    go_to(clip, qtbot, 5)
    qtbot.waitUntil(lambda: facts().get("Source") == "model")
    made_by = clip.project.passes[clip.project.masklet(one).at(FrameIndex(5)).pass_id]
    assert facts()["Model"].startswith(f"{made_by.model} {made_by.weights_hash[:8]}".strip())
    assert "legs: forward" in facts()["Model"]


def test_memory_is_planned_and_objects_go_in_groups_when_they_do_not_fit(clip, qtbot):
    made = [add_object(clip, qtbot, x, 120) for x in (80, 240, 400)]
    clip.workspace.state.update(selection=())
    clip.session.free_bytes = 3 << 20
    run(clip, qtbot, "clip.forward")
    assert asked(clip, PlanRun)[-1].objects == 3
    assert [len({s.object_id for s in r.seeds}) for r in asked(clip, Propagate)] == [2, 1]
    assert "3 objects need" in clip.answers.asked[-1]
    assert {len(frames(clip, one)) for one in made} == {132}
    clip.desks.edits.undo()
    assert {len(frames(clip, one)) for one in made} == {1}
    said = []
    clip.workspace.said.connect(said.append)
    clip.session.free_bytes = 1 << 20
    trigger(clip, qtbot, "clip.forward")
    qtbot.waitUntil(lambda: any("Close other programs" in one for one in said))
    assert {len(frames(clip, one)) for one in made} == {1}


def test_a_phrase_is_found_and_tracked_from_the_find_bar(clip, qtbot):
    bar = clip.window.parts.find_bar
    assert not bar._track.isHidden()
    bar.phrase.setText("rabbit")
    qtbot.mouseClick(bar._track, Qt.MouseButton.LeftButton)
    concepts = clip.desks.clip.concepts
    qtbot.waitUntil(
        lambda: concepts.progress.done == 132 and not concepts.progress.is_running, timeout=30000
    )
    (one,) = clip.project.objects(clip.workspace.view.media_id)
    assert clip.project.category(one.category_id).name == "rabbit"
    assert one.review is ReviewState.PROPOSED
    assert len(frames(clip, one.id)) == 132
    clip.desks.edits.undo()
    assert not objects(clip)


def test_a_search_through_the_clip_says_what_there_is_room_for(clip, qtbot):
    bar, concepts, said = clip.window.parts.find_bar, clip.desks.clip.concepts, []
    clip.workspace.said.connect(said.append)
    bar.phrase.setText("rabbit")
    clip.session.free_bytes = 1 << 20
    qtbot.mouseClick(bar._track, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any("Close other programs" in one for one in said))
    assert asked(clip, PlanRun)[-1].is_concept
    assert not concepts.progress.is_running
    assert not asked(clip, TrackConcept)
    clip.session.free_bytes = 6 << 20
    qtbot.mouseClick(bar._track, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: concepts.progress.done == 132 and not concepts.progress.is_running, timeout=30000
    )
    assert any("room for 5" in one for one in said)


def test_objects_removed_during_a_run_and_a_closed_project_do_no_harm(clip, qtbot):
    first, second = add_object(clip, qtbot, 80, 120), add_object(clip, qtbot, 400, 200)
    clip.workspace.state.update(selection=())
    runs = clip.desks.clip.runs

    def remove(progress):
        if progress.done == 10:
            clip.workspace.do(RemoveObjects((first,)))

    runs.changed.connect(remove)
    run(clip, qtbot, "clip.forward")
    runs.changed.disconnect(remove)
    assert objects(clip) == (second,)
    assert len(frames(clip, second)) == 132
    clip.workspace.state.update(selection=(second,))
    trigger(clip, qtbot, "clip.both")
    qtbot.waitUntil(lambda: runs.progress.is_running)
    path = clip.workspace.document.path
    clip.desks.files.close_project()
    assert not clip.desks.work.works
    qtbot.waitUntil(lambda: clip.workspace.engine.desk.open_tickets == 0)
    clip.desks.files.open_path(path)
    assert len(frames(clip, second)) == 132


def test_pausing_from_the_status_bar_holds_the_run(clip, qtbot):
    one = add_object(clip, qtbot)
    clip.session.gate.clear()
    trigger(clip, qtbot, "clip.forward")
    clip.session.gate.set()
    status = clip.window.parts.status
    qtbot.waitUntil(lambda: status.is_working)
    status._pause.setChecked(True)
    assert clip.desks.clip.runs.progress.is_paused or is_idle(clip)
    status._pause.setChecked(False)
    qtbot.waitUntil(lambda: is_idle(clip), timeout=30000)
    assert len(frames(clip, one)) == 132


def test_the_model_looks_ahead_only_while_nothing_plays(clip, qtbot):
    go_to(clip, qtbot, 10)
    go_to(clip, qtbot, 11)
    qtbot.waitUntil(lambda: {12, 13} <= {int(r.frame.frame) for r in asked(clip, EncodeFrame)})
    assert Priority.PREFETCH > Priority.RUN


def test_playing_shows_frames_at_the_clips_speed_and_stops_at_the_end(clip, qtbot):
    playback, canvas = clip.desks.clip.playback, clip.window.parts.canvas
    clip.workspace.state.update(span=(FrameIndex(20), FrameIndex(45)))
    seen = []
    clip.workspace.view_changed.connect(lambda _, after: seen.append(int(after.frame)))
    encoded = len(asked(clip, EncodeFrame))
    canvas.setFocus()
    begin = time.monotonic()
    qtbot.keyPress(canvas, Qt.Key.Key_Space)
    qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    assert playback.is_playing
    qtbot.waitUntil(lambda: not playback.is_playing, timeout=20000)
    took = time.monotonic() - begin
    assert seen[0] == 20
    assert clip.workspace.view.frame == 45
    assert seen == sorted(seen)
    assert took >= 0.95
    qtbot.waitUntil(lambda: clip.workspace.segmenting.attempt.frame is not None)
    assert len(asked(clip, EncodeFrame)) - encoded <= 6


def test_anybody_who_moves_takes_over_from_playing(clip, qtbot):
    playback = clip.desks.clip.playback
    trigger(clip, qtbot, "clip.play")
    assert playback.is_playing
    clip.desks.navigation.go_to_frame(100)
    assert not playback.is_playing
    assert not clip.workspace.view.is_playing
    assert clip.workspace.view.frame == 100


def test_the_list_of_media_can_be_seen_and_left(clip, qtbot):
    parts = clip.window.parts
    assert parts.strip.currentWidget() is parts.timeline
    parts.timeline.transport.list_wanted.emit()
    assert parts.strip.currentWidget() is parts.thumbnails
    parts.thumbnails.opened.emit(clip.workspace.view.media_id)
    assert parts.strip.currentWidget() is parts.timeline


def test_an_export_is_verified_against_its_clip(clip, qtbot, tmp_path):
    source = open_clip(clip.workspace.path_of(clip.workspace.view.media_id))
    listing = tmp_path / "out.frames.csv"
    write_frames_csv(listing, source)
    source.close()
    clip.window.dialogs._report = lambda *_: None
    exchange = clip.desks.exchange
    with qtbot.waitSignal(exchange.reported, timeout=30000) as told:
        clip.desks.clip.exchange.verify(listing)
    assert "Every frame is the one" in told.args[1]
    lines = listing.read_text().splitlines()
    lines[5] = lines[5][:-2] + ("00" if not lines[5].endswith("00") else "11")
    listing.write_text("\n".join(lines) + "\n")
    with qtbot.waitSignal(exchange.reported, timeout=30000) as told:
        clip.desks.clip.exchange.verify(listing)
    assert "Frame 4 shows another picture." in told.args[2]
