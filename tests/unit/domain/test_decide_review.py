"""What reviewers' commands do: verdicts, signatures and what has changed since, comments."""

from __future__ import annotations

import pytest

from sam3_annotator.domain import commands as c
from sam3_annotator.domain.entities import (
    ReviewState,
    SignOff,
)
from sam3_annotator.domain.ids import ObjectId
from sam3_annotator.domain.review import (
    REVIEW_CODES,
    changed_since,
    fingerprint,
    frame_codes,
    settled,
    standing_state,
    unsigned_frames,
)
from tests.support.commands import model_run
from tests.support.projects import square

PROPOSED, ACCEPTED, REJECTED, NEEDS_WORK = (REVIEW_CODES[state] for state in ReviewState)


def test_verdicts_lie_over_the_frames_that_have_something(made):
    first = made.objects[0]
    document = made.document
    model_run(made, first, range(1, 10))
    document.do(c.SetReview((first,), ReviewState.ACCEPTED))
    document.do(c.SetReview((first,), ReviewState.NEEDS_WORK, 5, 7))
    made.reopen()
    contents = made.document.project.contents(made.media)
    codes = frame_codes(contents, first, 20).tolist()
    assert codes == [ACCEPTED] * 5 + [NEEDS_WORK] * 3 + [ACCEPTED] * 2 + [PROPOSED] * 10
    assert contents.objects[first].review is ReviewState.ACCEPTED
    assert {mark.author for mark in contents.reviews.values()} == {"anna"}


def test_accepted_frames_count_as_human_ones_until_they_are_corrected(made):
    first = made.objects[0]
    model_run(made, first, range(1, 10))
    made.document.do(c.SetReview((first,), ReviewState.ACCEPTED, 3, 6))
    made.document.do(c.SetReview((first,), ReviewState.REJECTED, 6, 6))
    model_run(made, first, range(8, 10))
    contents = made.document.project.contents(made.media)
    found = settled(contents, first)
    assert found.frames[found.is_human].tolist() == [0, 3, 4, 5]
    assert contents.masklets[first].frames[contents.masklets[first].is_human].tolist() == [0]
    assert settled(contents, ObjectId(99)) is None


def test_what_is_corrected_after_a_verdict_waits_for_another_one(made):
    first = made.objects[0]
    document = made.document
    model_run(made, first, range(1, 4))
    document.do(c.SetReview((first,), ReviewState.REJECTED, 0, 3))
    document.do(c.SetMask(first, 2, square(1, 1)))
    contents = document.project.contents(made.media)
    assert frame_codes(contents, first, 4).tolist() == [REJECTED, REJECTED, PROPOSED, REJECTED]
    document.undo()
    assert frame_codes(contents, first, 4).tolist() == [REJECTED] * 4


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], ReviewState.PROPOSED),
        ([(ReviewState.ACCEPTED, 0, 2)], ReviewState.PROPOSED),
        ([(ReviewState.ACCEPTED, 0, 3)], ReviewState.ACCEPTED),
        ([(ReviewState.REJECTED, 0, 3)], ReviewState.REJECTED),
        ([(ReviewState.ACCEPTED, 0, 3), (ReviewState.REJECTED, 2, 2)], ReviewState.NEEDS_WORK),
        ([(ReviewState.NEEDS_WORK, 1, 1)], ReviewState.NEEDS_WORK),
    ],
)
def test_all_frames_together_say_what_is_thought_of_an_object(made, verdicts, expected):
    first = made.objects[0]
    model_run(made, first, range(1, 4))
    for state, start, stop in verdicts:
        made.document.do(c.SetReview((first,), state, start, stop))
    contents = made.document.project.contents(made.media)
    assert standing_state(contents, first) is expected
    assert standing_state(contents, made.objects[1]) is ReviewState.PROPOSED


def test_an_object_without_frames_is_what_was_said_of_it_as_a_whole(made):
    empty = made.add(None)
    made.document.do(c.SetReview((empty,), ReviewState.REJECTED))
    contents = made.document.project.contents(made.media)
    assert standing_state(contents, empty) is ReviewState.REJECTED


def test_what_changed_since_a_sign_off(made):
    first, second = made.objects
    document = made.document
    model_run(made, first, range(1, 6))
    number = document.do(c.AddSignOff(made.media, 0, 9)).made[0]
    contents = document.project.contents(made.media)

    def change():
        return changed_since(contents, contents.signoffs[number])

    assert not change().is_changed
    document.do(c.SetMask(second, 12, square(1, 1)))
    assert not change().is_changed
    document.do(c.SetMask(second, 4, square(1, 1)))
    assert change().objects == (second,)
    assert change().frames[second].tolist() == [4]
    document.undo()
    assert not change().is_changed
    document.do(c.ClearMask(first, (3,)))
    assert change().objects == (first,)
    document.undo()
    document.do(c.SwapTracks(first, second, 2, 3))
    assert change().objects == (first, second)
    assert change().frames[second].tolist() == [2, 3]
    document.undo()
    document.do(c.RemoveObjects((second,)))
    assert change().objects == (second,)
    assert not change().frames


def test_an_older_edit_that_redo_brings_back_is_seen(made):
    first = made.objects[0]
    document = made.document
    model_run(made, first, range(1, 4))
    document.do(c.SetMask(first, 2, square(1, 1)))
    document.undo()
    contents = document.project.contents(made.media)
    sign_off = SignOff(1, made.media, None, 0, 9, fingerprint(contents, None, 0, 9), "bob", 1e9)
    document.redo()
    assert changed_since(contents, sign_off).frames[first].tolist() == [0, 1, 2, 3]


def test_what_nobody_has_signed(made):
    first, second = made.objects
    document = made.document
    model_run(made, first, range(1, 10))
    contents = document.project.contents(made.media)
    assert unsigned_frames(contents, first).tolist() == list(range(10))
    document.do(c.AddSignOff(made.media, 0, 6, first))
    assert unsigned_frames(contents, first).tolist() == [7, 8, 9]
    assert unsigned_frames(contents, second).tolist() == [0]
    document.do(c.SetMask(first, 4, square(1, 1)))
    assert unsigned_frames(contents, first).tolist() == [4, 7, 8, 9]
    document.do(c.AddSignOff(made.media, 4, 8))
    assert unsigned_frames(contents, first).tolist() == [9]
    assert unsigned_frames(contents, made.add(None)).tolist() == []


def test_comments_are_resolved_and_removed(made):
    document = made.document
    comment = document.do(c.AddComment(made.media, 2, " look ")).made[0]
    document.do(c.ResolveComment(made.media, comment))
    assert document.project.contents(made.media).comments[comment].is_resolved
    document.do(c.RemoveComment(made.media, comment))
    assert not document.project.contents(made.media).comments
