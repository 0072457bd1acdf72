from __future__ import annotations

import pytest

from sam3_annotator.domain.commands import (
    AddCategory,
    ClearMask,
    EditCategory,
    FrameMask,
    ObjectFrames,
    SetMask,
    SetMasks,
    SetZOrder,
)
from sam3_annotator.domain.entities import Source
from sam3_annotator.errors import FileTrouble, Rejected
from sam3_annotator.workflow.document import BEGINNING
from tests.support.projects import Made, failing_writes, snapshot, square


@pytest.fixture
def made(tmp_path):
    made = Made(tmp_path / "p.s3a")
    yield made
    made.close()


def test_a_mask_is_there_after_reopening(made):
    mask = square(10, 10)
    made.document.do(SetMask(made.objects[0], 3, mask))
    before = snapshot(made.document)
    made.reopen()
    assert made.document.mask(made.objects[0], 3) == mask
    assert snapshot(made.document) == before


def test_undo_and_redo_reach_over_a_restart(made):
    document = made.document
    states = [snapshot(document)]
    for index in range(5):
        document.do(SetMask(made.objects[0], index, square(index, index), title="Brush"))
        states.append(snapshot(document))
    document.undo()
    made.reopen("bob")
    document = made.document
    assert (document.undo_title, document.redo_title) == ("Brush: bus 1", "Brush: bus 1")
    document.redo()
    assert snapshot(document) == states[5]
    for state in reversed(states[:5]):
        document.undo()
        assert snapshot(document) == state


def test_a_new_step_drops_what_was_undone(made):
    document = made.document
    document.do(AddCategory("tram"))
    document.undo()
    document.do(AddCategory("boat"))
    assert document.redo_title == ""
    with pytest.raises(Rejected):
        document.redo()


def test_jumping_in_the_history(made):
    document = made.document
    here = snapshot(document)
    entries = document.history()
    document.jump_to(BEGINNING)
    assert not document.project.media
    assert document.undo_title == ""
    with pytest.raises(Rejected):
        document.undo()
    document.jump_to(entries[0].id)
    assert snapshot(document) == here
    document.jump_to(entries[2].id)
    assert document.undo_title == entries[2].title
    assert document.redo_title == entries[1].title
    with pytest.raises(Rejected):
        document.jump_to(999)


def test_listeners_hear_what_changed_and_who_asked(made):
    heard = []
    leave = made.document.subscribe(heard.append)
    made.document.do(SetMask(made.objects[0], 3, square(1, 1)), origin="canvas")
    made.document.undo()
    leave()
    leave()
    made.document.redo()
    assert [touched.origin for touched in heard] == ["canvas", None]
    for touched in heard:
        assert touched.objects == {made.objects[0]}
        assert touched.touches(made.media, 3)
        assert not touched.touches(made.media, 4)


def test_a_command_that_changes_nothing_is_no_step(made):
    title = made.document.undo_title
    category = made.document.project.category(made.bus)
    outcome = made.document.do(EditCategory(category))
    assert outcome.step_id is None
    assert made.document.undo_title == title


def test_a_refused_command_changes_nothing(made):
    before = snapshot(made.document)
    with pytest.raises(Rejected):
        made.document.do(ClearMask(made.objects[0], (7,)))
    assert snapshot(made.document) == before


def test_a_full_disk_leaves_memory_and_disk_as_they_were(made):
    document = made.document
    before = snapshot(document)
    command = SetMask(made.objects[0], 3, square(1, 1))
    for after in range(100):
        with failing_writes(document, after) as refused:
            try:
                document.do(command)
            except FileTrouble:
                assert refused
            else:
                assert not refused
                break
        assert snapshot(document) == before
        assert document.undo_title == "Add bus 2"
    assert after > 4
    after_undo = 0
    while document.undo_title.startswith("Edit"):
        with failing_writes(document, after_undo) as refused:
            try:
                document.undo()
            except FileTrouble:
                assert document.mask(made.objects[0], 3) == square(1, 1)
        after_undo += 1
    assert after_undo > 2
    document.redo()
    made.reopen()
    assert made.document.mask(made.objects[0], 3) == square(1, 1)


def _batch(made, frame, source=Source.MODEL):
    masks = (FrameMask(frame, square(frame, 2), 0.9),)
    return SetMasks((ObjectFrames(made.objects[0], masks),), source)


def test_a_run_is_one_step_and_every_batch_is_on_disk_at_once(made):
    document = made.document
    before = snapshot(document)
    run = document.open_step("Propagate forward")
    for frame in range(1, 6):
        run.do(_batch(made, frame))
    made.reopen()
    document = made.document
    assert len(document.project.masklet(made.objects[0])) == 6
    assert document.undo_title == "Propagate forward"
    document.undo()
    assert snapshot(document) == before


