"""Detecting: a phrase and exemplars -> candidates -> what a person accepts of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from sam3_annotator.domain.prompts import ConceptPrompt, Exemplar
from sam3_annotator.engine.protocol import Candidate, Candidates, FindConcept, Item, Priority
from sam3_annotator.errors import Rejected
from sam3_annotator.workflow.desk import Listener

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.domain.ids import FrameIndex
    from sam3_annotator.engine.protocol import FrameRef, MediaRef
    from sam3_annotator.engine.session import Ending
    from sam3_annotator.workflow.desk import Desk

DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Search:
    """One moment of the search for a concept on one frame.

    Attributes:
        found: candidates of the last answer, best first.
        presence: probability in [0, 1] that the concept is there at all; None if unknown.
        threshold: candidates below it are hidden; changing it never runs the model.
        elsewhere: exemplars on other frames of the same clip, by frame; only a search through the
            clip looks at them.
        accepted: indices into ``found`` that became objects.
        rejected: indices into ``found`` that a person refused.
    """

    frame: FrameRef | None = None
    concept: ConceptPrompt = ConceptPrompt()
    found: tuple[Candidate, ...] = ()
    presence: float | None = None
    threshold: float = DEFAULT_THRESHOLD
    accepted: frozenset[int] = frozenset()
    rejected: frozenset[int] = frozenset()
    is_running: bool = False
    has_answer: bool = False
    elsewhere: tuple[tuple[FrameIndex, tuple[Exemplar, ...]], ...] = ()

    @property
    def prompts(self) -> tuple[tuple[FrameIndex, ConceptPrompt], ...]:
        """What a search through the clip is told, by frame; the phrase goes with every frame."""
        phrase = self.concept.phrase
        told = [(frame, ConceptPrompt(phrase, given)) for frame, given in self.elsewhere]
        if self.frame is not None and (self.concept.exemplars or not told):
            told.append((self.frame.frame, self.concept))
        return tuple(sorted(told, key=lambda item: item[0]))

    @property
    def exemplars(self) -> tuple[Exemplar, ...]:
        """All that are given, on whatever frame."""
        return tuple(one for _, prompt in self.prompts for one in prompt.exemplars)

    @property
    def open(self) -> tuple[int, ...]:
        """Indices above the threshold that nobody has decided on, best first."""
        return tuple(
            index
            for index, candidate in enumerate(self.found)
            if candidate.score >= self.threshold
            and index not in self.accepted
            and index not in self.rejected
        )


@dataclass(frozen=True, slots=True)
class AcceptedCandidates:
    """What accepting hands to the document: one step, however many."""

    frame: FrameRef
    concept: ConceptPrompt
    candidates: tuple[Candidate, ...]


class Detecting:
    """The find-by-concept workflow of one frame.

    Args:
        desk: where the model is asked.
        on_changed: called after every change of :attr:`search`.
        on_accepted: called with candidates to turn into objects.
    """

    def __init__(
        self,
        desk: Desk,
        on_changed: Callable[[Search], None],
        on_accepted: Callable[[AcceptedCandidates], None],
    ) -> None:
        self._desk = desk
        self._on_changed = on_changed
        self._on_accepted = on_accepted
        self.search = Search()
        self._asked = 0
        self._left: tuple[MediaRef, dict[FrameIndex, tuple[Exemplar, ...]]] | None = None
        self.stale_answers = 0

    def open_frame(self, frame: FrameRef | None) -> None:
        """Go to another frame: the phrase stays, candidates go.

        Exemplars stay with their frame while the same clip is open; None is on the way somewhere.
        """
        before = self.search
        if before.frame is not None:
            told = dict(before.elsewhere)
            if before.concept.exemplars:
                told[before.frame.frame] = before.concept.exemplars
            self._left = (before.frame.media, told)
        media, told = self._left if self._left is not None else (None, {})
        if frame is not None and frame.media != media:
            self._left, told = None, {}
        here = () if frame is None else told.pop(frame.frame, ())
        self.search = Search(
            frame,
            ConceptPrompt(before.concept.phrase, here),
            threshold=before.threshold,
            elsewhere=tuple(sorted(told.items(), key=lambda item: item[0])),
        )
        self._on_changed(self.search)

    def set_phrase(self, phrase: str) -> None:
        """Change the noun phrase; exemplars stay."""
        self._set(concept=replace(self.search.concept, phrase=phrase))

    def add_exemplar(self, exemplar: Exemplar) -> None:
        """Give one more exemplar, positive or negative."""
        exemplars = (*self.search.concept.exemplars, exemplar)
        self._set(concept=replace(self.search.concept, exemplars=exemplars))

    def remove_exemplar(self, index: int) -> None:
        """Take one exemplar back."""
        kept = tuple(e for i, e in enumerate(self.search.concept.exemplars) if i != index)
        self._set(concept=replace(self.search.concept, exemplars=kept))

    def clear(self) -> None:
        """Forget the concept, on every frame, and its candidates."""
        self._left = None
        self.search = Search(self.search.frame, threshold=self.search.threshold)
        self._on_changed(self.search)

    def dismiss(self) -> None:
        """Put the candidates away, because a search through the clip takes them up."""
        self._set(found=(), presence=None, has_answer=False)

    def set_threshold(self, threshold: float) -> None:
        """Show candidates with at least this score; never runs the model."""
        self._set(threshold=min(max(threshold, 0.0), 1.0))

    def run(self) -> None:
        """Ask the model.

        Raises:
            Rejected: there is no picture, or neither a phrase nor a positive exemplar.
        """
        search = self.search
        if search.frame is None:
            raise Rejected("Open a picture first.")
        if search.concept.is_empty:
            raise Rejected("Type what to find, or draw an example box around one.")
        self._asked += 1
        self._set(is_running=True)
        self._desk.ask(
            FindConcept("search", search.frame, search.concept),
            lane="search",
            priority=Priority.VISIBLE,
            listener=Listener(self._on_answer, partial(self._on_ending, self._asked)),
        )

    def accept(self, indices: tuple[int, ...]) -> None:
        """Turn candidates into objects, as one step."""
        search = self.search
        new = tuple(i for i in indices if 0 <= i < len(search.found) and i not in search.accepted)
        if not new or search.frame is None:
            return
        chosen = tuple(search.found[i] for i in new)
        self._set(accepted=search.accepted | set(new), rejected=search.rejected - set(new))
        self._on_accepted(AcceptedCandidates(search.frame, search.concept, chosen))

    def hand_back(self, candidates: tuple[Candidate, ...]) -> None:
        """Open candidates again that could not be kept."""
        refused = {i for i, one in enumerate(self.search.found) if one in candidates}
        self._set(accepted=self.search.accepted - refused)

    def accept_open(self) -> None:
        """Accept every open candidate above the threshold."""
        self.accept(self.search.open)

    def reject(self, indices: tuple[int, ...]) -> None:
        """Hide candidates for good."""
        self._set(rejected=self.search.rejected | (set(indices) - self.search.accepted))

    def reconsider(self, index: int) -> None:
        """Take a rejection back."""
        self._set(rejected=self.search.rejected - {index})

    def more_like(self, index: int, *, is_positive: bool) -> None:
        """Use a candidate as an exemplar ("more like this", "not this") and ask again."""
        if 0 <= index < len(self.search.found):
            self.add_exemplar(Exemplar(self.search.found[index].box, is_positive))
            self.run()

    # ------------------------------------------------------------------ inside

    def _on_answer(self, item: Item) -> None:
        if not isinstance(item, Candidates):
            return
        if item.frame != self.search.frame or item.concept != self.search.concept:
            self.stale_answers += 1
            return
        self._set(
            found=item.found,
            presence=item.presence,
            accepted=frozenset(),
            rejected=frozenset(),
            has_answer=True,
        )

    def _on_ending(self, number: int, ending: Ending) -> None:
        del ending
        if number == self._asked:  # an older search ends when a newer one takes its place
            self._set(is_running=False)

    def _set(self, **changes: object) -> None:
        self.search = replace(self.search, **changes)  # type: ignore[arg-type]  # fields of Search
        self._on_changed(self.search)
