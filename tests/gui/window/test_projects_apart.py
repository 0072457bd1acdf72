"""What was begun for one project never ends in another, and closing asks before work is lost."""

from __future__ import annotations

import threading

import pytest

from sam3_annotator.domain.commands import AddCategory


@pytest.fixture
def gate():
    """Holds back jobs that wait for it; opened in the end, whatever happened."""
    event = threading.Event()
    yield event
    event.set()


def slow_errand(running, gate, heard, **options):
    """A job in the background that is not done before the gate is opened."""
    running.desks.work.run_errand("reading labels", lambda _: gate.wait(), heard.append, **options)


def open_another(running, tmp_path):
    running.desks.files.create(tmp_path / "other.s3a")


def test_a_job_for_a_project_that_was_closed_is_stopped(labelling, tmp_path, gate, qtbot):
    heard, said = [], []
    slow_errand(labelling, gate, heard)
    labelling.workspace.said.connect(said.append)
    open_another(labelling, tmp_path)
    gate.set()
    qtbot.waitUntil(lambda: not labelling.workspace.reading.errands.is_busy)
    labelling.workspace.reading.errands.drain()
    assert heard == []
    assert "Stopped: reading labels." in said
    assert not labelling.desks.work.works


def test_a_job_that_belongs_to_no_project_goes_on(labelling, tmp_path, gate, qtbot):
    heard = []
    slow_errand(labelling, gate, heard, is_of_project=False)
    open_another(labelling, tmp_path)
    gate.set()
    qtbot.waitUntil(lambda: heard == [True])
    assert labelling.answers.asked == []


def test_slices_of_a_project_that_was_closed_are_stopped(labelling, tmp_path, qtbot):
    done = []

    def steps():
        for number in range(10_000):
            yield number, 10_000
        labelling.workspace.require_document().do(AddCategory("late"))

    labelling.desks.work.run_slices("adding objects", steps(), done.append)
    open_another(labelling, tmp_path)
    assert not labelling.desks.work.works
    qtbot.wait(0)
    assert not done
    assert not labelling.project.categories


@pytest.mark.parametrize("close", ["project", "window", "other", "new"])
def test_closing_asks_while_work_would_be_lost(labelling, tmp_path, gate, close):
    other = tmp_path / "other.s3a"
    document = labelling.workspace.document
    close_it = {
        "project": labelling.desks.files.close_project,
        "window": labelling.window.close,
        "other": lambda: labelling.desks.files.open_path(other),
        "new": lambda: labelling.desks.files.create(other),
    }[close]
    slow_errand(labelling, gate, [])
    labelling.window.show()
    labelling.answers.says_yes = False
    close_it()
    assert len(labelling.answers.asked) == 1
    assert labelling.workspace.document is document
    assert labelling.window.isVisible()
    assert len(labelling.desks.work.works) == 1
    labelling.answers.says_yes = True


def test_a_project_that_is_open_is_not_opened_again(labelling, qtbot):
    document, said, troubles = labelling.workspace.document, [], []
    labelling.workspace.said.connect(said.append)
    labelling.workspace.troubled.connect(troubles.append)
    labelling.desks.files.open_path(document.path)
    assert labelling.workspace.document is document
    assert said == [f"{document.path.name} is open already."]
    assert not troubles


def test_a_search_over_all_pictures_ends_with_its_project(labelling, tmp_path, qtbot):
    labelling.window.parts.find_bar.phrase.setText("cat")
    said, troubles = [], []
    labelling.workspace.said.connect(said.append)
    labelling.workspace.troubled.connect(troubles.append)
    labelling.session.gate.clear()
    labelling.desks.finding.run_everywhere()
    open_another(labelling, tmp_path)
    labelling.session.gate.set()
    assert not labelling.desks.work.works
    qtbot.waitUntil(lambda: labelling.workspace.engine.desk.open_tickets == 0)
    assert not troubles
    assert any("what was found is kept" in one for one in said)
    labelling.window.parts.find_bar.phrase.setText("cat")
    labelling.desks.finding.run_everywhere()
    assert "There are no pictures in the project yet." in said


def test_a_second_search_over_all_pictures_leaves_the_first_one_shown(labelling, qtbot):
    labelling.window.parts.find_bar.phrase.setText("cat")
    said = []
    labelling.workspace.said.connect(said.append)
    labelling.session.gate.clear()
    labelling.desks.finding.run_everywhere()
    labelling.window.parts.find_bar.phrase.setText("dog")
    labelling.desks.finding.run_everywhere()
    assert "A search is in progress. Cancel it first, or wait." in said
    assert [work.title for work in labelling.desks.work.works] == ["finding “cat” in the project"]
    assert [category.name for category in labelling.project.categories.values()] == ["cat"]
    labelling.session.gate.set()
    qtbot.waitUntil(lambda: not labelling.desks.work.works)
