"""Doubts in words: the name of each signal, and a sentence with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.domain.doubts.calibration import FIRST_SHARE, LEAST_ERRORS, LEAST_FRAMES
from sam3_annotator.domain.doubts.signals import Signal
from sam3_annotator.domain.entities import ReviewState
from sam3_annotator.ui.panels.review.rows import Level, Sign
from sam3_annotator.ui.text import in_words, translate
from sam3_annotator.ui.wiring.naming import short_score

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.domain.doubts.calibration import Calibration
    from sam3_annotator.domain.doubts.queue import Doubt, Reason
    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.workflow.queue_rows import QueueRow

    NameOf = Callable[[ObjectId], str]

HIGH, MIDDLE = 0.5, 0.2
"""Chances of an error from which a row is drawn as urgent, and as less so."""

_SIGNS = {
    Signal.SWAP: Sign.PAIR,
    Signal.COMPETES: Sign.PAIR,
    Signal.LOST: Sign.MISSING,
    Signal.SCORE: Sign.QUIET,
    Signal.FAR: Sign.QUIET,
    Signal.NEAR_JUMP: Sign.QUIET,
}
_VERDICTS = {
    ReviewState.ACCEPTED: Sign.ACCEPTED,
    ReviewState.REJECTED: Sign.REJECTED,
    ReviewState.NEEDS_WORK: Sign.NEEDS_WORK,
}
_MOST_TOLD = 3


def sign_of(row: QueueRow) -> tuple[Sign, Level]:
    """The shape and urgency of a row."""
    verdict = _VERDICTS.get(row.state)
    if verdict is not None:
        is_good = row.state is ReviewState.ACCEPTED
        return verdict, Level.DONE if is_good else Level.HIGH
    reasons = row.doubt.reasons
    strongest = _strongest(row.doubt)
    sign = Sign.QUIET if strongest is None else _SIGNS.get(strongest.signal, Sign.JUMP)
    chance = row.doubt.probability
    if chance >= HIGH:
        return sign, Level.HIGH
    return sign, Level.MIDDLE if chance >= MIDDLE and reasons else Level.LOW


def level_word(level: Level) -> str:
    """The urgency in words."""
    return {
        Level.HIGH: translate("Doubt", "probably wrong"),
        Level.MIDDLE: translate("Doubt", "perhaps wrong"),
        Level.LOW: translate("Doubt", "probably right"),
        Level.DONE: translate("Doubt", "accepted"),
    }[level]


def state_word(state: ReviewState) -> str:
    """A verdict in words."""
    return {
        ReviewState.PROPOSED: translate("Review", "proposed"),
        ReviewState.ACCEPTED: translate("Review", "accepted"),
        ReviewState.REJECTED: translate("Review", "rejected"),
        ReviewState.NEEDS_WORK: translate("Review", "needs work"),
    }[state]


def reasons_line(doubt: Doubt, name_of: NameOf) -> str:
    """The strongest reasons, "area -46 %, passes disagree (IoU .31)"."""
    reasons = [r for r in doubt.reasons if not _is_plain_from(r, doubt)] or list(doubt.reasons)
    told = [sentence(reason, doubt, name_of) for reason in reasons[:_MOST_TOLD]]
    return in_words(told) if told else translate("Doubt", "nothing unusual")


def _is_plain_from(reason: Reason, doubt: Doubt) -> bool:
    """Whether the other reasons say it already: the jump is this frame, or nobody was near."""
    if reason.signal is Signal.NEAR_JUMP:
        return round(reason.value) == doubt.peak
    return reason.signal is Signal.FAR and len(doubt.reasons) > 1


def _strongest(doubt: Doubt) -> Reason | None:
    told = [r for r in doubt.reasons if not _is_plain_from(r, doubt)] or doubt.reasons
    return told[0] if told else None


def partner_of(doubt: Doubt) -> ObjectId | None:
    """The second object when a row is first of all about two."""
    first = _strongest(doubt)
    return first.other if first is not None and _SIGNS.get(first.signal) is Sign.PAIR else None


def sentence(reason: Reason, doubt: Doubt, name_of: NameOf) -> str:
    """One reason with its numbers."""
    counted = _counted(reason)
    if counted:
        return counted
    other = "" if reason.other is None else name_of(reason.other)
    value, show = reason.value, _SHOWN.get(reason.signal, short_number)
    return _template(reason, doubt).format(value=show(value), other=other)


def _counted(reason: Reason) -> str:
    """Sentences whose plural follows their number; "" for the others."""
    count = round(reason.value) if reason.signal in _COUNTED else 0
    if reason.signal is Signal.PIECES and count > 0:
        return translate("Doubt", "%n piece(s) appeared", "", count)
    if reason.signal is Signal.PIECES:
        return translate("Doubt", "%n piece(s) vanished", "", -count)
    if reason.signal is Signal.LOST:
        return translate("Doubt", "lost %n frame(s)", "", count)
    if reason.signal is Signal.FAR:
        return translate("Doubt", "%n frame(s) from a human frame", "", count)
    return ""


def _template(reason: Reason, doubt: Doubt) -> str:
    if reason.signal is Signal.NEAR_JUMP and round(reason.value) > doubt.peak:
        return translate("Doubt", "precedes the jump on f {value}")
    return {
        Signal.AREA: translate("Doubt", "area {value} %"),
        Signal.CENTRE: translate("Doubt", "jumped {value} of its size"),
        Signal.SHAPE: translate("Doubt", "outline changed (IoU {value})"),
        Signal.PASSES: translate("Doubt", "passes disagree (IoU {value})"),
        Signal.DETECTOR: translate("Doubt", "detector disagrees (IoU {value})"),
        Signal.COMPETES: translate("Doubt", "competes with {other} for {value} % of pixels"),
        Signal.SWAP: translate("Doubt", "seems exchanged with {other} from f {value} on"),
        Signal.RETURN: translate("Doubt", "came back {value} sizes away"),
        Signal.SCORE: translate("Doubt", "score {value}"),
        Signal.NEAR_JUMP: translate("Doubt", "follows the jump on f {value}"),
    }[reason.signal]


def signed_percent(share: float) -> str:
    """A relative change as people read it: "+12", "−46"."""  # noqa: RUF002 - a minus sign
    return f"{share * 100:+.0f}".replace("-", "−")  # noqa: RUF001 - a minus sign, for people


def _percent(share: float) -> str:
    return f"{share * 100:.0f}"


def _whole(number: float) -> str:
    return f"{number:.0f}"


def short_number(number: float) -> str:
    """A small number as people read it: ".8", "2.3", "14"."""
    if number >= 10:
        return f"{number:.0f}"
    text = f"{number:.1f}"
    return text.lstrip("0") if text.startswith("0.") and text != "0.0" else text


_COUNTED = frozenset({Signal.PIECES, Signal.LOST, Signal.FAR})
_SHOWN: dict[Signal, Callable[[float], str]] = {
    Signal.AREA: signed_percent,
    Signal.SHAPE: short_score,
    Signal.PASSES: short_score,
    Signal.DETECTOR: short_score,
    Signal.SCORE: short_score,
    Signal.COMPETES: _percent,
    Signal.SWAP: _whole,
    Signal.NEAR_JUMP: _whole,
}
"""How a signal's number is written; by default as :func:`short_number` does."""


def trust_text(calibration: Calibration) -> str:
    """How well the queue has served, or why nobody can know yet."""
    if calibration.found_share is None or calibration.predicted_share is None:
        text = translate(
            "Review",
            "{frames} frames reviewed, {errors} of them wrong. From {least_frames} frames with "
            "{least_errors} errors on, this says how many errors the head of the queue holds; "
            "until then it is sorted by default weights.",
        )
        return text.format(
            frames=calibration.frames,
            errors=calibration.errors,
            least_frames=LEAST_FRAMES,
            least_errors=LEAST_ERRORS,
        )
    text = translate(
        "Review",
        "On your last {frames} reviewed frames the first {first} % of this queue held {found} % "
        "of the errors; {predicted} % were predicted.",
    )
    return text.format(
        frames=calibration.frames,
        first=round(FIRST_SHARE * 100),
        found=round(calibration.found_share * 100),
        predicted=round(calibration.predicted_share * 100),
    )
