"""A reviewer's keys and clicks: the queue, verdicts, fixing, swapping back, signing, the report."""

from __future__ import annotations

import csv

import pytest
from PySide6.QtCore import Qt

from sam3_annotator.domain.commands import AddCategory, AddObjects, FrameMask, NewObject
from sam3_annotator.domain.entities import ReviewState, Source
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import CategoryId, FrameIndex, ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.ui.dialogs.work_report import WorkReportDialog, _percent
from sam3_annotator.ui.settings import ThemeMode
from sam3_annotator.workflow.queue_rows import Show
from sam3_annotator.workflow.view_state import Tool
from tests.support.planted import planted_clip
from tests.support.planted_project import project_of


@pytest.fixture(scope="module")
def planted():
    return planted_clip(
        0, objects=4, frame_count=80, size=(320, 200), events=4, kinds=("swap", "flicker", "lost")
    )


@pytest.fixture
def reviewing(launch, planted, tmp_path, qtbot):
    """A window on a clip with planted errors, its queue measured and the panel in front."""
    path, _ = project_of(planted, tmp_path)
    running = launch(path)
    running.window.show()
    qtbot.waitUntil(lambda: running.window.controllers.pictures.picture is not None)
    running.window.docks["review"].raise_()
    wait_for_queue(running, qtbot)
    return running


def wait_for_queue(running, qtbot):
    desk = running.desks.review

    def is_shown():
        if not (desk.is_watched and desk.reviewing.is_done):
            return False
        wanted = [int(row.object_id) for row in desk.reviewing.rows(desk.show)]
        return [row.key[1] for row in rows(running)] == wanted

    qtbot.waitUntil(is_shown, timeout=30_000)


def show_open(running, qtbot):
    """Have the review panel show what nobody has judged yet."""
    running.window.docks["review"].raise_()
    panel = running.window.parts.review
    place = panel.filter.findData(Show.OPEN.value)
    panel.filter.setCurrentIndex(place)
    panel.filter.activated.emit(place)
    wait_for_queue(running, qtbot)


def press(running, qtbot, key, modifier=Qt.KeyboardModifier.NoModifier):
    canvas = running.window.parts.canvas
    canvas.setFocus()
    qtbot.keyClick(canvas, key, modifier)


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows(running):
    return running.window.parts.review.view.model().rows


def test_the_panel_lists_doubts_with_reasons_and_places(reviewing, qtbot):
    qtbot.waitUntil(lambda: len(rows(reviewing)) > 2)
    for row in rows(reviewing):
        assert row.title.startswith("blob ")
        assert row.place.startswith("f ")
        assert row.detail
        assert row.detail in row.spoken
    assert not reviewing.desks.review.reviewing.calibration.is_known
    assert "default weights" in reviewing.window.parts.review._trust.text()


def test_q_goes_to_the_first_row_and_y_accepts_it_and_goes_on(reviewing, qtbot):
    first, second = reviewing.desks.review.reviewing.rows()[:2]
    press(reviewing, qtbot, Qt.Key.Key_Q)
    view = reviewing.workspace.view
    assert (view.frame, view.selection) == (first.doubt.peak, (first.object_id,))
    press(reviewing, qtbot, Qt.Key.Key_Y)
    (mark,) = reviewing.project.contents(view.media_id).reviews.values()
    assert (mark.object_id, mark.state, mark.author) == (
        first.object_id, ReviewState.ACCEPTED, "Ada",
    )  # fmt: skip
    assert mark.start <= first.doubt.peak <= mark.stop
    view = reviewing.workspace.view
    assert (view.frame, view.selection) == (second.doubt.peak, (second.object_id,))


