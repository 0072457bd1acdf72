"""Segmenting: prompts being placed on one object, the mask they give so far, accept or drop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sam3_annotator.domain.prompts import Click, PromptSet
from sam3_annotator.engine.protocol import (
    EncodeFrame,
    FrameEncoded,
    Item,
    MaskChoice,
    Priority,
    Segmented,
    SegmentObject,
)
from sam3_annotator.engine.session import Crashed, Failed
from sam3_annotator.workflow.desk import Listener, silent

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.domain.geometry import Box, Point
    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.engine.protocol import FrameRef
    from sam3_annotator.engine.session import Ending
    from sam3_annotator.workflow.desk import Desk


@dataclass(frozen=True, slots=True)
class Attempt:
    """One moment of the work on one object's mask.

    Attributes:
        target: the object being corrected; None when it will be a new one.
        answered: the prompts that ``choices`` belong to; behind ``prompts`` while the model works.
        hover: the mask a click at the pointer would give, or None.
    """

    frame: FrameRef | None = None
    target: ObjectId | None = None
    prompts: PromptSet = PromptSet()
    answered: PromptSet = PromptSet()
    choices: tuple[MaskChoice, ...] = ()
    chosen: int = 0
    hover: Mask | None = None

    @property
    def is_open(self) -> bool:
        """Whether any click or box has been placed."""
        return bool(self.prompts.clicks) or self.prompts.box is not None

    @property
    def is_waiting(self) -> bool:
        """Whether the model has not yet answered the present prompts."""
        return self.is_open and self.prompts != self.answered

    @property
    def choice(self) -> MaskChoice | None:
        """The chosen answer, if there is one."""
        return self.choices[self.chosen] if self.choices else None

    @property
    def mask(self) -> Mask | None:
        """The mask that accepting would keep."""
        return self.choice.mask if self.choice else None


@dataclass(frozen=True, slots=True)
class AcceptedMask:
    """What accepting an attempt hands to the document."""

    frame: FrameRef
    target: ObjectId | None
    mask: Mask
    prompts: PromptSet
    score: float


class Segmenting:
    """The click and box workflow of one frame.

    Args:
        desk: where the model is asked.
        on_changed: called after every change of :attr:`attempt`.
        on_accepted: called by :meth:`accept` with what to keep.
    """

    def __init__(
        self,
        desk: Desk,
        on_changed: Callable[[Attempt], None],
        on_accepted: Callable[[AcceptedMask], None],
    ) -> None:
        self._desk = desk
        self._on_changed = on_changed
        self._on_accepted = on_accepted
        self._encoded: FrameRef | None = None
        self._history: list[Attempt] = []
        self._accept_when_answered = False
        self.attempt = Attempt()
        self.stale_answers = 0

    def open_frame(self, frame: FrameRef | None) -> None:
        """Go to another frame: drops the attempt and asks for the frame's embedding."""
        self._encoded = None
        self._restart(frame, None, None)
        if frame is not None:
            self._desk.ask(
                EncodeFrame(frame),
                lane=("encode", "visible"),
                priority=Priority.VISIBLE,
                listener=Listener(self._on_encoded, silent),
            )

    def aim_at(self, target: ObjectId | None, mask: Mask | None) -> None:
        """Correct an existing object from its present mask, or (None, None) begin a new one."""
        self._restart(self.attempt.frame, target, mask)

    def click(self, point: Point, *, is_positive: bool) -> None:
        """Place a click, in image pixels."""
        self._prompt(self.attempt.prompts.with_click(Click(point, is_positive)))

    def draw_on(self, points: tuple[Point, ...], *, is_positive: bool) -> None:
        """Let the click placed last be the begin of a scribble through these points.

        They are one prompt: taken back together, and answered as if placed at once. Nothing
        happens when that click is gone, because the attempt was accepted or dropped meanwhile.
        """
        attempt = self.attempt
        if not self._history or not attempt.prompts.clicks:
            return
        clicks = tuple(Click(point, is_positive) for point in points)
        prompts = replace(attempt.prompts, clicks=attempt.prompts.clicks + clicks)
        self._set(prompts=prompts, hover=None)
        self._ask()

    def draw_box(self, box: Box) -> None:
        """Place or replace the box, in image pixels."""
        self._prompt(self.attempt.prompts.with_box(box))

    def undo_prompt(self) -> bool:
        """Take back the newest prompt; False when there was none.

        What the model had answered before it comes back as it was, the chosen mask included.
        """
        if not self._history:
            return False
        self.attempt = replace(self._history.pop(), hover=None)
        self._on_changed(self.attempt)
        if self.attempt.is_waiting:
            self._ask()
        return True

    def next_choice(self, step: int = 1) -> None:
        """Show the next of the masks offered, around in a circle."""
        if self.attempt.choices:
            self._set(chosen=(self.attempt.chosen + step) % len(self.attempt.choices))

    def hover(self, point: Point | None) -> None:
        """Preview what a click here would give; quietly nothing while the frame is not encoded."""
        if point is None or self.attempt.is_open or self._encoded != self.attempt.frame:
            if self.attempt.hover is not None:
                self._set(hover=None)
            return
        if self.attempt.frame is None:
            return
        prompts = self.attempt.prompts.with_click(Click(point))
        self._desk.ask(
            SegmentObject(("hover",), self.attempt.frame, prompts),
            lane="hover",
            priority=Priority.CLICK,
            listener=Listener(self._on_hover, silent),
        )

    def accept(self) -> bool:
        """Keep the chosen mask; while the model still works, as soon as it has answered.

        Returns:
            False when there is nothing to keep.
        """
        attempt = self.attempt
        if attempt.frame is None or not attempt.is_open:
            return False
        if attempt.is_waiting:
            self._accept_when_answered = True
            return True
        choice = attempt.choice
        if choice is None or choice.mask.is_empty:
            return False
        accepted = AcceptedMask(
            attempt.frame, attempt.target, choice.mask, attempt.prompts, choice.score
        )
        self._restart(attempt.frame, None, None)
        self._on_accepted(accepted)
        return True

    def drop(self) -> bool:
        """Forget the attempt; False when nothing had been placed."""
        was_open = self.attempt.is_open
        self._restart(self.attempt.frame, self.attempt.target, self.attempt.prompts.mask)
        return was_open

    # ------------------------------------------------------------------ inside

    def _restart(self, frame: FrameRef | None, target: ObjectId | None, mask: Mask | None) -> None:
        self._history.clear()
        self._accept_when_answered = False
        start = PromptSet(mask=mask)
        self.attempt = Attempt(frame=frame, target=target, prompts=start, answered=start)
        self._on_changed(self.attempt)

    def _prompt(self, prompts: PromptSet) -> None:
        if self.attempt.frame is None:
            return
        self._history.append(self.attempt)
        self._set(prompts=prompts, hover=None)
        self._ask()

    def _ask(self) -> None:
        """Ask for a mask for the prompts; the one chosen before the newest of them is refined."""
        attempt = self.attempt
        if attempt.frame is None:
            return
        base = self._history[-1].choice
        request = SegmentObject(
            key=("attempt", attempt.target),
            frame=attempt.frame,
            prompts=attempt.prompts,
            previous_logits=base.logits if base else None,
            wants_three=attempt.prompts.is_ambiguous,
        )
        self._desk.ask(
            request,
            lane="attempt",
            priority=Priority.CLICK,
            listener=Listener(self._on_answer, self._on_ending),
        )

    def _on_encoded(self, item: Item) -> None:
        if isinstance(item, FrameEncoded):
            self._encoded = item.frame

    def _on_answer(self, item: Item) -> None:
        if not isinstance(item, Segmented):
            return
        self._encoded = item.frame
        if item.frame != self.attempt.frame or item.prompts != self.attempt.prompts:
            self.stale_answers += 1
            return
        self._set(
            choices=item.choices,
            chosen=0,
            answered=item.prompts,
            hover=None,
        )
        if self._accept_when_answered:
            self.accept()

    def _on_ending(self, ending: Ending) -> None:
        if isinstance(ending, Failed | Crashed) and self.attempt.is_waiting:
            # No answer will come: show the last one again instead of waiting for ever.
            self._accept_when_answered = False
            self._set(answered=self.attempt.prompts)

    def _on_hover(self, item: Item) -> None:
        if not isinstance(item, Segmented) or item.frame != self.attempt.frame:
            self.stale_answers += 1
            return
        if not self.attempt.is_open and item.choices:
            self._set(hover=item.choices[0].mask)

    def _set(self, **changes: object) -> None:
        self.attempt = replace(self.attempt, **changes)  # type: ignore[arg-type]  # fields of Attempt
        self._on_changed(self.attempt)
