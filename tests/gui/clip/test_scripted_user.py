"""One person's work on a clip from the first click to an export that is read again."""

from __future__ import annotations

import numpy as np
import pytest

from sam3_annotator.domain.entities import FrameFlag, Source
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.ui.dialogs.export import PROJECT, ExportWish
from tests.gui.clip.conftest import (
    add_object,
    correct,
    go_to,
    is_idle,
    masks,
    objects,
    run,
    trigger,
)


def cancel_in_the_middle(running, qtbot, after=20):
    runs = running.desks.clip.runs

    def stop(progress):
        if progress.done == after:
            runs.cancel()

    runs.changed.connect(stop)
    trigger(running, qtbot, "clip.both")
    qtbot.waitUntil(lambda: runs.can_go_on, timeout=60000)
    runs.changed.disconnect(stop)


def kinds(running, one):
    masklet = running.project.masklet(one)
    return {int(a.frame): (a.source, a.flags) for a in masklet.annotations()}


@pytest.mark.slow
def test_a_day_on_a_clip(clip, qtbot, tmp_path):
    count = clip.project.medium(clip.workspace.view.media_id).frame_count
    go_to(clip, qtbot, 60)
    first = add_object(clip, qtbot, 200, 150)
    cancel_in_the_middle(clip, qtbot)
    some = len(clip.project.masklet(first))
    assert 20 <= some < count
    run(clip, qtbot, "clip.go_on")
    assert len(clip.project.masklet(first)) == count
    # Correct a frame in the middle: only its neighbourhood is computed again.
    correct(clip, qtbot, 90, 215, 160)
    fixed = clip.project.mask(first, FrameIndex(90))
    run(clip, qtbot, "clip.correct")
    assert clip.project.mask(first, FrameIndex(90)) == fixed
    assert clip.project.masklet(first).at(90).source is Source.HUMAN
    # A second object, absent over a range, then swapped with the first from there on.
    go_to(clip, qtbot, 60)
    second = add_object(clip, qtbot, 420, 240)
    run(clip, qtbot, "clip.both")
    clip.workspace.state.update(span=(FrameIndex(30), FrameIndex(40)))
    trigger(clip, qtbot, "flag.absent")
    assert all(kinds(clip, second)[f][1] & FrameFlag.ABSENT for f in range(30, 41))
    before_swap = masks(clip)
    clip.workspace.state.update(selection=(first, second), span=None)
    go_to(clip, qtbot, 100)
    trigger(clip, qtbot, "clip.swap")
    assert clip.project.mask(first, FrameIndex(110)) == before_swap[second, 110]
    assert clip.project.mask(first, FrameIndex(99)) == before_swap[first, 99]
    done = masks(clip)
    # Undo everything, redo everything.
    document = clip.workspace.document
    while document.undo_title:
        clip.desks.edits.undo()
    assert not objects(clip)
    while document.redo_title:
        clip.desks.edits.redo()
    assert masks(clip) == done
    # Close, open again.
    path = document.path
    clip.desks.files.close_project()
    clip.desks.files.open_path(path)
    qtbot.waitUntil(lambda: clip.window.controllers.pictures.picture is not None)
    assert masks(clip) == done
    for key in ("coco", "coco-video", "davis", "mots"):
        export_and_import(clip, qtbot, tmp_path, key, done)


def export_and_import(running, qtbot, tmp_path, key, expected):
    suffix = ".json" if key.startswith("coco") else ""
    target = tmp_path / "out" / f"{key}{suffix}"
    target.parent.mkdir(exist_ok=True)
    exchange = running.desks.exchange
    running.window.dialogs._report = lambda *_: None
    with qtbot.waitSignal(exchange.reported, timeout=60000) as told:
        exchange.export(ExportWish(key, target, PROJECT, None, None, False, True))
    assert "difference" not in told.args[1], told.args
    old = set(objects(running))
    with qtbot.waitSignal(exchange.reported, timeout=60000):
        exchange.import_files(None, [target])
    new = [one for one in objects(running) if one not in old]
    assert visible(running, new) == flattened(expected, key)
    running.desks.edits.undo()
    assert set(objects(running)) == old


def visible(running, new):
    project, found = running.project, {}
    for one in new:
        for frame in project.masklet(one).frames.tolist():
            mask = project.mask(one, FrameIndex(frame))
            if mask is not None and not mask.is_empty:
                found.setdefault(frame, set()).add(mask.to_bytes())
    return found


def flattened(expected, key):
    """What a format can hold: DAVIS and MOTS give every pixel to the nearest object alone."""
    found = {}
    frames = {frame for _, frame in expected}
    for frame in frames:
        there = [(one, m) for (one, f), m in expected.items() if f == frame and m is not None]
        there.sort(key=lambda item: -int(item[0]))
        covered = None
        for _, mask in there:
            kept = mask
            if key in ("davis", "mots") and covered is not None:
                kept = mask.minus(covered)
            covered = mask if covered is None else covered.union(mask)
            if not kept.is_empty:
                found.setdefault(frame, set()).add(kept.to_bytes())
    return found


def test_the_queue_of_work_is_empty_at_the_end(clip, qtbot):
    add_object(clip, qtbot)
    run(clip, qtbot, "clip.forward")
    assert not clip.desks.work.works
    assert is_idle(clip)
    assert np.all(np.diff(clip.project.masklet(objects(clip)[0]).frames) == 1)
