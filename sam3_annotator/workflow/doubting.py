"""Doubting: measures the signals of one media a little at a time, so that nobody has to wait.

First come the columns of every object, which make a queue at once; then their masks, the likeliest
errors and what is on the screen first; then pairs of objects. After a change only the objects that
changed, and pairs with them, are measured again.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.doubts.evidence import Evidence, measure
from sam3_annotator.domain.doubts.jumps import follow_jumps
from sam3_annotator.domain.doubts.looking import Looking
from sam3_annotator.domain.doubts.pairs import LikelySwap, compare, forget_pairs
from sam3_annotator.domain.doubts.queue import doubts_by_part
from sam3_annotator.domain.doubts.signals import Weights
from sam3_annotator.errors import ProjectTrouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from sam3_annotator.domain.doubts.looks import Eye
    from sam3_annotator.domain.doubts.queue import Doubt
    from sam3_annotator.domain.ids import FrameIndex, MediaId, ObjectId
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.masklet import Masklet
    from sam3_annotator.domain.project import Project

_FIRST_WEIGHING = 64
"""Stretches looked at before what was seen is weighed; twice as many each time after that."""


class Doubting:
    """The doubts about every object of one media.

    Every set of what is left to do is emptied only when it is done, so that work may be dropped in
    the middle at any time.

    Args:
        project: where the masklets are.
        media_id: the media.
        eye: remembers looks; may be shared by several media.
    """

    def __init__(self, project: Project, media_id: MediaId, eye: Eye) -> None:
        self.media_id = media_id
        self._project = project
        self._eye = eye
        self._weights = Weights.default()
        self._evidences: dict[ObjectId, Evidence] = {}
        self._doubts: dict[ObjectId, list[Doubt]] = {}
        self._swaps: dict[tuple[ObjectId, ObjectId], list[LikelySwap]] = {}
        self._lookings: dict[ObjectId, Looking] = {}
        self._chances: dict[ObjectId, NDArray[np.float64]] = {}
        self._work: Iterator[None] | None = None
        self._unmeasured: set[ObjectId] = set(project.contents(media_id).objects)
        self._unweighed: set[ObjectId] = set()
        self._seen_since: set[ObjectId] = set()
        self._unpaired: set[ObjectId] = set()
        self._paired: set[ObjectId] = set()
        self._has_stale_pairs = False
        self._until_weighing = self._weighing_every = _FIRST_WEIGHING
        self._near: int | None = None
        self.version = 0

    @property
    def is_done(self) -> bool:
        """Whether everything has been measured."""
        left = (self._unmeasured, self._unweighed, self._chances, self._seen_since, self._unpaired)
        return self._work is None and not any(left) and not self._paired

    @property
    def masks(self) -> tuple[int, int]:
        """How many masks have been looked at, and how many there are."""
        if self._unmeasured and not self._lookings:
            return 0, 1
        looked = [one.seen for one in self._lookings.values()]
        return sum(looked), sum(len(one) for one in self._lookings.values())

    @property
    def doubts_by_object(self) -> Mapping[ObjectId, list[Doubt]]:
        """The spans of each object measured so far; a list is replaced, never changed."""
        return self._doubts

    @property
    def swaps(self) -> tuple[LikelySwap, ...]:
        """The likely swaps found so far, by frame."""
        found = [swap for swaps in self._swaps.values() for swap in swaps]
        return tuple(sorted(found, key=lambda swap: (swap.frame, swap.first, swap.second)))

    def evidence(self, object_id: ObjectId) -> Evidence | None:
        """What was measured of an object; None before that."""
        return self._evidences.get(object_id)

    def look_near(self, frame: int | None) -> None:
        """Look at the masks around a frame before others, because somebody is there."""
        self._near = frame

    def forget(self, objects: Iterable[ObjectId]) -> None:
        """Measure these again, because they changed."""
        self._unmeasured.update(objects)
        self._work = None

    def use(self, weights: Weights) -> None:
        """Weigh the signals differently from now on."""
        if weights != self._weights:
            self._weights = weights
            self._unweighed.update(self._evidences)

    def work(self, seconds: float) -> bool:
        """Measure for about that long; whether something is left to do."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            if self._work is None:
                if self.is_done:
                    return False
                self._work = self._next()
            try:
                next(self._work)
            except StopIteration:
                self._work = None
        return not self.is_done

    # ------------------------------------------------------------------ inside

    def _mask(self, object_id: ObjectId, frame: FrameIndex) -> Mask | None:
        """None for one that is damaged, too: who opens its frame is told, the queue goes on."""
        try:
            return self._project.mask(object_id, frame)
        except ProjectTrouble:
            return None

    def _masklets(self) -> dict[ObjectId, Masklet]:
        """Of every object that has any annotation; what is known of others is dropped."""
        kept = self._project.contents(self.media_id).masklets
        masklets = {object_id: masklet for object_id, masklet in kept.items() if len(masklet)}
        for gone in set(self._evidences) - set(masklets):
            self.version += 1
            for known in (self._evidences, self._doubts, self._lookings, self._chances):
                known.pop(gone, None)
            for pair in [pair for pair in self._swaps if gone in pair]:
                del self._swaps[pair]
        for left in (self._unmeasured, self._unweighed, self._seen_since, self._unpaired):
            left.intersection_update(masklets)
        self._paired.intersection_update(masklets)
        return masklets

    def _next(self) -> Iterator[None]:
        """The most urgent piece of work."""
        masklets = self._masklets()
        if self._unmeasured:
            return self._measure(min(self._unmeasured), masklets)
        if self._unweighed:
            return self._weigh(min(self._unweighed), masklets)
        if self._chances:
            return self._look(self._choose(), masklets)
        if self._seen_since:
            return self._note(frozenset(self._seen_since))
        return self._pair(masklets)

    def _measure(self, object_id: ObjectId, masklets: Mapping[ObjectId, Masklet]) -> Iterator[None]:
        media, masklet = self._project.medium(self.media_id), masklets[object_id]
        evidence = measure(masklet, media.width, media.height)
        yield
        follow_jumps(evidence, masklet)
        yield
        looking = Looking(evidence, masklet, self._mask, self._eye, self._project.masks.passing)
        self._evidences[object_id], self._lookings[object_id] = evidence, looking
        self._chances.pop(object_id, None)
        if not looking.is_done:
            chances = self._weights.probabilities(evidence.strengths)
            self._chances[object_id] = looking.likeliest(chances)
        self._unpaired.add(object_id)
        self._has_stale_pairs = True
        self._unweighed.add(object_id)
        self._unmeasured.discard(object_id)

    def _choose(self) -> tuple[ObjectId, int]:
        """The stretch to look at: around the frame on the screen, else the likeliest error."""
        if self._near is not None:
            for object_id, looking in self._lookings.items():
                stretch = looking.stretch_at(self._near)
                if stretch is not None and looking.is_open[stretch]:
                    return object_id, stretch
        best = max(self._chances, key=lambda one: float(self._chances[one].max()))
        return best, int(np.argmax(self._chances[best]))

    def _look(
        self, chosen: tuple[ObjectId, int], masklets: Mapping[ObjectId, Masklet]
    ) -> Iterator[None]:
        object_id, stretch = chosen
        looking = self._lookings[object_id]
        yield from looking.look(stretch)
        self._chances[object_id][stretch] = -1.0
        self._seen_since.add(object_id)
        self._until_weighing -= 1
        if looking.is_done:
            del self._chances[object_id]
            yield from self._note({object_id})
        if not self._chances or self._until_weighing <= 0:
            self._weighing_every *= 2
            self._until_weighing = self._weighing_every
            yield from self._note(frozenset(self._seen_since & set(masklets)))

    def _note(self, objects: AbstractSet[ObjectId]) -> Iterator[None]:
        """Let what was seen of objects count."""
        for object_id in sorted(objects):
            self._lookings[object_id].note()
            self._seen_since.discard(object_id)
            self._unweighed.add(object_id)
            yield

    def _pair(self, masklets: Mapping[ObjectId, Masklet]) -> Iterator[None]:
        """Compare one object with all that have been compared already."""
        if self._has_stale_pairs:
            self._unpaired |= forget_pairs(self._evidences, self._unpaired)
            for pair in [pair for pair in self._swaps if self._unpaired & set(pair)]:
                del self._swaps[pair]
            self._has_stale_pairs = False
            yield
        if self._unpaired:
            one = min(self._unpaired)
            yield from self._pair_one(one, masklets)
            self._unpaired.discard(one)
            self._paired.add(one)
        if not self._unpaired:
            self._unweighed |= self._paired
            self._paired.clear()

    def _pair_one(self, one: ObjectId, masklets: Mapping[ObjectId, Masklet]) -> Iterator[None]:
        ready = {o: m for o, m in masklets.items() if o == one or o not in self._unpaired}
        for swap in compare(self._evidences, ready, self._mask, self._eye, {one}):
            if swap is not None:
                found = self._swaps.setdefault((swap.first, swap.second), [])
                if swap not in found:  # told before this was dropped in the middle
                    found.append(swap)
                self._unweighed.update((swap.first, swap.second))
            yield

    def _weigh(self, object_id: ObjectId, masklets: Mapping[ObjectId, Masklet]) -> Iterator[None]:
        evidence = self._evidences[object_id]
        follow_jumps(evidence, masklets[object_id])
        yield
        doubts: list[Doubt] = []
        for part in doubts_by_part(evidence, self._weights):
            doubts.extend(part)
            yield
        self._doubts[object_id] = doubts
        self._unweighed.discard(object_id)
        self.version += 1
