"""Random days on a clip: whatever is edited, run, cancelled, undone or reopened, what a person
did on a frame is never changed by anything but that person.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sam3_annotator.domain.commands import AddObjects, FrameMask, NewObject, SetFlags, SetMask
from sam3_annotator.domain.entities import FrameFlag
from sam3_annotator.domain.geometry import Box
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.prompts import ConceptPrompt, Exemplar
from sam3_annotator.engine.protocol import MediaRef
from sam3_annotator.errors import Rejected
from sam3_annotator.workflow.concept_plan import ConceptWish
from sam3_annotator.workflow.concept_running import ConceptRunning
from sam3_annotator.workflow.exchanging import finished
from sam3_annotator.workflow.propagating import Propagating
from sam3_annotator.workflow.run_plan import Agreement, Reach, Wish
from sam3_annotator.workflow.time_tools import interpolated, smoothed
from tests.support.fake_session import fake_info
from tests.support.projects import Made, snapshot, square
from tests.support.pump import Pump

FRAMES = 16
frames = st.integers(0, FRAMES - 1).map(FrameIndex)
places = st.tuples(st.integers(0, 40), st.integers(0, 30))


def human_part(document):
    """(object, frame) -> the bytes of every human annotation."""
    project, found = document.project, {}
    for media_id in project.media:
        for one, masklet in project.contents(media_id).masklets.items():
            human = masklet.where(masklet.is_human)
            for row in human.rows:
                found[int(one), int(row["frame"])] = row.tobytes()
    return found


class Day(RuleBasedStateMachine):
    """A person, a model that comes and goes, and a program that is closed and opened."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp())
        self.made = Made(self.folder / "day.s3a", objects=2, frame_count=FRAMES)
        self.pump = Pump()
        self.use_document()
        self.human = human_part(self.made.document)

    def use_document(self):
        clock = count()
        given = (
            self.made.document,
            self.pump.desk,
            lambda _: None,
            lambda media_id: MediaRef(media_id, "/clip.mp4", 0, "clip", "h"),
            fake_info,
            lambda: float(next(clock)),
        )
        self.runs, self.finder = Propagating(*given), ConceptRunning(*given)

    @property
    def objects(self):
        return [item.id for item in self.made.document.project.objects(self.made.media)]

    def person(self, command):
        """Edits by a person: the human part may change, and what it is now is sacred."""
        with contextlib.suppress(Rejected):
            self.made.document.do(command)
        self.human = human_part(self.made.document)

    def pick(self, data):
        return data.draw(st.sampled_from(self.objects))

    # -- a person

    @precondition(lambda self: self.objects)
    @rule(data=st.data(), frame=frames, place=places)
    def draw(self, data, frame, place):
        self.person(SetMask(self.pick(data), frame, square(*place)))

    @precondition(lambda self: self.objects)
    @rule(data=st.data(), a=frames, b=frames)
    def absent(self, data, a, b):
        span = (min(a, b), max(a, b))
        self.person(SetFlags((self.pick(data),), *span, FrameFlag.ABSENT))

    @rule(frame=frames, place=places)
    def add(self, frame, place):
        new = NewObject(self.made.media, self.made.car, (FrameMask(frame, square(*place)),))
        self.person(AddObjects((new,)))

    @rule()
    def undo(self):
        try:
            self.made.document.undo()
        except Rejected:
            return
        self.human = human_part(self.made.document)

    @rule()
    def redo(self):
        try:
            self.made.document.redo()
        except Rejected:
            return
        self.human = human_part(self.made.document)

    # -- the model

    @precondition(lambda self: self.objects)
    @rule(
        data=st.data(),
        at=frames,
        reach=st.sampled_from(list(Reach)),
        is_local=st.booleans(),
        stop_after=st.none() | st.integers(0, 6),
        at_once=st.integers(0, 2),
    )
    def propagate(self, data, at, reach, is_local, stop_after, at_once):
        chosen = tuple(data.draw(st.sets(st.sampled_from(self.objects), min_size=1)))
        wish = Wish(at, reach, FrameIndex(0), FrameIndex(FRAMES - 1), is_local=is_local, cuts=(7,))

        def stop(progress):
            if progress.done == stop_after:
                self.runs.cancel()

        self.runs._on_changed = stop
        try:
            self.runs.start(
                self.made.media, chosen, wish, Agreement() if is_local else None, at_once
            )
        except Rejected:
            return
        self.pump.settle()
        assert not self.runs.is_running

    @rule()
    def go_on(self):
        self.runs._on_changed = lambda _: None
        try:
            self.runs.go_on()
        except Rejected:
            return
        self.pump.settle()

    @rule(
        at=frames,
        reach=st.sampled_from([Reach.FORWARD, Reach.BACKWARD, Reach.BOTH]),
        phrase=st.sampled_from(["", "bus"]),
        boxes=st.sets(frames, max_size=2),
        cuts=st.sampled_from([(), (7,)]),
        stop_after=st.none() | st.integers(0, 20),
    )
    def find(self, at, reach, phrase, boxes, cuts, stop_after):
        def cancel(progress):
            if progress.done == stop_after:
                self.finder.cancel()

        self.finder._on_changed = cancel
        example = Exemplar(Box(1, 1, 9, 9))
        told = tuple((frame, ConceptPrompt(phrase, (example,))) for frame in boxes)
        where = Wish(at, reach, FrameIndex(0), FrameIndex(FRAMES - 1), cuts=cuts)
        bare = ((at, ConceptPrompt(phrase)),)
        with contextlib.suppress(Rejected):
            self.finder.start(self.made.media, ConceptWish(told or bare, where), self.made.bus)
        self.pump.settle()
        assert not self.finder.is_running

    @rule()
    def find_on(self):
        self.finder._on_changed = lambda _: None
        with contextlib.suppress(Rejected):
            self.finder.go_on()
        self.pump.settle()

    @precondition(lambda self: self.objects)
    @rule(data=st.data(), tool=st.sampled_from([interpolated, smoothed]))
    def fill(self, data, tool):
        with contextlib.suppress(Rejected):
            command = finished(tool(self.made.document.project, self.pick(data), 0, FRAMES - 1))
            self.made.document.do(command)

    # -- the program

    @rule()
    def restart(self):
        before = snapshot(self.made.document)
        self.runs.abandon()
        self.finder.abandon()
        self.made.reopen()
        assert snapshot(self.made.document) == before
        self.use_document()

    @invariant()
    def human_frames_are_untouched(self):
        if hasattr(self, "human"):
            assert human_part(self.made.document) == self.human

    def teardown(self):
        if hasattr(self, "made"):
            self.pump.close()
            self.made.close()
            shutil.rmtree(self.folder)


Day.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestDays = Day.TestCase