def test_n_rejects_and_undo_brings_the_row_back(reviewing, qtbot):
    first = reviewing.desks.review.reviewing.rows()[0]
    press(reviewing, qtbot, Qt.Key.Key_Q)
    press(reviewing, qtbot, Qt.Key.Key_N)
    shown = reviewing.desks.review.reviewing.rows()
    assert first.doubt.peak not in {r.doubt.peak for r in shown if r.object_id == first.object_id}
    press(reviewing, qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait_for_queue(reviewing, qtbot)
    assert reviewing.desks.review.reviewing.rows()[0].doubt == first.doubt


def test_fixing_stays_with_the_click_tool(reviewing, qtbot):
    press(reviewing, qtbot, Qt.Key.Key_Q)
    press(reviewing, qtbot, Qt.Key.Key_V)
    before = reviewing.workspace.view
    press(reviewing, qtbot, Qt.Key.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    after = reviewing.workspace.view
    assert after.tool is Tool.CLICK
    assert (after.frame, after.selection) == (before.frame, before.selection)
    (mark,) = reviewing.project.contents(after.media_id).reviews.values()
    assert mark.state is ReviewState.NEEDS_WORK


def test_a_click_on_a_row_shows_it(reviewing, qtbot):
    view = reviewing.window.parts.review.view
    qtbot.waitUntil(lambda: len(rows(reviewing)) > 1)
    wanted = reviewing.desks.review.reviewing.rows()[1]
    qtbot.mouseClick(
        view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=view.visualRect(view.model().index(1, 0)).center(),
    )
    assert reviewing.workspace.view.frame == wanted.doubt.peak
    qtbot.waitUntil(lambda: reviewing.window.parts.review._count.text().startswith("2 "))


def test_one_key_swaps_back(reviewing, planted, qtbot):
    desk = reviewing.desks.review
    assert planted.swaps
    (_, swap) = desk.reviewing.swaps[0]
    reviewing.workspace.state.update(frame=swap.frame, selection=(swap.first,))
    before = reviewing.project.masklet(swap.first).rows["area"].copy()
    press(
        reviewing, qtbot, Qt.Key.Key_X,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )  # fmt: skip
    after = reviewing.project.masklet(swap.first).rows["area"]
    at = int(swap.frame)
    assert (before[:at] == after[:at]).all()
    assert (before[at:] != after[at:]).any()
    assert "Swap" in reviewing.workspace.document.undo_title
    wait_for_queue(reviewing, qtbot)
    assert swap not in [one for _, one in desk.reviewing.swaps]


def test_filters_show_what_was_said(reviewing, qtbot):
    panel, desk = reviewing.window.parts.review, reviewing.desks.review
    press(reviewing, qtbot, Qt.Key.Key_Q)
    press(reviewing, qtbot, Qt.Key.Key_Y)
    place = panel.filter.findData(Show.ACCEPTED.value)
    panel.filter.setCurrentIndex(place)
    panel.filter.activated.emit(place)
    qtbot.waitUntil(lambda: len(rows(reviewing)) == len(desk.reviewing.rows(Show.ACCEPTED)) > 0)


def test_every_instance_found_is_one_key(reviewing, qtbot):
    press(reviewing, qtbot, Qt.Key.Key_Q)
    panel = reviewing.window.parts.review
    qtbot.waitUntil(lambda: "Every blob found?" in panel.question.text())
    press(reviewing, qtbot, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "some are missing, said Ada" in panel.question.text())
    press(reviewing, qtbot, Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "all found, said Ada" in panel.question.text())


def test_comments_are_pinned_opened_and_dealt_with(reviewing, qtbot):
    panel = reviewing.window.parts.review
    press(reviewing, qtbot, Qt.Key.Key_Q)
    view = reviewing.workspace.view
    qtbot.keyClicks(panel.comments.line, "whose arm is this?")
    qtbot.keyClick(panel.comments.line, Qt.Key.Key_Return)
    (comment,) = reviewing.project.contents(view.media_id).comments.values()
    assert (comment.frame, comment.object_id) == (view.frame, view.selection[0])
    press(reviewing, qtbot, Qt.Key.Key_Home)
    panel.comments.opened.emit(comment.id)
    assert reviewing.workspace.view.frame == comment.frame
    panel.comments.resolved.emit(comment.id, True)
    (comment,) = reviewing.project.contents(view.media_id).comments.values()
    assert comment.is_resolved


def test_signing_off_and_what_changed_since(reviewing, qtbot):
    panel, desk = reviewing.window.parts.review, reviewing.desks.review
    reviewing.workspace.state.update(selection=())
    qtbot.mouseClick(panel.sign, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Signed by Ada" in panel._signature.text())
    assert desk.reviewing.rows(Show.UNSIGNED) == ()


def test_the_review_arrangement_puts_the_panel_in_front(reviewing, qtbot):
    press(reviewing, qtbot, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert reviewing.window.docks["review"].isVisible()
    assert not reviewing.window.docks["candidates"].isVisible()
    press(reviewing, qtbot, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(reviewing.window.docks["candidates"].isVisible)


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0 %"), (0.004, "< 1 %"), (0.5, "50 %"), (0.996, "> 99 %"), (1.0, "100 %")],
)
def test_a_share_of_something_is_not_called_nothing(share, said):
    assert _percent(share) == said


def test_close_up_brings_each_doubt_into_the_middle(reviewing, qtbot):
    canvas = reviewing.window.parts.canvas
    press(reviewing, qtbot, Qt.Key.Key_F)
    whole = canvas.viewport.scale
    press(reviewing, qtbot, Qt.Key.Key_Q)
    assert canvas.viewport.scale == whole
    reviewing.workspace.state.update(
        selection=(reviewing.desks.review.reviewing.rows()[1].object_id,)
    )
    press(reviewing, qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    press(reviewing, qtbot, Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: canvas.viewport.scale > whole)
    qtbot.waitUntil(reviewing.window.table["review.close_up"].isChecked)


def test_close_up_waits_for_a_picture_that_is_still_being_read(labelling, qtbot):
    project, document = labelling.project, labelling.workspace.document
    pictures, canvas = labelling.window.controllers.pictures, labelling.window.parts.canvas
    category = CategoryId(document.do(AddCategory("coin")).made[0])
    far = list(project.media)[2]
    mask = FrameMask(FrameIndex(0), Mask.from_box(PixelBox(20, 20, 40, 40)), 0.3)
    new = NewObject(far, category, (mask,), "concept:coin", 0.3, Source.MODEL)
    document.do(AddObjects((new,)))
    labelling.settings.reviews_close_up = True
    labelling.window.show()
    show_open(labelling, qtbot)
    pictures._kept.clear()
    canvas.fit()
    whole = canvas.viewport.scale
    press(labelling, qtbot, Qt.Key.Key_Q)
    assert labelling.workspace.view.media_id == far
    assert pictures.is_waiting
    qtbot.waitUntil(lambda: not pictures.is_waiting)
    close = canvas.viewport.scale
    assert close > whole
    labelling.desks.navigation.go_to(next(iter(project.media)))
    qtbot.waitUntil(lambda: not pictures.is_waiting)
    assert canvas.viewport.scale == whole, "it was wished for once"


def test_close_up_shows_large_objects_in_the_whole_picture(reviewing):
    canvas, state = reviewing.window.parts.canvas, reviewing.workspace.state
    category = next(iter(reviewing.project.categories))
    size = canvas.viewport.picture
    large = Mask.from_box(PixelBox(8, 8, size.width - 8, size.height - 8))
    frame = FrameMask(reviewing.workspace.view.frame, large, 0.5)
    new = NewObject(reviewing.workspace.view.media_id, category, (frame,), "click")
    made = reviewing.workspace.document.do(AddObjects((new,))).made
    canvas.fit()
    whole = canvas.viewport
    canvas.zoom_to(3 * whole.scale)
    state.update(selection=tuple(made))
    reviewing.desks.window.close_up()
    assert canvas.viewport == whole


def test_pictures_of_a_folder_search_are_reviewed_together(labelling, qtbot):
    project, document = labelling.project, labelling.workspace.document
    category = CategoryId(document.do(AddCategory("coin")).made[0])
    made = {}
    for media, score in zip(list(project.media)[:3], (0.9, 0.35, 0.6), strict=True):
        mask = FrameMask(FrameIndex(0), Mask.from_box(PixelBox(20, 20, 60, 60)), score)
        new = NewObject(media, category, (mask,), "concept:coin", score, Source.MODEL)
        made[score] = ObjectId(document.do(AddObjects((new,))).made[0])
    labelling.window.show()
    show_open(labelling, qtbot)
    qtbot.waitUntil(
        lambda: [row.place for row in rows(labelling)] == ["p1.png", "p2.png", "p0.png"]
    )
    press(labelling, qtbot, Qt.Key.Key_Q)
    view = labelling.workspace.view
    assert view.selection == (made[0.35],)
    press(labelling, qtbot, Qt.Key.Key_N)
    assert labelling.workspace.view.selection == (made[0.6],)
    press(labelling, qtbot, Qt.Key.Key_Y)
    states = {s: project.contents(project.object(o).media_id).reviews for s, o in made.items()}
    assert [m.state for m in states[0.35].values()] == [ReviewState.REJECTED]
    assert [m.state for m in states[0.6].values()] == [ReviewState.ACCEPTED]


def test_the_work_report_is_shown_and_saved(reviewing, qtbot, tmp_path):
    press(reviewing, qtbot, Qt.Key.Key_Q)
    press(reviewing, qtbot, Qt.Key.Key_Y)
    reviewing.desks.review.show_report()

    def found():
        dialogs = reviewing.window.findChildren(WorkReportDialog)
        return dialogs[0] if dialogs else None

    qtbot.waitUntil(lambda: found() is not None)
    dialog = found()
    assert dialog.table.item(0, 0).text() == "Ada"
    reviewing.window.reports._ask = reviewing.answers
    reviewing.answers.paths = [tmp_path / "report.csv"]
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    people = read_csv(tmp_path / "report.csv")
    assert [row["person"] for row in people] == ["Ada", "all"]
    assert people[-1]["judged_accepted"] == "1"
    assert len(read_csv(tmp_path / "report.objects.csv")) == 4
    dialog.close()


@pytest.mark.parametrize("theme", [ThemeMode.LIGHT, ThemeMode.DARK])
def test_the_panel_draws_in_both_themes(reviewing, qtbot, theme):
    reviewing.workspace.theme.use(theme)
    panel = reviewing.window.parts.review
    picture = panel.grab().toImage()
    tokens = reviewing.workspace.theme.tokens
    assert picture.pixelColor(2, picture.height() - 2).lightness() > 128 or tokens.is_dark
