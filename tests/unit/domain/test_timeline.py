from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam3_annotator.domain.entities import Annotation, FrameFlag, Source
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import BlobId, FrameIndex, ObjectId, PassId
from sam3_annotator.domain.masklet import ROW, Masklet, People, pack_blob_id, unpack_blob_id
from sam3_annotator.domain.timeline import (
    FrameKind,
    Span,
    area_curve,
    coverage,
    gaps,
    human_frames,
    lane,
    next_human_frame,
    previous_human_frame,
    score_curve,
    spans,
)

PEOPLE = People([(1, "anna"), (2, "bob")])


def an_annotation(frame, source=Source.MODEL, area=9, flags=FrameFlag.NONE, **more):
    return Annotation(
        ObjectId(3),
        FrameIndex(frame),
        BlobId(f"{frame + 1:032x}") if area else None,
        PixelBox(1, 2, 4, 5),
        area,
        source,
        flags=flags,
        **more,
    )


annotations = st.builds(
    an_annotation,
    st.integers(0, 40),
    st.sampled_from(Source),
    st.integers(0, 3),
    st.builds(FrameFlag, st.integers(0, 15)),
    score=st.none() | st.floats(0, 1, width=32),
    pass_id=st.none() | st.integers(1, 5).map(PassId),
    author=st.sampled_from(["", "anna", "bob"]),
    edited_at=st.floats(0, 1e9),
    attributes=st.sampled_from([(), (("a", "b"),), (("c", 2.5), ("d", True))]),
)
masklets = st.lists(annotations, max_size=30).map(lambda a: Masklet.of(ObjectId(3), a, PEOPLE))


@given(st.lists(annotations, max_size=20))
def test_a_masklet_gives_back_what_it_was_made_of(given_annotations):
    masklet = Masklet.of(ObjectId(3), given_annotations, PEOPLE)
    expected = {a.frame: a for a in given_annotations}
    assert masklet.annotations() == tuple(expected[f] for f in sorted(expected))
    for frame in range(42):
        assert masklet.at(frame) == expected.get(frame)
        wanted = expected.get(frame)
        assert masklet.blob_at(frame) == (None if wanted is None else wanted.blob_id)


@given(masklets, masklets)
def test_differences_lead_from_one_masklet_to_the_other(old, new):
    before, after = new.differing_from(old)
    assert old.without(before.frames).merged(after).same_as(new)
    assert new.without(after.frames).merged(before).same_as(old)
    unchanged = set(old.annotations()) & set(new.annotations())
    assert set(before.annotations()) == set(old.annotations()) - unchanged
    assert set(after.annotations()) == set(new.annotations()) - unchanged


@given(masklets, st.integers(0, 40), st.integers(0, 40))
def test_parts_put_together_are_the_whole(masklet, start, stop):
    part = masklet.between(start, stop)
    assert all(start <= frame <= stop for frame in part.frames)
    rest = masklet.without(part.frames)
    assert len(rest) + len(part) == len(masklet)
    assert rest.merged(part).same_as(masklet)
    assert masklet.only(part.frames).same_as(part)


def test_a_masklet_cannot_be_written_to():
    masklet = Masklet.of(ObjectId(3), [an_annotation(1)], PEOPLE)
    with pytest.raises(ValueError, match="read-only"):
        masklet.rows["area"][0] = 7
    with pytest.raises(ValueError, match="read-only"):
        masklet.frames[0] = 7


def test_blob_ids_with_zeros_at_the_end_survive():
    blob_id = BlobId("ab" + "00" * 15)
    assert unpack_blob_id(pack_blob_id(blob_id)) == blob_id
    assert unpack_blob_id(pack_blob_id(None)) is None


def test_people_have_numbers():
    people = People([(1, "anna")])
    people.add(4, "eve")
    assert (people.number("eve"), people.name(4)) == (4, "eve")
    assert (people.number("nobody"), people.name(77), people.number("")) == (0, "", 0)


@given(masklets)
def test_spans_and_gaps_cover_every_frame_once(masklet):
    kinds = lane(masklet, 41)
    seen = np.zeros(41, np.int64)
    for span in spans(masklet):
        assert (kinds[span.start : span.stop + 1] == span.kind).all()
        seen[span.start : span.stop + 1] += 1
        if span.stop < 40:
            assert kinds[span.stop + 1] != span.kind
        assert len(span) == span.stop - span.start + 1
    for start, stop in gaps(masklet, 0, 40):
        assert (kinds[start : stop + 1] == FrameKind.UNKNOWN).all()
        seen[start : stop + 1] += 1
    assert (seen == 1).all()
    assert coverage(masklet, 0, 40) == pytest.approx(len(masklet) / 41)


def test_what_a_lane_shows():
    masklet = Masklet.of(
        ObjectId(3),
        [
            an_annotation(2, Source.HUMAN),
            an_annotation(3, score=0.5),
            an_annotation(4, score=0.25),
            an_annotation(5, area=0, flags=FrameFlag.ABSENT),
            an_annotation(6, Source.HUMAN, area=0, flags=FrameFlag.OUT_OF_VIEW),
            an_annotation(9, Source.INTERPOLATED),
            an_annotation(10, Source.HUMAN),
        ],
        PEOPLE,
    )
    assert spans(masklet) == (
        Span(2, 2, FrameKind.HUMAN),
        Span(3, 4, FrameKind.MODEL),
        Span(5, 5, FrameKind.ABSENT),
        Span(6, 6, FrameKind.HUMAN_ABSENT),
        Span(9, 9, FrameKind.INTERPOLATED),
        Span(10, 10, FrameKind.HUMAN),
    )
    assert gaps(masklet, 0, 12) == ((0, 1), (7, 8), (11, 12))
    assert gaps(masklet, 3, 5) == ()
    assert human_frames(masklet).tolist() == [2, 6, 10]
    assert next_human_frame(masklet, 2) == 6
    assert next_human_frame(masklet, 10) is None
    assert previous_human_frame(masklet, 6) == 2
    assert previous_human_frame(masklet, 2) is None
    assert score_curve(masklet, 12)[3] == 0.5
    assert math.isnan(score_curve(masklet, 12)[2])
    assert area_curve(masklet, 12)[[4, 5]].tolist() == [9, 0]
    assert math.isnan(area_curve(masklet, 12)[0])


def test_an_empty_masklet_has_no_spans():
    empty = Masklet.empty(ObjectId(3), PEOPLE)
    assert spans(empty) == ()
    assert gaps(empty, 0, 3) == ((0, 3),)
    assert empty.rows.dtype == ROW
