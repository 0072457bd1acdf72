"""Finds every instance of some concepts on a clip and follows them, frame by frame.

One :meth:`ConceptTracker.step` per frame: detect, suppress duplicates, propagate, associate, judge
(late confirmation), recondition, remember, begin new tracks, end those that are gone. The order is
that of the published pipeline; what deliberately differs stands in ``docs/differences.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from sam3_annotator.model.association import Association, contested, hidden_again
from sam3_annotator.model.boxes import mask_iou
from sam3_annotator.model.concept_answers import (
    HIDDEN_LOGIT,
    at_birth,
    cleaned,
    is_reborn,
    shown,
    shown_new,
    without_overlap,
)
from sam3_annotator.model.concept_frames import ConceptFrame
from sam3_annotator.model.concept_life import NO_CONCEPT, TrackLife, judged, seen
from sam3_annotator.model.concept_matching import Detections, claimed, counted, matched
from sam3_annotator.model.concept_motion import noted
from sam3_annotator.model.concept_rules import ConceptRules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from sam3_annotator.model.concept_frames import ConceptQuery, ConceptState
    from sam3_annotator.model.detector import Detector
    from sam3_annotator.model.neck import ImageFeatures as NeckFeatures
    from sam3_annotator.model.sam_heads import ImageFeatures
    from sam3_annotator.model.track_prompts import TrackOutput
    from sam3_annotator.model.tracker import Tracker


@dataclass(frozen=True, slots=True)
class _Sorted:
    """One frame's detections of all concepts, sorted out among the tracks.

    Attributes:
        new: those that are objects of their own, as (detections, row).
        refreshing: mask logits that recondition a track, by object id.
        overlaps: IoU of each track with the detector's nearest mask, by object id.
    """

    new: list[tuple[Detections, int]]
    refreshing: dict[int, Tensor]
    overlaps: dict[int, float]


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
        state.advance(frame, reverse=reverse)
        outputs = self.tracker.step(levels, state.tracks, frame, reverse=reverse)
        outputs = {
            i: at_birth(self._cleaned(o), state.lives[i], frame)
            for i, o in outputs.items()
            if i in state.lives
        }
        found = [self._detect(features, query) for query in queries]
        told = self._associate_all(state, outputs, found, frame)
        removed = self._take_back(state, outputs)
        older = {i: o for i, o in outputs.items() if not is_reborn(o, state.lives[i], frame)}
        self._recondition(state, levels, frame, older, told.refreshing)
        hidden = self._hide(state, older, reverse=reverse)
        self._note_visibility(state, older, frame, hidden)
        self._remember(state, levels, frame, older, hidden, reverse=reverse)
        began = self._begin(state, levels, frame, told.new)
        visible = {i: output for i, output in outputs.items() if i not in hidden}
        lives, rules = state.lives, self.rules
        new_masks = {
            i: (float(d.scores[row]), cleaned(d.logits[row], rules.speck_area))
            for i, (d, row) in zip(began, told.new, strict=True)
        }
        followed = shown(lives, visible, rules, told.overlaps)
        masks = followed + shown_new(lives, new_masks, rules)
        masks.sort(key=lambda mask: mask.object_id)
        final = without_overlap(masks, lives) if rules.exclusive_output else tuple(masks)
        return ConceptFrame(frame, final, tuple(began), removed, self._end_gone(state))

    # ------------------------------------------------------------------ detect and associate

    def _detect(self, features: NeckFeatures, query: ConceptQuery) -> Detections:
        output = self.detector.detect(features, query.text, query.geometry)
        return counted(query.concept, output, self.rules)

    def _associate_all(
        self,
        state: ConceptState,
        outputs: dict[int, TrackOutput],
        found: list[Detections],
        frame: int,
    ) -> _Sorted:
        told = _Sorted([], {}, {})
        pointed_at = [outputs[i] for i in state.of(NO_CONCEPT) if i in outputs]
        for one in found:
            ids = [i for i in state.of(one.concept) if i in outputs]
            match = matched([state.lives[i] for i in ids], outputs, one, frame, self.rules)
            self._judge(state, ids, match.association, one, frame)
            known = claimed(pointed_at, one, self.rules)
            told.new.extend((one, row) for row in match.association.new if row not in known)
            for track, row in match.association.refreshing:
                told.refreshing[ids[track]] = one.logits[row]
            told.overlaps.update(match.overlaps)
        room = self.rules.max_objects - len(state.lives)
        told.new.sort(key=lambda item: -float(item[0].scores[item[1]]))
        del told.new[max(0, room) :]
        return told

    def _judge(
        self,
        state: ConceptState,
        ids: list[int],
        association: Association,
        detections: Detections,
        frame: int,
    ) -> None:
        state.lives |= judged(
            {i: state.lives[i] for i in ids},
            [ids[t] for t in association.matched],
            [ids[t] for t in association.unmatched],
            [[ids[t] for t in group] for group in association.touching],
            frame,
            self.rules,
        )
        for detection, group in enumerate(association.touching):
            if len(group) == 1 and group[0] in association.matched:
                life = state.lives[ids[group[0]]]
                look = detections.appearance[detection]
                state.lives[life.object_id] = replace(life, appearance=look)

    # ------------------------------------------------------------------ judge and remember

    def _take_back(self, state: ConceptState, outputs: dict[int, TrackOutput]) -> tuple[int, ...]:
        lives = state.lives.items()
        mistakes = tuple(i for i, life in lives if i in outputs and life.is_mistake(self.rules))
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
            if i in outputs
            and outputs[i].object_logit > sure
            and not outputs[i].prompted
            and not state.lives[i].is_pinned
        }
        if masks:
            # The pointer comes from the detection; `_remember` then writes the track's own mask
            # over the spatial memory, as the published pipeline does.
            self.tracker.prompt_masks(levels, state.tracks, frame, masks, automatic=True)

    def _hide(
        self, state: ConceptState, outputs: dict[int, TrackOutput], *, reverse: bool
    ) -> set[int]:
        hidden: set[int] = set()
        for ids in self._rivals(state, outputs):
            masks = torch.stack([outputs[i].logits for i in ids]) > 0
            last = [state.lives[i].last_hidden for i in ids]
            order = -1 if reverse else 1
            again = hidden_again(mask_iou(masks, masks), last, order, self.rules.occlusion_iou)
            hidden |= {ids[row] for row in again if not state.lives[ids[row]].is_pinned}
        return hidden

    def _rivals(self, state: ConceptState, outputs: dict[int, TrackOutput]) -> list[list[int]]:
        """Ids of tracks that contend for pixels, by concept."""
        concepts = {life.concept for i, life in state.lives.items() if i in outputs}
        groups = [
            [i for i in state.of(concept) if i in outputs and state.lives[i].competes]
            for concept in sorted(concepts)
        ]
        return [ids for ids in groups if ids]

    def _note_visibility(
        self,
        state: ConceptState,
        outputs: dict[int, TrackOutput],
        frame: int,
        hidden: set[int],
    ) -> None:
        for object_id, output in outputs.items():
            inside = output.logits > 0
            visible = object_id not in hidden and bool(inside.any())
            life = seen(state.lives[object_id], frame, is_visible=visible)
            if visible and self.rules.motion_weight:
                life = replace(life, places=noted(life.places, frame, inside))
            state.lives[object_id] = life

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
        full = {i: self._square(output.logits, levels) for i, output in outputs.items()}
        for object_id in hidden:
            full[object_id] = torch.full_like(full[object_id], HIDDEN_LOGIT)
        for ids in self._rivals(state, outputs):
            loses = contested(torch.stack([full[i] for i in ids]), self.rules.keep_area_share)
            for object_id, is_losing in zip(ids, loses.tolist(), strict=True):
                if is_losing:
                    full[object_id] = full[object_id].clamp(max=HIDDEN_LOGIT)
        # A frame that was prompted before this step keeps the memory it was prompted with.
        tracked = {i: output for i, output in outputs.items() if not output.prompted}
        self.tracker.remember(
            levels,
            state.tracks,
            frame,
            tracked,
            reverse=reverse,
            masks={i: full[i] for i in tracked},
        )

    # ------------------------------------------------------------------ begin and end

    def _begin(
        self,
        state: ConceptState,
        levels: ImageFeatures,
        frame: int,
        new: list[tuple[Detections, int]],
    ) -> list[int]:
        began = [self._identity(state, *one) for one in new]
        masks = {
            object_id: self._square(detections.logits[index], levels) > 0
            for object_id, (detections, index) in zip(began, new, strict=True)
        }
        if masks:
            self.tracker.prompt_masks(levels, state.tracks, frame, masks, automatic=True)
        for object_id, (detections, index) in zip(began, new, strict=True):
            look, known = detections.appearance[index], state.lives.get(object_id)
            if known is not None:
                state.lives[object_id] = replace(known, appearance=look)
                continue
            score = float(detections.scores[index])
            first = cleaned(detections.logits[index], self.rules.speck_area)
            life = TrackLife(object_id, detections.concept, frame, score, look, first)
            state.lives[object_id] = life
        return began

    def _identity(self, state: ConceptState, detections: Detections, index: int) -> int:
        """A former track's id when exactly one is like this detection, else a new one."""
        former = [one.life for one in state.former.values()]
        former = [life for life in former if life.concept == detections.concept]
        known = [life for life in former if life.appearance is not None]
        if self.rules.recover_likeness > 0 and known:
            looks = torch.stack([f.appearance for f in known if f.appearance is not None])
            likeness = looks @ detections.appearance[index]
            order = torch.argsort(likeness, descending=True).tolist()
            best = float(likeness[order[0]])
            second = float(likeness[order[1]]) if len(order) > 1 else -1.0
            if best >= self.rules.recover_likeness and best - second >= self.rules.recover_margin:
                object_id = int(known[order[0]].object_id)
                state.revive(object_id)
                return object_id
        object_id = state.next_id
        state.next_id += 1
        return object_id

    def _end_gone(self, state: ConceptState) -> tuple[int, ...]:
        gone = tuple(i for i, life in state.lives.items() if life.is_gone(self.rules))
        for object_id in gone:
            state.end(object_id)
        return gone

    # ------------------------------------------------------------------ masks

    def _cleaned(self, output: TrackOutput) -> TrackOutput:
        return replace(output, logits=cleaned(output.logits, self.rules.speck_area))

    def _square(self, logits: Tensor, levels: ImageFeatures) -> Tensor:
        """Logits at the resolution that memories are written from."""
        scale = self.tracker.config.memory.mask_scale
        size = (levels.grid[0] * scale, levels.grid[1] * scale)
        big = F.interpolate(logits[None, None].float(), size=size, mode="bilinear")
        return big[0, 0]
