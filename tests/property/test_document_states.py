"""The journal against a list of states, with failing writes and restarts in between."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from sam3_annotator.domain import commands as c
from sam3_annotator.domain.entities import (
    FrameFlag,
    MediaState,
    ReviewState,
    Source,
)
from sam3_annotator.errors import FileTrouble, Rejected
from tests.support.projects import Made, clip, failing_writes, picture, snapshot, square

FRAMES = 8
ids = st.integers(1, 5)
frames = st.integers(0, FRAMES - 1)
masks = st.builds(square, st.integers(-4, 60), st.integers(-4, 44), st.integers(2, 30))
sources = st.sampled_from(Source)
flags = st.sampled_from([f for f in FrameFlag if f])
frame_masks = st.builds(
    c.FrameMask,
    frames,
    st.none() | masks,
    st.none() | st.floats(0, 1, width=32),
    attributes=st.sampled_from([(), (("pose", "left"),)]),
)
some_masks = st.lists(frame_masks, max_size=4).map(tuple)
new_objects = st.builds(
    c.NewObject,
    st.just(1),
    ids,
    some_masks,
    source=sources,
    attributes=st.sampled_from([(), (("size", 2.5), ("wet", True))]),
)
several = st.lists(ids, min_size=1, max_size=3).map(tuple)

COMMANDS = {
    "AddMedia": st.builds(
        c.AddMedia,
        st.sampled_from([(clip(FRAMES, "b.mp4"),), (picture("c.jpg"), picture("d.jpg"))]),
    ),
    "RemoveMedia": st.builds(c.RemoveMedia, st.tuples(st.integers(1, 3))),
    "SetMediaState": st.builds(
        c.SetMediaState, st.tuples(st.integers(1, 2)), st.sampled_from(MediaState)
    ),
    "RelocateMedia": st.builds(
        c.RelocateMedia, st.tuples(st.tuples(st.integers(1, 2), st.sampled_from(["x/a", "y/b"])))
    ),
    "AddCategory": st.builds(
        c.AddCategory, st.sampled_from(["tram", "boat"]), is_exclusive=st.booleans()
    ),
    "RemoveCategory": st.builds(c.RemoveCategory, ids, st.none() | ids),
    "ReorderCategories": st.builds(c.ReorderCategories, st.permutations([1, 2]).map(tuple)),
    "AddObjects": st.builds(c.AddObjects, st.lists(new_objects, min_size=1, max_size=2).map(tuple)),
    "SetMask": st.builds(c.SetMask, ids, frames, masks, sources),
    "SetMasks": st.builds(
        c.SetMasks,
        st.lists(st.builds(c.ObjectFrames, ids, some_masks), max_size=3).map(tuple),
        sources,
    ),
    "ClearMask": st.builds(c.ClearMask, ids, st.tuples(frames)),
    "RemoveObjects": st.builds(c.RemoveObjects, several),
    "Recategorize": st.builds(c.Recategorize, several, ids),
    "SetFlags": st.builds(c.SetFlags, several, frames, frames, flags, st.booleans()),
    "SetZOrder": st.builds(c.SetZOrder, st.tuples(st.tuples(ids, st.integers(-3, 9)))),
    "LockObjects": st.builds(c.LockObjects, several, st.booleans()),
    "HideObjects": st.builds(c.HideObjects, several, st.booleans()),
    "SetAttributes": st.builds(
        c.SetAttributes,
        ids,
        st.sampled_from([(), (("colour", "red"),), (("size", 2.5), ("wet", True))]),
        st.none() | frames,
    ),
    "SplitTrack": st.builds(c.SplitTrack, ids, frames),
    "MergeTracks": st.builds(c.MergeTracks, ids, ids),
    "SwapTracks": st.builds(c.SwapTracks, ids, ids, frames, frames),
    "DeleteRange": st.builds(c.DeleteRange, several, frames, frames),
    "HoldRange": st.builds(c.HoldRange, ids, frames, frames, frames),
    "CopyToFrame": st.builds(c.CopyToFrame, ids, frames, frames),
    "SetReview": st.builds(
        c.SetReview, several, st.sampled_from(ReviewState), st.none() | frames, frames
    ),
    "AddComment": st.builds(c.AddComment, st.just(1), frames, st.just("look"), st.none() | ids),
    "ResolveComment": st.builds(c.ResolveComment, st.just(1), ids, st.booleans()),
    "RemoveComment": st.builds(c.RemoveComment, st.just(1), ids),
    "AddSignOff": st.builds(c.AddSignOff, st.just(1), frames, frames, st.none() | ids),
    "CheckComplete": st.builds(
        c.CheckComplete, st.just(1), frames, st.integers(1, 2), st.booleans()
    ),
    "AddModelPass": st.builds(c.AddModelPass, st.just("mini"), st.just("ab")),
}
any_command = st.one_of(*COMMANDS.values())

SEED = (
    c.AddMedia((picture("p.jpg"),)),
    c.SetMasks((c.ObjectFrames(1, (c.FrameMask(4, square(8, 8)),)),), Source.MODEL),
    c.SetMask(2, 2, square(30, 8)),
    c.SetMask(2, 3, square(31, 8)),
    c.SetMask(1, 3, square(1, 8)),
    c.AddComment(1, 3, "hm", 2),
    c.SetReview((1,), ReviewState.ACCEPTED),
)


def a_folder() -> Path:
    """A fresh folder, in memory where the system has such a place: thousands of commits."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))


