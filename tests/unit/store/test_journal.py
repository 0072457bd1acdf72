from __future__ import annotations

import pytest

from sam3_annotator.domain.commands import AddMedia, AddObjects, FrameMask, NewObject, SetMask
from sam3_annotator.store import journal, project_file
from tests.support.projects import Made, picture, snapshot, square


@pytest.fixture
def made(tmp_path):
    made = Made(tmp_path / "p.s3a")
    for frame in range(1, 9):
        made.document.do(SetMask(made.objects[0], frame, square(frame, frame)))
    yield made
    made.close()


def _count(made, table):
    with made.document._file.database.reading() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()


def test_pruning_forgets_old_steps_and_touches_no_row(made, monkeypatch):
    state = snapshot(made.document)
    steps = _count(made, "steps")
    made.reopen()
    assert _count(made, "steps") == steps
    monkeypatch.setattr(project_file, "_JOURNAL_BYTES", 500)
    made.reopen()
    monkeypatch.undo()
    left = _count(made, "steps")
    assert 0 < left < steps
    assert snapshot(made.document) == state
    made.reopen()
    assert snapshot(made.document) == state
    for _ in range(left):
        made.document.undo()
    assert made.document.undo_title == ""
    assert len(made.document.project.masklet(made.objects[0])) == 9 - left


def test_the_newest_step_is_never_pruned(made):
    with made.document._file.database.transaction() as connection:
        journal.prune(connection, 0)
        assert journal.prune(connection, 0) == 0
    assert _count(made, "steps") == 1


def test_nothing_that_a_step_names_is_collected(made):
    before = _count(made, "blobs")
    for _ in range(5):
        made.document.undo()
    made.document._file.tidy(has_garbage=True)
    assert _count(made, "blobs") == before
    with made.document._file.database.transaction() as connection:
        journal.drop_undone(connection)
    made.document._file.tidy(has_garbage=True)
    assert _count(made, "blobs") == before - 4


def test_media_may_be_dropped_from_memory_and_read_again(made, monkeypatch):
    monkeypatch.setattr("sam3_annotator.domain.project._ROWS_KEPT", 1)
    document = made.document
    media = document.do(AddMedia(tuple(picture(f"{i}.jpg") for i in range(4)))).made
    new = [NewObject(m, made.bus, (FrameMask(0, square(3, 3)),)) for m in media]
    ids = document.do(AddObjects(tuple(new))).made
    state = snapshot(document)
    project = document.project
    assert len(project._contents) < 3
    for object_id in (*ids, *made.objects):
        assert document.mask(object_id, 0) is not None
    document.undo()
    document.redo()
    assert snapshot(document) == state
    walked = {m.id: set(contents.objects) for m, contents in project.walk()}
    assert walked[made.media] == set(made.objects)
    assert [m.id for m, _ in project.walk(media[:2])] == list(media[:2])


def test_decoded_masks_are_bounded_in_bytes(made, monkeypatch):
    cache = made.document.project.masks
    monkeypatch.setattr(cache, "_limit", 20)
    for _ in range(2):
        for frame in range(1, 9):
            assert made.document.mask(made.objects[0], frame) == square(frame, frame)
            assert cache._held <= 20
            assert made.document.project.masklet(made.objects[0]).blob_at(frame) in cache._masks


def test_a_title_comes_back_with_its_template(made):
    made.reopen()
    newest = made.document.history(1)[0]
    assert newest.title == "Edit mask: bus 1"
    assert (newest.title.template, newest.title.values["name"]) == ("{title}: {name}", "bus 1")
    with made.document.step("as it is {1}"):
        made.document.do(SetMask(made.objects[0], 9, square(9, 9)))
    made.reopen()
    assert made.document.undo_title == "as it is {1}"
