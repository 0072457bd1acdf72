"""The list of a clip's frames, from packets or from decoding."""

from __future__ import annotations

from sam3_annotator.io.video_index import (
    Anchor,
    ClipIndex,
    PacketMark,
    anchors_of,
    first_damage_at_end,
    index_from_decoding,
    index_from_packets,
)


def packets(*marks: tuple[int | None, int | None, str]) -> list[PacketMark]:
    """Marks from (pts, dts, letters): k keyframe, d discarded, c corrupt."""
    return [
        PacketMark(pts, dts, "k" in letters, "d" in letters, "c" in letters)
        for pts, dts, letters in marks
    ]


def test_packets_are_put_into_display_order() -> None:
    index = index_from_packets(packets((0, -2, "k"), (3, -1, ""), (1, 0, ""), (2, 1, "")))
    assert index == ClipIndex((0, 1, 2, 3), (Anchor(0, -2),))
    assert [index.find(pts) for pts in (0, 3, 4, -1, None)] == [0, 3, None, None, None]
    assert len(index) == 4


def test_hidden_packets_are_no_frames_but_may_be_anchors() -> None:
    index = index_from_packets(packets((-2, -4, "kd"), (-1, -3, "d"), (0, -2, ""), (1, -1, "")))
    assert index is not None
    assert index.pts == (0, 1)
    assert index.anchor_before(0) == 0


def test_packets_shown_before_an_open_keyframe_belong_to_the_group_before() -> None:
    index = index_from_packets(
        packets((0, 0, "k"), (4, 1, "k"), (2, 2, ""), (3, 3, ""), (5, 4, ""))
    )
    assert index is not None
    assert [index.anchor_before(i) for i in range(5)] == [0, 0, 0, 1, 1]


def test_timestamps_that_say_nothing_give_no_index() -> None:
    assert index_from_packets([]) is None
    assert index_from_packets(packets((None, 0, "k"))) is None
    assert index_from_packets(packets((0, 0, "k"), (1, 1, ""), (1, 2, ""))) is None
    assert index_from_packets(packets((0, 0, "kd"))) is None


def test_index_from_decoding() -> None:
    marks = packets((0, None, "k"), (9, None, "k"), (2, None, "k"))
    index = index_from_decoding([0, 1, 2], marks)
    assert index == ClipIndex((0, 1, 2), (Anchor(0, None), Anchor(2, None)))
    assert index_from_decoding([0, 2, 1], marks) is None
    assert index_from_decoding([0, 0], marks) is None
    assert index_from_decoding([0, None], marks) is None
    assert index_from_decoding([], marks) is None


def test_parts_of_an_index() -> None:
    index = ClipIndex((0, 10, 20, 30), (Anchor(0, 0),))
    assert index.between(10, 30).pts == (10, 20)
    assert index.between(5, None).pts == (10, 20, 30)
    assert index.between(40, None).pts == ()


def test_anchors_are_found_again_by_their_timestamps() -> None:
    anchor = anchors_of(packets((5, 3, "k"), (None, 4, "k"), (1, 1, "k")))[1]
    assert (anchor.pts, anchor.seek_ts) == (5, 3)
    assert anchor.is_at(5, 3)
    assert anchor.is_at(5, None)
    assert not anchor.is_at(5, 4)
    assert not anchor.is_at(None, 3)
    assert Anchor(5, None).seek_ts == 5


def test_only_damage_after_the_last_good_keyframe_counts() -> None:
    good = [(0, 0, "k"), (2, 1, ""), (1, 2, "")]
    assert first_damage_at_end(packets(*good)) is None
    assert first_damage_at_end(packets(*good, (4, 3, "c"), (3, 4, "c"))) == 3
    assert first_damage_at_end(packets((0, 0, "kc"), (1, 1, ""))) == 0
    assert first_damage_at_end(packets((0, 0, "k"), (1, 1, "c"), (2, 2, "k"), (3, 3, ""))) is None
