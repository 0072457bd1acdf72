"""Finding by phrase and by example: candidates, threshold, accepting, the whole folder."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sam3_annotator.domain.commands import (
    AddCategory,
    EditCategory,
    LockObjects,
    RemoveObjects,
)
from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.geometry import Box
from sam3_annotator.engine.protocol import Capability, FindConcept
from tests.support.fake_session import fake_info
from tests.support.projects import failing_writes


def find(running, qtbot, phrase="cat"):
    running.window.parts.find_bar.phrase.setText(phrase)
    running.desks.finding.run()
    qtbot.waitUntil(lambda: not running.workspace.detecting.search.is_running)


def searches(running):
    return sum(isinstance(request, FindConcept) for request in running.session.handled)


def test_the_phrase_becomes_the_category_of_what_is_accepted(labelling, qtbot):
    find(labelling, qtbot)
    search = labelling.workspace.detecting.search
    assert len(search.open) == 3
    labelling.window.parts.candidates.accept_requested.emit((0, 2))
    assert len(labelling.masks()) == 2
    (category,) = labelling.project.categories.values()
    assert category.name == "cat"
    assert labelling.workspace.detecting.search.open == (1,)
    labelling.desks.edits.undo()
    assert not labelling.masks()
    assert not labelling.project.categories


@pytest.mark.logs("no space")
def test_what_could_not_be_kept_is_still_to_be_accepted(labelling, qtbot):
    find(labelling, qtbot)
    before = labelling.workspace.detecting.search.open
    with failing_writes(labelling.workspace.document, 0):
        labelling.desks.finding.accept_all()
    assert labelling.workspace.detecting.search.open == before
    labelling.desks.finding.accept_all()
    assert labelling.workspace.detecting.search.open == ()
    assert len(labelling.masks()) == len(before)


def test_how_many_were_left_out_is_said(labelling, qtbot):
    find(labelling, qtbot)
    labelling.desks.finding.accept_all()
    (category,) = labelling.project.categories.values()
    labelling.workspace.do(EditCategory(replace(category, is_exclusive=True)))
    items = labelling.project.objects(labelling.workspace.view.media_id)
    labelling.workspace.do(LockObjects((items[0].id,), is_locked=True))
    labelling.workspace.do(RemoveObjects(tuple(item.id for item in items[1:])))
    find(labelling, qtbot)
    with qtbot.waitSignal(labelling.workspace.said) as said:
        labelling.desks.finding.accept_all()
    assert "without overlaps: 1" in said.args[0]
    assert len(labelling.masks()) == len(items)


def test_the_threshold_filters_without_running_the_model(labelling, qtbot):
    find(labelling, qtbot)
    before = searches(labelling)
    labelling.window.parts.candidates.threshold_changed.emit(0.9)
    assert labelling.workspace.detecting.search.open == (0,)
    assert searches(labelling) == before
    labelling.desks.finding.accept_all()
    assert len(labelling.masks()) == 1


def test_an_example_box_asks_again_and_is_counted(labelling, qtbot):
    labelling.window.parts.canvas.exemplar_drawn.emit(Box(10, 10, 40, 40), True)
    labelling.window.parts.canvas.exemplar_drawn.emit(Box(50, 10, 80, 40), False)
    qtbot.waitUntil(lambda: bool(labelling.workspace.detecting.search.found))
    bar = labelling.window.parts.find_bar
    assert bar._plus.text() == "+1"
    assert bar._minus.text() == "\N{MINUS SIGN}1"


def test_rejecting_hides_a_candidate_and_more_like_this_searches_again(labelling, qtbot):
    find(labelling, qtbot)
    before = searches(labelling)
    panel = labelling.window.parts.candidates
    panel.reject_requested.emit((1,))
    assert 1 not in labelling.workspace.detecting.search.open
    panel.more_like_requested.emit(0)
    qtbot.waitUntil(lambda: searches(labelling) == before + 1)
    assert len(labelling.workspace.detecting.search.concept.exemplars) == 1


def test_finding_everywhere_keeps_proposals_as_one_step(labelling, qtbot):
    find(labelling, qtbot)
    labelling.desks.finding.run_everywhere()
    assert labelling.answers.asked == ["Find “cat” in 4 pictures?"]
    qtbot.waitUntil(lambda: not labelling.desks.work.works)
    counts = [sum(labelling.project.object_counts(m).values()) for m in labelling.project.media]
    assert counts == [3, 3, 3, 3]
    view = labelling.workspace.view
    for _, annotation in labelling.project.on_frame(view.media_id, view.frame):
        assert annotation.source is Source.MODEL
        assert labelling.project.passes[annotation.pass_id].model == fake_info().name
    labelling.desks.edits.undo()
    counts = [sum(labelling.project.object_counts(m).values()) for m in labelling.project.media]
    assert counts == [0, 0, 0, 0]


def test_finding_everywhere_leaves_out_what_is_known(labelling, qtbot):
    find(labelling, qtbot)
    labelling.desks.finding.accept_all()
    labelling.desks.finding.run_everywhere()
    qtbot.waitUntil(lambda: not labelling.desks.work.works)
    counts = [sum(labelling.project.object_counts(m).values()) for m in labelling.project.media]
    assert counts == [3, 3, 3, 3]


def test_cancelling_the_sweep_keeps_what_was_found(labelling, qtbot):
    find(labelling, qtbot)
    said = []
    labelling.workspace.said.connect(said.append)
    labelling.session.gate.clear()
    labelling.desks.finding.run_everywhere()
    assert labelling.window.parts.status.is_working
    labelling.window.parts.status.cancel_requested.emit()
    labelling.session.gate.set()
    qtbot.waitUntil(lambda: not labelling.desks.work.works)
    assert any("kept" in sentence for sentence in said)


def test_undo_ends_the_sweep_and_comes_to_what_was_done_meanwhile(labelling, qtbot):
    find(labelling, qtbot)
    document, said = labelling.workspace.document, []
    labelling.workspace.said.connect(said.append)
    labelling.session.gate.clear()
    labelling.desks.finding.run_everywhere()
    made = document.do(AddCategory("drawn meanwhile")).made[0]
    labelling.desks.edits.undo()
    assert made not in document.project.categories
    assert not labelling.desks.work.works
    assert any("kept" in sentence for sentence in said)
    labelling.session.gate.set()
    qtbot.waitUntil(lambda: labelling.workspace.engine.desk.open_tickets == 0)
    assert document.redo_title, "nothing has come after it"


def test_nothing_is_searched_when_the_user_says_no(labelling, qtbot):
    find(labelling, qtbot)
    before = searches(labelling)
    labelling.answers.says_yes = False
    labelling.desks.finding.run_everywhere()
    assert not labelling.desks.work.works
    assert searches(labelling) == before


def test_a_model_without_phrases_says_how_to_get_them(labelling, qtbot):
    able = frozenset({Capability.CLICK, Capability.BOX})
    labelling.workspace.use_model(replace(fake_info(), capabilities=able))
    said = []
    labelling.workspace.said.connect(said.append)
    assert not labelling.window.parts.find_bar.phrase.isEnabled()
    labelling.desks.finding.find("cat")
    assert "SAM 3 does: Help, Model" in said[-1]
    labelling.window.parts.canvas.exemplar_drawn.emit(Box(1, 1, 9, 9), True)
    assert "by example" in said[-1]
    qtbot.waitUntil(lambda: not labelling.window.table["find.phrase"].isEnabled())


@pytest.mark.parametrize("phrase", ["", "  "])
def test_an_empty_phrase_is_refused_with_a_sentence(labelling, phrase):
    said = []
    labelling.workspace.said.connect(said.append)
    labelling.desks.finding.find(phrase)
    assert said
    assert not labelling.window.findChildren(type(labelling.window), "dialog")
