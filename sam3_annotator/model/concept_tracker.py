"""Finds every instance of some concepts on a clip and follows them, frame by frame.

One :meth:`ConceptTracker.step` per frame: detect, suppress duplicates, propagate, associate, judge
(late confirmation), recondition, remember, begin new tracks, end those that are gone. The order is
that of ``tracker.md`` section 3.1; what is deliberately different:

- tracks never share a bucket: reconditioning or removing one changes no other;
- exemplars alone work: such a concept is detected on the exemplars' frames only, and tracks are not
  blamed for missing detections elsewhere;
- several concepts at once, which compete for no detections;
- tracks that are gone are ended, and their identity can be taken up again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from sam3_annotator.model.association import (
    Association,
    affinity,
    associate,
    contested,
    exclusive,
    hidden_again,
)
from sam3_annotator.model.boxes import mask_iou
from sam3_annotator.model.concept_frames import ConceptFrame, ConceptMask
from sam3_annotator.model.concept_life import TrackLife, judged, seen
from sam3_annotator.model.concept_rules import ConceptRules
from sam3_annotator.model.mask_cleanup import fill_holes, remove_specks
from sam3_annotator.model.preprocess import suppress_duplicates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from sam3_annotator.model.concept_frames import ConceptQuery, ConceptState
    from sam3_annotator.model.detector import Detector
    from sam3_annotator.model.neck import ImageFeatures as NeckFeatures
    from sam3_annotator.model.sam_heads import ImageFeatures
    from sam3_annotator.model.track_prompts import TrackOutput
    from sam3_annotator.model.tracker import Tracker

HIDDEN_LOGIT = -10.0
"""Written over a mask that is hidden, or that loses its pixels to another."""


@dataclass(frozen=True, slots=True)
class _Detections:
    """What the detector says about one concept on one frame; M rows, best first."""

    concept: int
    logits: Tensor
    scores: Tensor
    appearance: Tensor

    @property
    def masks(self) -> Tensor:
        return self.logits > 0


class ConceptTracker:
    """Runs a detector and a tracker over a clip.

    Args:
        detector: the SAM 3 detector.
        tracker: the SAM 3 tracker.
        rules: every threshold.
    """

    def __init__(
        self, detector: Detector, tracker: Tracker, rules: ConceptRules | None = None
    ) -> None:
        self.detector = detector
        self.tracker = tracker
        self.rules = rules or ConceptRules()

    @torch.no_grad()
    def step(
        self,
        frame: int,
        features: NeckFeatures,
        queries: Sequence[ConceptQuery],
        state: ConceptState,
        *,
        reverse: bool = False,
    ) -> ConceptFrame:
        """Work on one frame; frames must come in order.

        Args:
            frame: its number.
            features: of the frame, with the tracker's pyramid.
            queries: the concepts to look for on this frame.
            state: what earlier frames left; changed.
            reverse: whether frame numbers go down.

        Raises:
            ValueError: the features lack the tracker's pyramid.
        """
        if features.tracker is None:
            raise ValueError("tracking needs the tracker's pyramid")
        levels = self.tracker.features(features.tracker)
        outputs = self.tracker.step(levels, state.tracks, frame, reverse=reverse)
        outputs = {i: self._cleaned(o) for i, o in outputs.items() if i in state.lives}
        found = [self._detect(features, query) for query in queries]
        new, refreshing = self._associate_all(state, outputs, found)
        removed = self._take_back(state, outputs, frame)
        self._recondition(state, levels, frame, outputs, refreshing)
        hidden = self._hide(state, outputs, reverse=reverse)
        self._note_visibility(state, outputs, frame, hidden)
        self._remember(state, levels, frame, outputs, hidden, reverse=reverse)
        began = self._begin(state, levels, frame, new)
        ended = self._end_gone(state)
        masks = self._shown(state, outputs, hidden) + self._shown_new(state, began, new)
        return ConceptFrame(frame, self._final(masks), tuple(began), removed, ended)

    # ------------------------------------------------------------------ detect and associate

    def _detect(self, features: NeckFeatures, query: ConceptQuery) -> _Detections:
        output = self.detector.detect(features, query.text, query.geometry)
        scores = output.clip_scores[0]
        keeps = suppress_duplicates(
            scores,
            output.mask_logits[0],
            score_threshold=self.rules.min_score,
            iou_threshold=self.rules.duplicate_iou,
        )
        rows = torch.nonzero(keeps).flatten()
        rows = rows[scores[rows].argsort(descending=True, stable=True)]
        return _Detections(
            query.concept,
            output.mask_logits[0, rows].float(),
            scores[rows].float(),
            F.normalize(output.queries[0, rows].float(), dim=-1),
        )

    def _associate_all(
        self, state: ConceptState, outputs: dict[int, TrackOutput], found: list[_Detections]
    ) -> tuple[list[tuple[_Detections, int]], dict[int, Tensor]]:
        new: list[tuple[_Detections, int]] = []
        refreshing: dict[int, Tensor] = {}
        for detections in found:
            ids = [i for i in state.of(detections.concept) if i in outputs]
            association = self._associate(state, outputs, ids, detections)
            self._judge(state, ids, association, detections)
            new += [(detections, d) for d in association.new]
            for track, detection in association.refreshing:
                refreshing[ids[track]] = detections.logits[detection]
        room = self.rules.max_objects - len(state.lives)
        new.sort(key=lambda item: -float(item[0].scores[item[1]]))
        return new[: max(0, room)], refreshing

    def _associate(
        self,
        state: ConceptState,
        outputs: dict[int, TrackOutput],
        ids: list[int],
        detections: _Detections,
    ) -> Association:
        shape = detections.logits.shape[1:]
        device = detections.logits.device
        masks = torch.zeros(len(ids), *shape, dtype=torch.bool, device=device)
        for row, object_id in enumerate(ids):
            masks[row] = outputs[object_id].logits > 0
        likeness = None
        if self.rules.appearance_weight:
            likeness = self._likeness([state.lives[i] for i in ids], detections)
        fit = affinity(mask_iou(masks, detections.masks), likeness, None, self.rules)
        return associate(fit, detections.scores, masks.flatten(1).any(dim=1), self.rules)

    def _likeness(self, lives: list[TrackLife], detections: _Detections) -> Tensor:
        nothing = torch.zeros_like(detections.appearance[:1].sum(0))
        rows = [nothing if life.appearance is None else life.appearance for life in lives]
        if not rows:
            return detections.appearance.new_zeros(0, detections.appearance.shape[0])
        return torch.stack(rows) @ detections.appearance.T

    def _judge(
        self,
        state: ConceptState,
        ids: list[int],
        association: Association,
        detections: _Detections,
    ) -> None:
        mine = {i: state.lives[i] for i in ids}
        state.lives |= judged(
            mine,
            [ids[t] for t in association.matched],
            [ids[t] for t in association.unmatched],
            [[ids[t] for t in group] for group in association.touching],
        )
        for detection, group in enumerate(association.touching):
            if len(group) == 1 and group[0] in association.matched:
                life = state.lives[ids[group[0]]]
                look = detections.appearance[detection]
                state.lives[life.object_id] = replace(life, appearance=look)

    # ------------------------------------------------------------------ judge and remember

    def _take_back(
        self, state: ConceptState, outputs: dict[int, TrackOutput], frame: int
    ) -> tuple[int, ...]:
        lives = state.lives.items()
        mistakes = tuple(i for i, life in lives if life.is_mistake(frame, self.rules))
        for object_id in mistakes:
            state.remove(object_id)
            outputs.pop(object_id, None)
        return mistakes

    def _recondition(
        self,
        state: ConceptState,
        levels: ImageFeatures,
        frame: int,
        outputs: dict[int, TrackOutput],
        refreshing: dict[int, Tensor],
    ) -> None:
        every = self.rules.recondition_every
        if every <= 0 or frame % every:
            return
        sure = self.rules.recondition_object_logit
        masks = {
            i: self._square(logits, levels) > 0
            for i, logits in refreshing.items()
            if i in outputs and outputs[i].object_logit > sure and not state.lives[i].is_pinned
        }
        if masks:
            # The pointer comes from the detection; `_remember` then writes the track's own mask
            # over the spatial memory, as the published pipeline does.
            self.tracker.prompt_masks(levels, state.tracks, frame, masks, automatic=True)

    def _hide(
        self, state: ConceptState, outputs: dict[int, TrackOutput], *, reverse: bool
    ) -> set[int]:
        hidden: set[int] = set()
        for concept in {state.lives[i].concept for i in outputs}:
            ids = [i for i in state.of(concept) if i in outputs]
            masks = torch.stack([outputs[i].logits for i in ids]) > 0
            last = [state.lives[i].last_hidden for i in ids]
            order = -1 if reverse else 1
            again = hidden_again(mask_iou(masks, masks), last, order, self.rules.occlusion_iou)
            hidden |= {ids[row] for row in again if not state.lives[ids[row]].is_pinned}
        return hidden

    def _note_visibility(
        self,
        state: ConceptState,
        outputs: dict[int, TrackOutput],
        frame: int,
        hidden: set[int],
    ) -> None:
        for object_id, output in outputs.items():
            visible = object_id not in hidden and bool((output.logits > 0).any())
            state.lives[object_id] = seen(state.lives[object_id], frame, is_visible=visible)

    def _remember(
        self,
        state: ConceptState,
        levels: ImageFeatures,
        frame: int,
        outputs: dict[int, TrackOutput],
        hidden: set[int],
        *,
        reverse: bool,
    ) -> None:
        if not outputs:
            return
        ids = list(outputs)
        rows = [self._square(outputs[i].logits, levels) for i in ids]
        for row, object_id in enumerate(ids):
            if object_id in hidden:
                rows[row] = torch.full_like(rows[row], HIDDEN_LOGIT)
        full = torch.stack(rows)
        loses = contested(full, self.rules.keep_area_share)
        full = torch.where(loses[:, None, None], full.clamp(max=HIDDEN_LOGIT), full)
        masks = dict(zip(ids, full, strict=True))
        kept = {i: m for i, m in masks.items() if not self._is_persons(state, i, frame)}
        self.tracker.remember(
            levels,
            state.tracks,
            frame,
            {i: outputs[i] for i in kept},
            reverse=reverse,
            masks=kept,
        )

    def _is_persons(self, state: ConceptState, object_id: int, frame: int) -> bool:
        """Whether a person prompted the object on this very frame; that memory stays."""
        entry = state.tracks.tracks[object_id].bank.conditioning.get(frame)
        return entry is not None and not entry.automatic

    # ------------------------------------------------------------------ begin and end

    def _begin(
        self,
        state: ConceptState,
        levels: ImageFeatures,
        frame: int,
        new: list[tuple[_Detections, int]],
    ) -> list[int]:
        masks: dict[int, Tensor] = {}
        began: list[int] = []
        for detections, index in new:
            object_id = self._identity(state, detections, index)
            state.lives[object_id] = TrackLife(
                object_id=object_id,
                concept=detections.concept,
                born=frame,
                score=float(detections.scores[index]),
                appearance=detections.appearance[index],
            )
            began.append(object_id)
            masks[object_id] = self._square(detections.logits[index], levels) > 0
        if masks:
            self.tracker.prompt_masks(levels, state.tracks, frame, masks, automatic=True)
        return began

    def _identity(self, state: ConceptState, detections: _Detections, index: int) -> int:
        """A former track's id when exactly one is like this detection, else a new one."""
        former = [f for f in state.former.values() if f.concept == detections.concept]
        known = [f for f in former if f.appearance is not None]
        if self.rules.recover_likeness > 0 and known:
            looks = torch.stack([f.appearance for f in known if f.appearance is not None])
            likeness = looks @ detections.appearance[index]
            order = torch.argsort(likeness, descending=True).tolist()
            best = float(likeness[order[0]])
            second = float(likeness[order[1]]) if len(order) > 1 else -1.0
            if best >= self.rules.recover_likeness and best - second >= self.rules.recover_margin:
                object_id = int(known[order[0]].object_id)
                del state.former[object_id]
                return object_id
        object_id = state.next_id
        state.next_id += 1
        return object_id

    def _end_gone(self, state: ConceptState) -> tuple[int, ...]:
        gone = tuple(i for i, life in state.lives.items() if life.is_gone(self.rules))
        for object_id in gone:
            state.former[object_id] = state.lives.pop(object_id)
            state.tracks.remove(object_id)
        return gone

    # ------------------------------------------------------------------ masks

    def _shown(
        self, state: ConceptState, outputs: dict[int, TrackOutput], hidden: set[int]
    ) -> list[ConceptMask]:
        return [
            ConceptMask(
                object_id,
                life.concept,
                output.logits,
                1.0 if life.is_pinned else life.score,
                output.object_logit,
                output.iou,
                life.is_pinned,
            )
            for object_id, output in outputs.items()
            if (life := state.lives.get(object_id)) is not None
            and object_id not in hidden
            and life.is_shown(self.rules)
            and (life.is_pinned or bool((output.logits > 0).any()))
        ]

    def _shown_new(
        self, state: ConceptState, began: list[int], new: list[tuple[_Detections, int]]
    ) -> list[ConceptMask]:
        shown = []
        sure = self.tracker.config.rules.prompted_logit
        for object_id, (detections, index) in zip(began, new, strict=True):
            life = state.lives[object_id]
            if life.is_shown(self.rules):
                logits = self._without_specks(detections.logits[index])
                shown.append(
                    ConceptMask(object_id, life.concept, logits, life.score, sure, life.score)
                )
        return shown

    def _final(self, masks: list[ConceptMask]) -> tuple[ConceptMask, ...]:
        if not self.rules.exclusive_output or len(masks) < 2:
            return tuple(masks)
        ordered = sorted(masks, key=lambda m: m.object_id)
        logits = torch.stack([m.logits for m in ordered])
        sureness = torch.tensor([m.object_logit for m in ordered]).sigmoid().to(logits)
        apart = exclusive(logits, sureness, HIDDEN_LOGIT)
        final = [replace(m, logits=row) for m, row in zip(ordered, apart, strict=True)]
        return tuple(m for m in final if m.is_pinned or bool((m.logits > 0).any()))

    def _cleaned(self, output: TrackOutput) -> TrackOutput:
        return replace(output, logits=self._without_specks(output.logits))

    def _without_specks(self, logits: Tensor) -> Tensor:
        area = self.rules.speck_area
        return remove_specks(fill_holes(logits, area), area) if area > 0 else logits

    def _square(self, logits: Tensor, levels: ImageFeatures) -> Tensor:
        """Logits at the resolution that memories are written from."""
        scale = self.tracker.config.memory.mask_scale
        size = (levels.grid[0] * scale, levels.grid[1] * scale)
        big = F.interpolate(logits[None, None].float(), size=size, mode="bilinear")
        return big[0, 0]
