"""The pure half of the timeline: scale, reduction to columns, bytes, and the order of lanes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam3_annotator.domain.entities import FrameFlag, ReviewState, Source
from sam3_annotator.domain.ids import ObjectId
from sam3_annotator.domain.masklet import ROW, SOURCE_CODES, Masklet, People
from sam3_annotator.ui.panels.timeline.columns import NO_VALUE, Kind, LaneFrames
from sam3_annotator.ui.panels.timeline.lanes import (
    Choice,
    Lane,
    Only,
    Order,
    arranged,
    review_overview,
)
from sam3_annotator.ui.panels.timeline.pixels import LANE_PX, NOTHING, Inks, lane_bytes, lane_table
from sam3_annotator.ui.panels.timeline.scale import MAX_FRAME_PX, Scale, nice_step

INKS = Inks("#ffffff", "#00aa00", "#aa6600", "#cc0000", "#666666")


def masklet(frames, source=Source.MODEL, score=0.9, area=100, flags=FrameFlag.NONE):
    rows = np.zeros(len(frames), ROW)
    rows["frame"], rows["source"] = frames, SOURCE_CODES[source]
    rows["score"], rows["area"], rows["flags"] = score, area, int(flags)
    return Masklet(ObjectId(1), rows, (), People())


def lane(number, frames, category="bus", count=100, **more):
    found = LaneFrames(masklet(frames, **more), None, count)
    return Lane(ObjectId(number), f"{category} {number}", "#2080c0", category, found)


scales = st.builds(
    lambda count, width, zoom, pan: Scale.whole(count, width).zoomed(zoom, width / 2).panned(pan),
    st.integers(1, 30000),
    st.integers(1, 1500),
    st.floats(0.1, 500),
    st.floats(-1e4, 1e4),
)


@given(scales)
def test_a_scale_never_leaves_the_clip(scale):
    assert scale.first >= 0
    assert scale.is_whole or scale.first + scale.shown <= scale.frame_count + 1e-6
    assert 0 < scale.frame_px <= MAX_FRAME_PX
    starts = scale.column_starts()
    assert starts.min() >= 0
    assert starts.max() < scale.frame_count
    assert (np.diff(starts) >= 0).all()


@given(scales, st.floats(0, 1))
def test_zooming_keeps_the_frame_under_the_pointer(scale, share):
    x = share * scale.width
    before = scale.first + x / scale.frame_px
    after = scale.zoomed(1.3, x)
    clamped = after.first in (0.0, max(0.0, after.frame_count - after.shown))
    assert clamped or after.first + x / after.frame_px == pytest.approx(before, abs=1e-6)


@given(scales, st.integers(0, 29999))
def test_a_frame_can_be_brought_into_sight(scale, frame):
    frame = min(frame, scale.frame_count - 1)
    shown = scale.showing(frame)
    if shown.shown >= 2:
        assert shown.first <= frame + 1e-6
        assert frame + 1 <= shown.first + shown.shown + 1e-6


def test_frame_and_pixel_are_inverse():
    scale = Scale(1000, 500, first=40.0, frame_px=7.0)
    assert [scale.frame_at(scale.center_of(f)) for f in range(40, 110)] == list(range(40, 110))


def test_the_ruler_names_round_numbers():
    assert [nice_step(x) for x in (0.3, 1, 1.5, 4, 7, 19, 201)] == [1, 1, 2, 5, 10, 20, 500]
    named, small = Scale.whole(200, 1200).ticks()
    assert named == tuple(range(0, 200, 20))
    assert small == 10


@given(scales, st.lists(st.integers(0, 29999), unique=True, max_size=60), st.data())
def test_columns_show_the_strongest_of_their_frames(scale, frames, data):
    """Against a plain loop over every frame of every column."""
    frames = sorted(f for f in frames if f < scale.frame_count)
    sources = [data.draw(st.sampled_from(list(Source))) for _ in frames]
    rows = np.zeros(len(frames), ROW)
    rows["frame"], rows["area"], rows["score"] = frames, 5, 0.9
    rows["source"] = [SOURCE_CODES[s] for s in sources]
    lane_frames = LaneFrames(Masklet(ObjectId(1), rows, (), People()), None, scale.frame_count)
    kinds = lane_frames.columns(scale).kinds
    expected = lane_frames.kinds
    starts = scale.column_starts()
    if 1 / scale.frame_px < 8:  # folded copies may let a column see its neighbour's frames
        for x in range(min(scale.used_width, scale.width)):
            stop = starts[x + 1] if x + 1 < scale.width else starts[x] + 1
            assert kinds[x] >= expected[starts[x] : max(stop, starts[x] + 1)].max()
    for frame in lane_frames.human.tolist():
        x = int(scale.x_of(frame))
        if 1 <= x < min(scale.used_width, scale.width) - 1:
            assert Kind.HUMAN in kinds[x - 1 : x + 2]


def test_kinds_tell_who_said_what():
    frames = LaneFrames(masklet(range(5), score=0.2), None, 10)
    assert set(frames.kinds[:5]) == {Kind.LOW}
    assert set(frames.kinds[5:]) == {Kind.UNKNOWN}
    gone = LaneFrames(masklet(range(5), area=0), None, 10)
    assert set(gone.kinds[:5]) == {Kind.ABSENT}
    told = LaneFrames(masklet(range(5), Source.HUMAN, flags=FrameFlag.ABSENT), None, 10)
    assert set(told.kinds[:5]) == {Kind.HUMAN_ABSENT}
    assert told.human.tolist() == [0]
    human = LaneFrames(masklet([1, 2, 7], Source.HUMAN), None, 10)
    assert human.human.tolist() == [1, 2, 7]


def test_a_dip_of_confidence_shows_at_every_zoom():
    rows = masklet(range(20000)).rows.copy()
    rows["score"][12345] = 0.1
    frames = LaneFrames(Masklet(ObjectId(1), rows, (), People()), None, 20000)
    columns = frames.columns(Scale.whole(20000, 800))
    assert columns.scores[columns.scores != NO_VALUE].min() == 25
    assert Kind.LOW in columns.kinds


def test_bytes_differ_by_pattern_and_not_only_by_colour():
    scale = Scale.whole(60, 60 * 8)
    drawn = {}
    for name, source, score in (
        ("model", Source.MODEL, 0.9),
        ("low", Source.MODEL, 0.2),
        ("interpolated", Source.INTERPOLATED, np.nan),
        ("imported", Source.IMPORTED, np.nan),
    ):
        columns = LaneFrames(masklet(range(60), source, score), None, 60).columns(scale)
        picture = lane_bytes([columns], 0, shows_score=False, shows_area=False)[0]
        assert picture.shape == (LANE_PX, scale.width)
        inks = picture[4:-4, 20:-20] % 4
        drawn[name] = inks.tobytes()
        assert (len(np.unique(inks)) == 2) == (name != "model")
    assert len(set(drawn.values())) == 4


def test_nothing_is_drawn_where_nothing_is_known():
    columns = LaneFrames(masklet(range(10, 20)), None, 60).columns(Scale.whole(60, 60))
    picture = lane_bytes([columns], 0)[0]
    assert (picture[:, :10] == NOTHING).all()
    assert (picture[:, 20:] == NOTHING).all()
    assert (picture[4:-4, 12:18] != NOTHING).all()
    table = lane_table("#2080c0", INKS)
    assert len(table) == 256
    assert table[NOTHING] == 0


def test_a_review_leaves_a_line_at_the_bottom():
    reviews = np.zeros(60, np.uint8)
    reviews[20:40] = 1
    columns = LaneFrames(masklet(range(60)), reviews, 60).columns(Scale.whole(60, 600))
    bottom = lane_bytes([columns], 0)[0][-1]
    assert len(set(bottom[205:395].tolist())) == 1
    assert bottom[100] != bottom[300]


def test_lanes_are_grouped_sorted_and_filtered():
    lanes = [
        lane(1, range(50, 60)),
        lane(2, range(10, 90), score=0.2),
        lane(3, range(30, 35), category="car"),
    ]
    rows = arranged(lanes, Choice())
    assert [r.heading or r.lane.object_id for r in rows] == ["bus", 1, 2, "car", 3]
    assert [r.top for r in rows] == [0, 20, 44, 68, 88]

    def shown(**choice):
        return [r.lane.object_id for r in arranged(lanes, Choice(**choice)) if r.lane]

    assert shown(order=Order.START) == [2, 1, 3]
    assert shown(order=Order.LENGTH) == [2, 1, 3]
    assert shown(order=Order.CONFIDENCE) == [2, 1, 3]
    assert shown(only=Only.HERE, frame=55) == [1, 2]
    assert shown(only=Only.SELECTED, selection=frozenset([3])) == [3]
    assert shown(only=Only.UNSURE) == [2]
    assert shown(text="CAR") == [3]
    assert shown(folded=frozenset(["bus"])) == [3]
    lanes[0] = replace(lanes[0], review=ReviewState.ACCEPTED)
    assert shown(only=Only.OPEN) == [2, 3]
    assert not [r for r in arranged(lanes[:2], Choice()) if r.lane is None]


def test_the_overview_shows_the_worst_of_every_frame():
    reviews = np.zeros(100, np.uint8)
    reviews[:50] = 1
    frames = LaneFrames(masklet(range(80)), reviews, 100)
    good = Lane(ObjectId(1), "bus 1", "#2080c0", "bus", frames)
    low = lane(2, range(60, 70), score=0.1)
    overview = review_overview([good, low], 100)
    assert overview[10] == 1
    assert overview[55] == 2
    assert overview[65] == 3
    assert overview[90] == 0
