"""What one object remembers of a clip: prompted frames, recent frames and their pointers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import torch

from sam3_annotator.model.memory_select import Kept, Moment, Recall, kept, recall
from sam3_annotator.model.object_batches import seats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from sam3_annotator.model.memory import ProjectedMemory
    from sam3_annotator.model.object_batches import Seat
    from sam3_annotator.model.tracker_config import TrackingRules


@dataclass(frozen=True, slots=True)
class MemoryEntry:
    """One frame as an object remembers it.

    Attributes:
        frame: its number.
        logits: (4 h, 4 w) float32, the mask that was answered; None once only the pointer
            matters.
        pointer: (C,), the object pointer.
        iou: predicted quality of the mask, in [0, 1].
        object_logit: above 0 when the object was there.
        memory: (S, memory width), the spatial memory; None once only the pointer matters.
        projected: the same as keys and values of the attention; None when not cached.
        automatic: whether a program and not a person prompted this frame.
    """

    frame: int
    logits: Tensor | None
    pointer: Tensor
    iou: float
    object_logit: float
    memory: Tensor | None = None
    projected: ProjectedMemory | None = None
    automatic: bool = False

    @property
    def score(self) -> float:
        """Presence times quality, in [0, 1]: how much this frame can be trusted."""
        presence = 1.0 / (1.0 + math.exp(-max(min(self.object_logit, 60.0), -60.0)))
        return max(0.0, 2.0 * presence - 1.0) * self.iou

    @property
    def nbytes(self) -> int:
        """Bytes of its tensors."""
        tensors = (self.logits, self.pointer, self.memory)
        return self.projected_nbytes + sum(t.nbytes for t in tensors if t is not None)

    @property
    def projected_nbytes(self) -> int:
        """Bytes of the kept keys and values among them."""
        return 0 if self.projected is None else self.projected.nbytes

    def moved(self, device: torch.device) -> MemoryEntry:
        """The same on another device, without what can be worked out again."""
        logits, memory = self.logits, self.memory
        return replace(
            self,
            logits=None if logits is None else logits.to(device),
            pointer=self.pointer.to(device),
            memory=None if memory is None else memory.to(device),
            projected=None,
        )

    def pointer_only(self) -> MemoryEntry:
        """The same without its mask and its spatial memory."""
        return replace(self, logits=None, memory=None, projected=None)


@dataclass(slots=True)
class MemoryBank:
    """Memories of one object; stays small however long the clip is.

    Recent frames belong to one direction of travel: a run that turns round starts from the
    prompted frames alone, so that its answers depend on nothing but those and its own frames.

    Attributes:
        conditioning: prompted frames by number.
        recent: tracked frames by number.
        reverse: direction in which the recent frames were tracked.
        born: frame of the first prompt; its memory outlives other automatic ones, so that another
            run over the clip begins with the same object.
    """

    conditioning: dict[int, MemoryEntry] = field(default_factory=dict)
    recent: dict[int, MemoryEntry] = field(default_factory=dict)
    reverse: bool = False
    born: int | None = None

    def entry(self, frame: int) -> MemoryEntry | None:
        """What is remembered of ``frame``."""
        return self.conditioning.get(frame) or self.recent.get(frame)

    def condition(self, entry: MemoryEntry) -> None:
        """Remember a prompted frame until it is forgotten on purpose."""
        self.recent.pop(entry.frame, None)
        self.conditioning[entry.frame] = entry
        if self.born is None:
            self.born = entry.frame

    def correct(self, frame: int, window: int) -> None:
        """Forget what a program said near a frame that a person has now spoken about.

        Source: ``tracker.md`` section 3.3; the window is 16 frames in the released build.
        """
        near = [f for f in self.conditioning if f != frame and abs(f - frame) <= window]
        for other in near:
            if self.conditioning[other].automatic:
                del self.conditioning[other]

    def forget_ahead(self, moment: Moment) -> None:
        """Drop what a program said of frames that this run has yet to reach.

        It stems from another run, before the latest prompts; this run says its own. The first
        prompt stays, and so does everything while no prompt lies behind.
        """
        if any(moment.behind(f) > 0 for f in self.conditioning):
            stale = [f for f in self.conditioning if moment.behind(f) <= 0 and f != self.born]
            for frame in stale:
                if self.conditioning[frame].automatic:
                    del self.conditioning[frame]

    def only_birth(self) -> MemoryBank:
        """The first prompt alone, as small as it gets."""
        bank = MemoryBank(born=self.born)
        entry = None if self.born is None else self.conditioning.get(self.born)
        if entry is not None:
            bank.conditioning[entry.frame] = replace(entry, projected=None)
        return bank

    def moved(self, device: torch.device) -> MemoryBank:
        """The same on another device."""
        conditioning = {f: entry.moved(device) for f, entry in self.conditioning.items()}
        recent = {f: entry.moved(device) for f, entry in self.recent.items()}
        return MemoryBank(conditioning, recent, self.reverse, self.born)

    @property
    def device(self) -> torch.device:
        """Where it is; main memory while it is empty."""
        return next((e.pointer.device for e in self._entries()), torch.device("cpu"))

    def remember(
        self, entry: MemoryEntry, moment: Moment, rules: TrackingRules, slots: int
    ) -> None:
        """Remember a tracked frame; forget what its run can no longer use.

        Memories of frames that the run has yet to reach are stale and go as well. A frame that
        is already conditioning stays so, with the new spatial memory.
        """
        held = self.conditioning.get(entry.frame)
        if held is not None:
            new = replace(held, memory=entry.memory, projected=entry.projected)
            self.conditioning[entry.frame] = new
        else:
            self._turn(moment)
            self.recent[entry.frame] = entry
        self._prune(moment, rules, slots)

    def forget(self, frame: int) -> None:
        """Drop everything remembered of ``frame``."""
        self.conditioning.pop(frame, None)
        self.recent.pop(frame, None)

    def recall(self, moment: Moment, rules: TrackingRules, slots: int) -> Recall:
        """What to look at for the frame of ``moment``."""
        scores = self._scores() if self.reverse == moment.reverse else {}
        chosen = recall(self.conditioning, scores, moment, rules, slots)
        maps = tuple((f, slot) for f, slot in chosen.maps if self._has_map(f))
        return Recall(maps, chosen.pointers)

    @property
    def nbytes(self) -> int:
        """Bytes of all its tensors."""
        return sum(entry.nbytes for entry in self._entries())

    @property
    def projected_nbytes(self) -> int:
        """Bytes of the kept keys and values among them."""
        return sum(entry.projected_nbytes for entry in self._entries())

    def _entries(self) -> tuple[MemoryEntry, ...]:
        return (*self.conditioning.values(), *self.recent.values())

    def _scores(self) -> dict[int, float]:
        return {frame: entry.score for frame, entry in self.recent.items()}

    def _has_map(self, frame: int) -> bool:
        entry = self.entry(frame)
        return entry is not None and entry.memory is not None

    def _turn(self, moment: Moment) -> None:
        """Drop recent frames of another direction, and those not behind ``moment``."""
        if self.reverse != moment.reverse:
            self.recent.clear()
            self.reverse = moment.reverse
        for frame in [f for f in self.recent if moment.behind(f) <= 0]:
            del self.recent[frame]

    def _prune(self, moment: Moment, rules: TrackingRules, slots: int) -> None:
        keep = kept(self._scores(), moment, rules, slots)
        self.recent = {f: _kept_part(entry, keep) for f, entry in self.recent.items()}
        self.recent = {f: e for f, e in self.recent.items() if f in keep.maps | keep.pointers}
        for frame in self._spent_conditioning(moment, rules):
            if frame == self.born:
                self.conditioning[frame] = replace(self.conditioning[frame], projected=None)
            else:
                del self.conditioning[frame]

    def _spent_conditioning(self, moment: Moment, rules: TrackingRules) -> list[int]:
        """Automatic conditioning frames behind as many nearer ones as are ever looked at."""
        limit = rules.max_pointers if rules.max_conditioning is None else rules.max_conditioning
        behind = sorted((f for f in self.conditioning if moment.behind(f) >= 0), key=moment.behind)
        return [
            f
            for f in behind[limit:]
            if self.conditioning[f].automatic and moment.behind(f) >= rules.max_pointers
        ]


def _kept_part(entry: MemoryEntry, keep: Kept) -> MemoryEntry:
    return entry if entry.frame in keep.maps else entry.pointer_only()


@dataclass(slots=True)
class ObjectTrack:
    """One object that is being followed.

    Attributes:
        bank: its memories.
        seat: where it is computed; None until it is first followed or told by a mask.
    """

    object_id: int
    bank: MemoryBank = field(default_factory=MemoryBank)
    seat: Seat | None = None

    def is_active(self, moment: Moment) -> bool:
        """Whether the object was prompted at or behind ``moment``.

        An object is not looked for before its first prompt: a memory from the future finds
        look-alikes there. Where a correction has replaced that first prompt, it still counts.
        """
        prompted = set(self.bank.conditioning)
        if self.bank.born is not None:
            prompted.add(self.bank.born)
        return any(moment.behind(frame) >= 0 for frame in prompted) and bool(self.bank.conditioning)


@dataclass(slots=True)
class TrackState:
    """All objects followed in one clip.

    Attributes:
        total: frames of the clip, or None for a stream.
        tracks: the objects by id; each remembers for itself, so adding or removing one
            changes nothing for the others.
        batches: how many batches objects were seated in; their numbers are never used twice.
    """

    total: int | None = None
    tracks: dict[int, ObjectTrack] = field(default_factory=dict)
    batches: int = 0

    @property
    def objects(self) -> tuple[int, ...]:
        """Ids of all objects, in the order they were added."""
        return tuple(self.tracks)

    @property
    def nbytes(self) -> int:
        """Bytes of everything that is remembered."""
        return sum(track.bank.nbytes for track in self.tracks.values())

    @property
    def projected_nbytes(self) -> int:
        """Bytes of all keys and values that are kept beside memories."""
        return sum(track.bank.projected_nbytes for track in self.tracks.values())

    def track(self, object_id: int) -> ObjectTrack:
        """The track of ``object_id``, started if there is none."""
        return self.tracks.setdefault(object_id, ObjectTrack(object_id))

    def remove(self, object_id: int) -> None:
        """Stop following an object; unknown ids are ignored."""
        self.tracks.pop(object_id, None)

    def seated(self, ids: Sequence[int], most: int) -> list[Seat]:
        """Where objects sit; those without a seat sit down together.

        Args:
            ids: of the objects, in the order of the result.
            most: rows of a new batch, at most.
        """
        newcomers = [self.tracks[i] for i in ids if self.tracks[i].seat is None]
        for track, free in zip(newcomers, seats(len(newcomers), most, self.batches), strict=True):
            track.seat = free
        self.batches += -(-len(newcomers) // most)
        return [seat for i in ids if (seat := self.tracks[i].seat) is not None]

    def moment(self, frame: int, *, reverse: bool = False) -> Moment:
        """``frame`` of this clip in a direction of travel."""
        return Moment(frame, reverse, self.total)
