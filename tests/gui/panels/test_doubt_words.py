"""Doubts in words: the sentences with their numbers, signs and urgencies."""

from __future__ import annotations

import math

import pytest

from sam3_annotator.domain.doubts.calibration import Calibration
from sam3_annotator.domain.doubts.queue import Doubt, Reason
from sam3_annotator.domain.doubts.signals import Signal, Weights
from sam3_annotator.domain.entities import ReviewState
from sam3_annotator.domain.ids import FrameIndex, MediaId, ObjectId
from sam3_annotator.ui.panels.review.rows import Level, Sign
from sam3_annotator.ui.wiring import doubt_words
from sam3_annotator.workflow.queue_rows import QueueRow


def doubt(*reasons, peak=148, chance=0.9):
    return Doubt(
        ObjectId(1), FrameIndex(140), FrameIndex(150), FrameIndex(peak), chance, 2.0, reasons
    )


def name_of(object_id):
    return f"pillow {object_id}"


@pytest.mark.parametrize(
    ("signal", "value", "words"),
    [
        (Signal.AREA, -0.46, "area \u221246 %"),
        (Signal.CENTRE, 0.82, "jumped .8 of its size"),
        (Signal.SHAPE, 0.42, "outline changed (IoU .42)"),
        (Signal.PASSES, 0.31, "passes disagree (IoU .31)"),
        (Signal.DETECTOR, 0.5, "detector disagrees (IoU .50)"),
        (Signal.COMPETES, 0.22, "competes with pillow 2 for 22 % of pixels"),
        (Signal.SWAP, 151, "seems exchanged with pillow 2 from f 151 on"),
        (Signal.RETURN, 14.3, "came back 14 sizes away"),
        (Signal.SCORE, 0.58, "score .58"),
        (Signal.NEAR_JUMP, 120, "follows the jump on f 120"),
        (Signal.NEAR_JUMP, 149, "precedes the jump on f 149"),
        (Signal.PIECES, 2, "%n piece(s) appeared"),
        (Signal.LOST, 12, "lost %n frame(s)"),
        (Signal.FAR, 47, "%n frame(s) from a human frame"),
    ],
)
def test_every_signal_has_a_sentence_with_its_number(signal, value, words):
    reason = Reason(signal, value, 1.0, ObjectId(2))
    said = doubt_words.sentence(reason, doubt(reason), name_of)
    assert said == words.replace("%n", str(value))


def test_the_strongest_reasons_make_a_line_and_repetitions_are_left_out():
    line = doubt_words.reasons_line(
        doubt(
            Reason(Signal.NEAR_JUMP, 148, 4.0),
            Reason(Signal.AREA, -0.46, 2.0),
            Reason(Signal.PASSES, 0.31, 1.0),
            Reason(Signal.FAR, 60, 0.5),
        ),
        name_of,
    )
    assert line == "area \u221246 %, passes disagree (IoU .31)"
    assert doubt_words.reasons_line(doubt(), name_of) == "nothing unusual"


def test_every_state_and_urgency_has_its_own_shape_and_word():
    swap = Reason(Signal.SWAP, 150, 3.0, ObjectId(2))

    def shown(state, *reasons, chance=0.9):
        row = QueueRow(MediaId(1), doubt(*reasons, chance=chance), state)
        return doubt_words.sign_of(row)

    proposed = ReviewState.PROPOSED
    assert shown(proposed, swap) == (Sign.PAIR, Level.HIGH)
    assert shown(proposed, Reason(Signal.AREA, 1, 1), chance=0.3) == (Sign.JUMP, Level.MIDDLE)
    assert shown(proposed, chance=0.01) == (Sign.QUIET, Level.LOW)
    assert shown(proposed, Reason(Signal.LOST, 3, 1)) == (Sign.MISSING, Level.HIGH)
    assert shown(ReviewState.ACCEPTED, swap) == (Sign.ACCEPTED, Level.DONE)
    assert shown(ReviewState.REJECTED, swap) == (Sign.REJECTED, Level.HIGH)
    assert doubt_words.partner_of(doubt(swap)) == 2
    assert doubt_words.partner_of(doubt(Reason(Signal.AREA, math.nan, 1))) is None
    assert len({doubt_words.level_word(level) for level in Level}) == len(Level)


def test_calibration_speaks_only_when_it_knows():
    default = Weights.default()
    told = doubt_words.trust_text(Calibration(default, 412, 60, 0.83, 0.79))
    assert told == (
        "On your last 412 reviewed frames the first 20 % of this queue held 83 % of the errors; "
        "79 % were predicted."
    )
    assert "default weights" in doubt_words.trust_text(Calibration(default, 12, 1))
