"""Follows objects through a clip: prompts in, one mask per object and frame out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from sam3_annotator.model.memory import Recalled
from sam3_annotator.model.memory_bank import MemoryEntry
from sam3_annotator.model.memory_select import pointer_limit
from sam3_annotator.model.object_batches import Batching, in_batches
from sam3_annotator.model.track_answers import answers, chosen_rows, mask_pointers
from sam3_annotator.model.track_prompts import TrackOutput, no_points
from sam3_annotator.model.tracker_net import resized

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from torch import Tensor

    from sam3_annotator.model.memory import ProjectedMemory
    from sam3_annotator.model.memory_bank import ObjectTrack, TrackState
    from sam3_annotator.model.memory_select import Moment
    from sam3_annotator.model.sam_heads import ImageFeatures
    from sam3_annotator.model.track_prompts import Clicks
    from sam3_annotator.model.tracker_net import TrackerNet


class Tracker:
    """Runs a ``TrackerNet`` over a clip.

    The order of a frame: ``prompt_clicks`` or ``prompt_masks`` where there is a prompt; ``step``
    for everything else; ``remember`` what ``step`` answered, or a corrected version of it.
    Every object has its own memories, and every computation is done in batches of a fixed size,
    so that no object's answer depends on which others are there, to the last bit.

    Args:
        net: the weights, in evaluation mode.
        batching: objects computed together, per stage.
        memory_dtype: in which spatial memories are kept; the published models use bfloat16.
        store: device on which memories are kept; None to leave them where they are made.
        caches_projections: keep the attention's keys and values beside every memory: faster,
            for about 30 times the bytes. ``memory_plan`` tells what that costs.
    """

    def __init__(
        self,
        net: TrackerNet,
        *,
        batching: Batching | None = None,
        memory_dtype: torch.dtype = torch.bfloat16,
        store: torch.device | None = None,
        caches_projections: bool = True,
    ) -> None:
        self.net = net
        self.config = net.config
        self.batching = batching or Batching()
        self.memory_dtype = memory_dtype
        self.store = store
        self.caches_projections = caches_projections

    @torch.no_grad()
    def features(self, levels: Sequence[Tensor]) -> ImageFeatures:
        """Prepare a frame.

        Args:
            levels: the tracker neck's maps of one frame, finest first: (1, C, 4 h, 4 w),
                (1, C, 2 h, 2 w), (1, C, h, w).
        """
        return self.net.heads.features(levels)

    @torch.no_grad()
    def prompt_clicks(
        self,
        features: ImageFeatures,
        state: TrackState,
        object_id: int,
        frame: int,
        clicks: Clicks,
    ) -> TrackOutput:
        """Answer clicks and a box, and make the frame a conditioning one for this object.

        Memories are not looked at, as published: the prompt alone decides, together with the
        mask that is being corrected. Other objects are not touched.

        Raises:
            ValueError: neither a point nor a box is given.
        """
        rules, device = self.config.rules, features.embedding.device
        points, labels = (t.to(device) for t in clicks.joined(rules.max_points))
        bank = state.track(object_id).bank
        mask_logits = self._previous(clicks, bank.entry(frame), features.embedding)
        embedding = self.net.heads.without_memory(features.embedding)
        frame_features = replace(features, embedding=embedding)
        decoded = self.net.heads(frame_features, points, labels, mask_logits)
        multimask = points.shape[1] <= rules.max_alternative_points
        (output,) = answers([chosen_rows(self.net, decoded, multimask=multimask)])
        output = replace(output, prompted=True)
        (memory,) = self._write(features, [output.logits], [output.is_present], binary=True)
        bank.condition(self._entry(features, frame, output, memory))
        bank.correct(frame, rules.correction_window)
        return output

    @torch.no_grad()
    def prompt_masks(
        self,
        features: ImageFeatures,
        state: TrackState,
        frame: int,
        masks: Mapping[int, Tensor],
        *,
        automatic: bool = False,
    ) -> dict[int, TrackOutput]:
        """Take masks as they are, and make the frame a conditioning one for their objects.

        Args:
            features: of the frame.
            state: the clip's objects; new ones are added.
            frame: its number.
            masks: object id -> (H, W) bool or float in [0, 1], any size, squashed to the
                model's square like the picture. An empty mask says "not on this frame".
            automatic: made by a program; such frames may be forgotten when others take over.
        """
        scale, rules = self.config.memory.mask_scale, self.config.rules
        size = (features.grid[0] * scale, features.grid[1] * scale)
        embedding = features.embedding
        full = {i: resized(m.to(embedding)[None, None], size) for i, m in masks.items()}
        outputs: dict[int, TrackOutput] = {}
        for ids, real in in_batches(list(masks), self.batching.decoder):
            rows = torch.cat([full[i] for i in ids])
            pointers = mask_pointers(self.net, features, rows)
            low = resized(self._as_logits(rows), (4 * features.grid[0], 4 * features.grid[1]))
            seen = (rows > 0).flatten(1).any(dim=1).tolist()
            for index, object_id in enumerate(ids[:real]):
                score = rules.prompted_logit if seen[index] else -rules.prompted_logit
                outputs[object_id] = TrackOutput(
                    low[index, 0], 1.0, score, pointers[index], prompted=True
                )
        exact = [self._as_logits(full[i][0, 0]) for i in masks]
        present = [outputs[i].is_present for i in masks]
        memories = self._write(features, exact, present, binary=True)
        for object_id, memory in zip(masks, memories, strict=True):
            entry = self._entry(features, frame, outputs[object_id], memory)
            bank = state.track(object_id).bank
            bank.condition(replace(entry, automatic=automatic))
            if not automatic:
                bank.correct(frame, rules.correction_window)
        return outputs

    @torch.no_grad()
    def step(
        self,
        features: ImageFeatures,
        state: TrackState,
        frame: int,
        *,
        reverse: bool = False,
        objects: Collection[int] | None = None,
    ) -> dict[int, TrackOutput]:
        """Find every object on ``frame``; nothing is remembered yet.

        Args:
            features: of the frame.
            state: the clip's objects.
            frame: its number.
            reverse: whether the run goes towards frame 0.
            objects: ids to find; None for all.

        Returns:
            Answers by object id. Objects whose first prompt still lies ahead are left out; a
            frame with a prompt gives the answer stored for it.
        """
        moment = state.moment(frame, reverse=reverse)
        wanted = state.objects if objects is None else tuple(objects)
        tracks = [state.tracks[i] for i in wanted if state.tracks[i].is_active(moment)]
        to_find = [t for t in tracks if frame not in t.bank.conditioning]
        found = self._find(features, to_find, moment)
        return {
            t.object_id: found[t.object_id]
            if t.object_id in found
            else _stored(t.bank.conditioning[frame])
            for t in tracks
        }

    @torch.no_grad()
    def remember(
        self,
        features: ImageFeatures,
        state: TrackState,
        frame: int,
        outputs: Mapping[int, TrackOutput],
        *,
        reverse: bool = False,
        masks: Mapping[int, Tensor] | None = None,
    ) -> None:
        """Store what ``step`` answered, for the frames to come.

        Args:
            features: of the frame.
            state: the clip's objects.
            frame: its number.
            outputs: answers by object id. Frames with a prompt keep what was stored for it,
                unless a mask is given here, which then replaces the spatial memory.
            reverse: as given to ``step``.
            masks: logits (H, W) to be written instead of the answers', by object id; an object
                counts as present if any is above 0.
        """
        masks = masks or {}
        ids = [i for i, output in outputs.items() if i in masks or not output.prompted]
        logits = [masks.get(i, outputs[i].logits) for i in ids]
        present = [bool((masks[i] > 0).any()) if i in masks else outputs[i].is_present for i in ids]
        moment = state.moment(frame, reverse=reverse)
        memories = self._write(features, logits, present, binary=False)
        for object_id, memory in zip(ids, memories, strict=True):
            entry = self._entry(features, frame, outputs[object_id], memory)
            bank = state.tracks[object_id].bank
            bank.remember(entry, moment, self.config.rules, self.config.memory.slots)

    def _previous(self, clicks: Clicks, held: MemoryEntry | None, like: Tensor) -> Tensor | None:
        """The mask that clicks correct, (1, 1, 4 h, 4 w), or None."""
        if not clicks.refines:
            return None
        logits = clicks.previous
        if logits is None and held is not None:
            logits = held.logits
        if logits is None:
            return None
        clamp = self.config.rules.previous_clamp
        return logits.to(like).clamp(-clamp, clamp)[None, None]

    def _as_logits(self, masks: Tensor) -> Tensor:
        """Given masks in [0, 1] as confident logits."""
        return (masks.float() * 2 - 1) * self.config.rules.prompted_logit

    def _find(
        self, features: ImageFeatures, tracks: Sequence[ObjectTrack], moment: Moment
    ) -> dict[int, TrackOutput]:
        if not tracks:
            return {}
        embeddings = self._mixed(features, tracks, moment)
        chosen = []
        for batch, real in in_batches(embeddings, self.batching.decoder):
            frame = replace(features, embedding=torch.cat(batch))
            decoded = self.net.heads(frame, *no_points(len(batch), frame.embedding.device))
            chosen.append(chosen_rows(self.net, decoded, multimask=True).first(real))
        outputs = answers(chosen)
        return {t.object_id: output for t, output in zip(tracks, outputs, strict=True)}

    def _mixed(
        self, features: ImageFeatures, tracks: Sequence[ObjectTrack], moment: Moment
    ) -> list[Tensor]:
        """The frame's embedding with each object's memories in it, (1, C, h, w) each."""
        attention = self.net.memory_attention
        shared = attention.share(features.embedding, self.net.time_codes[:, 0, 0])
        groups: defaultdict[tuple[int, int], list[tuple[int, Recalled]]] = defaultdict(list)
        for place, track in enumerate(tracks):
            recalled = self._recalled(track, moment, features)
            groups[recalled.size].append((place, recalled))
        embeddings: dict[int, Tensor] = {}
        for group in groups.values():
            for batch, real in in_batches(group, self.batching.attention):
                mixed = attention(shared, [recalled for _, recalled in batch])
                rows = zip(batch[:real], mixed.split(1), strict=False)
                embeddings |= {place: row for (place, _), row in rows}
        return [embeddings[place] for place in range(len(tracks))]

    def _recalled(self, track: ObjectTrack, moment: Moment, features: ImageFeatures) -> Recalled:
        bank, memory, rules = track.bank, self.config.memory, self.config.rules
        chosen = bank.recall(moment, rules, memory.slots)
        maps = []
        for frame, slot in chosen.maps:
            entry = bank.entry(frame)
            assert entry is not None
            maps.append((self._projected(entry, features), slot))
        entries = [bank.entry(frame) for frame, _ in chosen.pointers]
        device = features.embedding.device
        pointers = [entry.pointer.to(device) for entry in entries if entry is not None]
        distances = [distance for _, distance in chosen.pointers]
        codes = self.net.pointer_codes(distances, pointer_limit(rules, moment.total))
        return Recalled(tuple(maps), self.net.pointer_tokens(pointers), codes)

    def _projected(self, entry: MemoryEntry, features: ImageFeatures) -> ProjectedMemory:
        if entry.projected is not None:
            return entry.projected
        assert entry.memory is not None
        memory = entry.memory.to(features.embedding.device)
        return self.net.memory_attention.project(memory, features.grid)

    def _write(
        self,
        features: ImageFeatures,
        logits: Sequence[Tensor],
        present: Sequence[bool],
        *,
        binary: bool,
    ) -> list[Tensor]:
        """Spatial memories (S, memory width) of masks seen on one frame."""
        device = features.embedding.device
        rows = list(zip(logits, present, strict=True))
        memories: list[Tensor] = []
        for batch, real in in_batches(rows, self.batching.encoder):
            masks = [
                self.net.memory_mask(row.to(device)[None, None], features.grid, binary=binary)
                for row, _ in batch
            ]
            there = torch.tensor([[is_there] for _, is_there in batch], device=device)
            written = self.net.write_memory(features.embedding, torch.cat(masks), there)
            memories += written.to(self.memory_dtype)[:real].unbind()
        return memories

    def _entry(
        self, features: ImageFeatures, frame: int, output: TrackOutput, memory: Tensor
    ) -> MemoryEntry:
        projected = None
        if self.caches_projections:
            projected = self.net.memory_attention.project(memory, features.grid)
        # Rows of a batch share its storage: a copy lets go of the others.
        logits, pointer, memory = (
            t.clone() if self.store is None else t.to(self.store)
            for t in (output.logits, output.pointer, memory)
        )
        return MemoryEntry(
            frame, logits, pointer, output.iou, output.object_logit, memory, projected
        )


def _stored(entry: MemoryEntry) -> TrackOutput:
    assert entry.logits is not None
    return TrackOutput(entry.logits, entry.iou, entry.object_logit, entry.pointer, prompted=True)