def test_an_edit_during_a_run_splits_the_step(made):
    document = made.document
    run = document.open_step("Propagate forward")
    run.do(_batch(made, 1))
    document.do(SetMask(made.objects[1], 9, square(3, 3), title="Brush"))
    run.do(_batch(made, 2))
    run.do(_batch(made, 3))
    run.close()
    titles = [entry.title for entry in document.history(3)]
    assert titles == ["Propagate forward", "Brush: bus 2", "Propagate forward"]
    assert document.project.masklet(made.objects[0]).frames.tolist() == [0, 1, 2, 3]


def test_undoing_during_a_run_starts_a_new_step(made):
    document = made.document
    run = document.open_step("Propagate forward")
    run.do(_batch(made, 1))
    document.undo()
    run.do(_batch(made, 2))
    assert document.project.masklet(made.objects[0]).frames.tolist() == [0, 2]
    document.undo()
    assert document.project.masklet(made.objects[0]).frames.tolist() == [0]


def test_a_gesture_of_several_parts_is_one_step(made):
    document = made.document
    before = snapshot(document)
    with document.step("Union"), document.step("inner"):
        document.do(SetMask(made.objects[0], 0, square(1, 1)))
        document.do(SetMask(made.objects[1], 0, square(2, 2)))
    assert document.undo_title == "Union"
    document.undo()
    assert snapshot(document) == before


def test_a_gesture_that_fails_half_way_is_taken_back(made):
    document = made.document
    before = snapshot(document)

    def two_parts():
        with document.step("Union"):
            document.do(SetMask(made.objects[0], 0, square(1, 1)))
            document.do(ClearMask(made.objects[1], (9,)))

    with pytest.raises(Rejected):
        two_parts()
    assert snapshot(document) == before
    with pytest.raises(Rejected), document.step("Nothing"):
        document.do(ClearMask(made.objects[1], (9,)))
    assert snapshot(document) == before


def test_repeated_reordering_is_one_step(made):
    document = made.document
    steps = len(document.history())
    for z_order in range(5, 9):
        document.do(SetZOrder(((made.objects[0], z_order),)))
    assert len(document.history()) == steps + 1
    document.do(SetZOrder(((made.objects[1], 20),)))
    assert len(document.history()) == steps + 2
    document.undo()
    document.undo()
    assert document.project.object(made.objects[0]).z_order == 1


def test_garbage_is_collected_on_close_but_nothing_that_is_named(made):
    document = made.document
    document.do(SetMask(made.objects[0], 3, square(1, 1, 5)))
    document.undo()
    document.do(SetMask(made.objects[0], 4, square(1, 1, 6)))
    document.undo()
    made.reopen()
    with made.document._file.database.reading() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM blobs").scalar()
    assert count == 3
    made.document.redo()
    assert made.document.mask(made.objects[0], 4) == square(1, 1, 6)


def test_who_did_it_is_known(made):
    made.reopen("bob")
    made.document.do(SetMask(made.objects[0], 3, square(1, 1)))
    masklet = made.document.project.masklet(made.objects[0])
    assert [masklet.at(frame).author for frame in (0, 3)] == ["anna", "bob"]
    assert made.document.history(1)[0].author == "bob"


@pytest.mark.logs("could not tidy")
def test_closing_works_even_when_there_is_no_room_to_tidy(made, caplog):
    made.document.do(SetMask(made.objects[0], 3, square(1, 1, 5)))
    made.document.undo()
    made.document.do(SetMask(made.objects[0], 4, square(1, 1, 6)))
    with failing_writes(made.document, 0):
        made.document.close()
    assert "could not tidy" in caplog.text
    made.document.close()
    made.reopen()
    assert made.document.mask(made.objects[0], 4) == square(1, 1, 6)


def test_a_run_that_comes_over_a_frame_twice_is_undone_in_order(made):
    document = made.document
    before = snapshot(document)
    with document.open_step("Propagate both ways") as run:
        for source in (Source.MODEL, Source.INTERPOLATED, Source.HUMAN):
            run.do(_batch(made, 1, source))
        run.do(ClearMask(made.objects[0], (1,)))
        run.do(SetMask(made.objects[0], 0, square(30, 30)))
        run.do(SetMask(made.objects[0], 0, square(31, 31)))
    after = snapshot(document)
    document.undo()
    assert snapshot(document) == before
    made.reopen()
    assert snapshot(made.document) == before
    made.document.redo()
    assert snapshot(made.document) == after
