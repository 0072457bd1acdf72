"""Finding by concept: candidates, threshold without re-running, accept, reject, more like this."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sam3_annotator.domain.geometry import Box
from sam3_annotator.domain.ids import FrameIndex, MediaId
from sam3_annotator.domain.prompts import ConceptPrompt, Exemplar
from sam3_annotator.errors import Rejected
from sam3_annotator.workflow.detecting import Detecting


@pytest.fixture
def accepted():
    return []


@pytest.fixture
def detecting(pump, frame, accepted):
    detecting = Detecting(pump.desk, lambda _search: None, accepted.append)
    detecting.open_frame(frame)
    return detecting


@pytest.fixture
def answered(detecting, pump):
    detecting.set_phrase("bus")
    detecting.run()
    pump.settle()
    return detecting


def test_nothing_to_look_for_is_said_at_once(detecting):
    with pytest.raises(Rejected, match="Type what to find"):
        detecting.run()
    detecting.add_exemplar(Exemplar(Box(0, 0, 5, 5), is_positive=False))
    with pytest.raises(Rejected):
        detecting.run()


def test_candidates_come_best_first_with_presence(answered):
    scores = [c.score for c in answered.search.found]
    assert scores == sorted(scores, reverse=True)
    assert answered.search.presence == pytest.approx(0.97)
    assert not answered.search.is_running


def test_the_threshold_filters_without_asking_the_model(answered, pump):
    asked = len(pump.session.handled)
    answered.set_threshold(0.9)
    assert answered.search.open == (0,)
    answered.set_threshold(0.1)
    assert len(answered.search.open) == 4
    assert len(pump.session.handled) == asked


def test_accepting_all_is_one_step_and_cannot_happen_twice(answered, accepted):
    answered.set_threshold(0.7)
    answered.accept_open()
    assert [len(a.candidates) for a in accepted] == [2]
    answered.accept((0, 1))
    assert len(accepted) == 1
    assert answered.search.open == ()


def test_rejected_candidates_are_hidden_until_reconsidered(answered):
    answered.reject((0,))
    assert 0 not in answered.search.open
    answered.reconsider(0)
    assert 0 in answered.search.open


def test_more_like_this_adds_an_exemplar_and_asks_again(answered, pump):
    answered.more_like(1, is_positive=False)
    pump.settle()
    (exemplar,) = answered.search.concept.exemplars
    assert not exemplar.is_positive
    assert pump.session.handled[-1].concept.exemplars == (exemplar,)


def test_an_answer_to_an_older_question_is_dropped(answered, pump):
    pump.session.gate.clear()
    answered.run()
    answered.set_phrase("car")
    pump.session.gate.set()
    pump.settle()
    assert answered.stale_answers == 1


def test_the_end_of_an_older_search_is_not_the_end_of_the_newest(answered, pump):
    pump.session.gate.clear()
    pump.session.began.clear()
    answered.run()
    assert pump.session.began.wait(20)
    answered.set_phrase("car")
    answered.run()
    pump.session.gate.set()
    while pump.desk.open_tickets:
        assert answered.search.is_running
        pump.step()
    assert answered.search.has_answer
    assert not answered.search.is_running


def test_the_phrase_follows_to_the_next_frame_and_candidates_do_not(answered, frame):
    answered.open_frame(frame)
    assert answered.search.concept.phrase == "bus"
    assert answered.search.found == ()


def test_exemplars_stay_with_their_frames_while_the_clip_is_open(detecting, frame):
    first, second = Exemplar(Box(0, 0, 5, 5)), Exemplar(Box(9, 9, 15, 15), is_positive=False)
    detecting.set_phrase("bus")
    detecting.add_exemplar(first)
    later = replace(frame, frame=FrameIndex(7))
    for step in (None, later):  # None while the picture is on its way
        detecting.open_frame(step)
    assert detecting.search.concept.exemplars == ()
    assert detecting.search.exemplars == (first,)
    detecting.add_exemplar(second)
    bus = [ConceptPrompt("bus", (one,)) for one in (first, second)]
    assert detecting.search.prompts == ((frame.frame, bus[0]), (7, bus[1]))
    detecting.open_frame(frame)
    assert detecting.search.concept.exemplars == (first,)
    detecting.remove_exemplar(0)
    assert detecting.search.prompts == ((7, bus[1]),)
    other = replace(frame, media=replace(frame.media, media_id=MediaId(99)))
    detecting.open_frame(None)
    detecting.open_frame(other)
    assert detecting.search.prompts == ((other.frame, ConceptPrompt("bus")),)
    detecting.open_frame(frame)
    assert detecting.search.exemplars == ()


def test_clearing_forgets_the_exemplars_of_every_frame(detecting, frame):
    detecting.add_exemplar(Exemplar(Box(0, 0, 5, 5)))
    detecting.open_frame(replace(frame, frame=FrameIndex(7)))
    detecting.clear()
    detecting.open_frame(frame)
    assert detecting.search.exemplars == ()


def test_dismissing_puts_candidates_away_and_keeps_what_was_asked(answered):
    answered.add_exemplar(Exemplar(Box(0, 0, 5, 5)))
    concept = answered.search.concept
    answered.dismiss()
    assert not answered.search.found
    assert not answered.search.has_answer
    assert answered.search.concept == concept
