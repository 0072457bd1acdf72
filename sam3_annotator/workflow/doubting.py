"""Doubting: measures the signals of one media a little at a time, so that nobody has to wait.

After a change only the objects that changed, and pairs with them, are measured again.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sam3_annotator.domain.doubts.evidence import Evidence, measure
from sam3_annotator.domain.doubts.jumps import follow_jumps
from sam3_annotator.domain.doubts.looks import Eye, look_along
from sam3_annotator.domain.doubts.pairs import LikelySwap, compare, forget_pairs
from sam3_annotator.domain.doubts.queue import doubts_by_part
from sam3_annotator.domain.doubts.signals import Weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from sam3_annotator.domain.doubts.queue import Doubt
    from sam3_annotator.domain.ids import MediaId, ObjectId
    from sam3_annotator.domain.masklet import Masklet
    from sam3_annotator.domain.project import Project


class Doubting:
    """The doubts about every object of one media.

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
        self._work: Iterator[None] | None = None
        self._begun: set[ObjectId] = set()
        self._unweighed: set[ObjectId] = set()
        self._waiting: set[ObjectId] = set(project.contents(media_id).objects)

    @property
    def is_done(self) -> bool:
        """Whether everything has been measured."""
        return self._work is None and not self._waiting and not self._unweighed

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

    def forget(self, objects: Iterable[ObjectId]) -> None:
        """Measure these again, because they changed."""
        self._waiting.update(objects)
        if self._work is not None:
            # What was begun mixes old and new rows: everything it touched is measured again.
            self._waiting.update(self._begun)
            self._unweighed.update(self._evidences)
            self._work = None

    def use(self, weights: Weights) -> None:
        """Weigh the signals differently from now on."""
        if weights != self._weights:
            self._weights = weights
            self._unweighed = set(self._evidences)

    def work(self, seconds: float) -> bool:
        """Measure for about that long; whether something is left to do."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            if self._work is None:
                if self.is_done:
                    return False
                self._begin()
            if self._work is None:
                continue
            try:
                next(self._work)
            except StopIteration:
                self._work = None
        return not self.is_done

    def _begin(self) -> None:
        if self._waiting:
            self._begun, self._waiting = self._waiting, set()
            self._work = self._measure(frozenset(self._begun))
        else:
            self._begun = set()
            self._work = self._weigh_all(self._unweighed)
            self._unweighed = set()

    def _measure(self, changed: AbstractSet[ObjectId]) -> Iterator[None]:
        media = self._project.medium(self.media_id)
        masklets = {
            object_id: masklet
            for object_id, masklet in self._project.contents(self.media_id).masklets.items()
            if len(masklet)
        }
        for gone in set(self._evidences) - set(masklets):
            del self._evidences[gone]
            self._doubts.pop(gone, None)
        for object_id in sorted(changed & set(masklets)):
            self._evidences[object_id] = measure(masklets[object_id], media.width, media.height)
            yield
            yield from self._weigh(object_id, masklets)
        yield from self._look(changed & set(masklets), masklets)
        yield from self._pair(changed, masklets)

    def _look(
        self, changed: AbstractSet[ObjectId], masklets: Mapping[ObjectId, Masklet]
    ) -> Iterator[None]:
        for object_id in sorted(changed):
            evidence = self._evidences[object_id]
            yield from look_along(evidence, masklets[object_id], self._project.mask, self._eye)

    def _pair(
        self, changed: AbstractSet[ObjectId], masklets: Mapping[ObjectId, Masklet]
    ) -> Iterator[None]:
        stale = set(changed) | forget_pairs(self._evidences, changed)
        self._begun |= stale
        for pair in list(self._swaps):
            if stale & set(pair):
                del self._swaps[pair]
        for swap in compare(self._evidences, masklets, self._project.mask, self._eye, stale):
            if swap is not None:
                self._swaps.setdefault((swap.first, swap.second), []).append(swap)
            yield
        partners = {one for pair in self._swaps if stale & set(pair) for one in pair}
        for object_id in sorted((stale | partners) & set(masklets)):
            yield from self._weigh(object_id, masklets)

    def _weigh_all(self, objects: AbstractSet[ObjectId]) -> Iterator[None]:
        masklets = self._project.contents(self.media_id).masklets
        for object_id in sorted(objects):
            if object_id in self._evidences and object_id in masklets:
                yield from self._weigh(object_id, masklets)

    def _weigh(self, object_id: ObjectId, masklets: Mapping[ObjectId, Masklet]) -> Iterator[None]:
        evidence = self._evidences[object_id]
        follow_jumps(evidence, masklets[object_id])
        yield
        doubts: list[Doubt] = []
        for part in doubts_by_part(evidence, self._weights):
            doubts.extend(part)
            yield
        self._doubts[object_id] = doubts