def a_project(folder: Path, *, is_exclusive: bool = False) -> Made:
    made = Made(folder / "p.s3a", 3, frame_count=FRAMES, is_exclusive=is_exclusive)
    for command in SEED:
        made.document.do(command)
    return made


def test_every_command_is_tried():
    union = set()
    for part in (c.LibraryCommand, c.ObjectCommand, c.MaskCommand, c.TrackCommand, c.ReviewCommand):
        union |= {kind.__name__ for kind in part.__args__}
    assert union - set(COMMANDS) == {"EditCategory"}


@pytest.mark.parametrize("name", sorted(COMMANDS))
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_undo_after_do_is_as_if_nothing_had_been_done(name, data):
    folder = a_folder()
    made = a_project(folder, is_exclusive=data.draw(st.booleans()))
    try:
        before = snapshot(made.document)
        outcome = None
        for _ in range(5):
            try:
                outcome = made.document.do(data.draw(COMMANDS[name]))
            except Rejected:
                continue
            break
        if outcome is None or outcome.step_id is None:
            assert snapshot(made.document) == before
            return
        after = snapshot(made.document)
        assert after != before
        made.document.undo()
        assert snapshot(made.document) == before
        made.reopen()
        assert snapshot(made.document) == before
        made.document.redo()
        assert snapshot(made.document) == after
    finally:
        made.close()
        shutil.rmtree(folder)


def human_rows(document) -> dict:
    found = {}
    for media_id in document.project.media:
        for object_id, masklet in document.project.contents(media_id).masklets.items():
            for row in masklet.rows[masklet.is_human]:
                found[object_id, int(row["frame"])] = row.tobytes()
    return found


class JournalMachine(RuleBasedStateMachine):
    """Memory, disk and a list of states must always say the same."""

    @initialize(is_exclusive=st.booleans())
    def begin(self, is_exclusive):
        self.folder = a_folder()
        self.made = a_project(self.folder, is_exclusive=is_exclusive)
        self.states = [snapshot(self.made.document)]
        self.here = 0
        self.base = len(self.made.document.history(-1))

    def teardown(self):
        if hasattr(self, "made"):
            self.made.close()
            shutil.rmtree(self.folder)

    def _record(self, outcome):
        if outcome.step_id is not None:
            self.states = [*self.states[: self.here + 1], snapshot(self.made.document)]
            self.here += 1

    @rule(command=any_command)
    def do(self, command):
        try:
            outcome = self.made.document.do(command)
        except Rejected:
            return
        if isinstance(command, c.SetZOrder | c.SetAttributes) and outcome.step_id is not None:
            self._record_merged()
        else:
            self._record(outcome)

    def _record_merged(self):
        """A step with a merge key may have joined the one before."""
        count = sum(not entry.is_undone for entry in self.made.document.history(-1))
        done = count - self.base
        self.states = [*self.states[:done], snapshot(self.made.document)]
        self.here = done

    @rule(command=any_command, after=st.integers(0, 8))
    def do_on_a_full_disk(self, command, after):
        with failing_writes(self.made.document, after) as refused:
            try:
                outcome = self.made.document.do(command)
            except FileTrouble:
                assert refused
                return
            except Rejected:
                return
        if isinstance(command, c.SetZOrder | c.SetAttributes) and outcome.step_id is not None:
            self._record_merged()
        else:
            self._record(outcome)

    @rule(commands=st.lists(any_command, min_size=2, max_size=4))
    def do_a_gesture_of_several_parts(self, commands):
        outcomes = []
        with self.made.document.step("gesture"):
            for command in commands:
                with suppress(Rejected):
                    outcomes.append(self.made.document.do(command))
        written = [outcome for outcome in outcomes if outcome.step_id is not None]
        if written:
            self._record(written[-1])

    @rule(batch=COMMANDS["SetMasks"], source=st.sampled_from([Source.MODEL, Source.INTERPOLATED]))
    def run_a_model(self, batch, source):
        before = human_rows(self.made.document)
        try:
            outcome = self.made.document.do(c.SetMasks(batch.items, source))
        except Rejected:
            return
        self._record(outcome)
        assert human_rows(self.made.document) == before

    @precondition(lambda self: self.here > 0)
    @rule()
    def undo(self):
        self.made.document.undo()
        self.here -= 1

    @precondition(lambda self: self.here < len(self.states) - 1)
    @rule()
    def redo(self):
        self.made.document.redo()
        self.here += 1

    @precondition(lambda self: self.here > 0)
    @rule()
    def undo_on_a_full_disk(self):
        with failing_writes(self.made.document, 1), pytest.raises(FileTrouble):
            self.made.document.undo()

    @rule()
    def restart(self):
        self.made.reopen()

    @rule(data=st.data())
    def jump(self, data):
        target = data.draw(st.integers(0, len(self.states) - 1))
        entries = self.made.document.history(-1)[::-1]
        self.made.document.jump_to(entries[self.base + target - 1].id)
        self.here = target

    @invariant()
    def memory_is_the_expected_state(self):
        if hasattr(self, "made"):
            assert snapshot(self.made.document) == self.states[self.here]

    @invariant()
    def disk_is_what_memory_says(self):
        if hasattr(self, "base"):
            project = self.made.document.project
            for media_id, contents in project._source.load(list(project.media)).items():
                held = project.contents(media_id)
                assert held.objects == contents.objects
                assert held.comments == contents.comments
                assert held.masklets.keys() == contents.masklets.keys()
                assert all(m.same_as(held.masklets[k]) for k, m in contents.masklets.items())


TestJournal = JournalMachine.TestCase
TestJournal.settings = settings(
    max_examples=8,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
