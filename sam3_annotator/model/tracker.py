"""Follows objects through a clip: prompts in, one mask per object and frame out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from sam3_annotator.model.memory import Recalled, RecalledMap
from sam3_annotator.model.memory_bank import MemoryEntry
from sam3_annotator.model.memory_select import pointer_limit
from sam3_annotator.model.object_batches import in_batches
from sam3_annotator.model.track_answers import answers, chosen_rows, mask_pointers
from sam3_annotator.model.track_prompts import TrackOutput, no_points
from sam3_annotator.model.tracker_net import resized

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from torch import Tensor

    from sam3_annotator.model.memory import SharedFrame
    from sam3_annotator.model.memory_bank import ObjectTrack, TrackState
    from sam3_annotator.model.memory_select import Moment
    from sam3_annotator.model.object_batches import Seat
    from sam3_annotator.model.sam_heads import ImageFeatures
    from sam3_annotator.model.track_answers import ChosenRows
    from sam3_annotator.model.track_prompts import Clicks
    from sam3_annotator.model.tracker_net import TrackerNet


class Tracker:
    """Runs a ``TrackerNet`` over a clip.

    The order of a frame: ``prompt_clicks`` or ``prompt_masks`` where there is a prompt; ``step``
    for everything else; ``remember`` what ``step`` answered, or a corrected version of it.
    Every object has its own memories, and sits in one row of one batch for good, so that no
    object's answer depends on what becomes of the others, to the last bit.

    Args:
        net: the weights, in evaluation mode.
        batch_size: objects computed together, at most; 1 on processors, where more gain nothing.
        memory_dtype: in which spatial memories are kept; the published models use bfloat16.
        store: device on which memories are kept; None to leave them where they are made.
        projection_bytes: room for the attention's keys and values beside memories, in bytes for
            all objects of a clip; 0 to work them out whenever they are needed. They take about 30
            times the bytes of a memory; the answers are the same bits either way.
    """

    def __init__(
        self,
        net: TrackerNet,
        *,
        batch_size: int = 1,
        memory_dtype: torch.dtype = torch.bfloat16,
        store: torch.device | None = None,
        projection_bytes: int = 0,
    ) -> None:
        self.net = net
        self.config = net.config
        self.batch_size = batch_size
        self.memory_dtype = memory_dtype
        self.store = store
        self.projection_bytes = projection_bytes

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
        memories = self._written(features, [(output.logits, output.is_present)], binary=True)
        (entry,) = self._entries(features, state, frame, [output], memories)
        bank.condition(entry)
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
        outputs: dict[int, TrackOutput] = {}
        banks = {object_id: state.track(object_id).bank for object_id in masks}
        taken = state.seated(list(masks), self.batch_size)
        for batch in in_batches(taken, list(masks.items())):
            answered, memories = self._taken(features, [mask for _, mask in batch.rows])
            answered = [answered[row] for row in batch.real]
            memories = [memories[row] for row in batch.real]
            ids = [batch.rows[row][0] for row in batch.real]
            entries = self._entries(features, state, frame, answered, memories)
            for object_id, output, entry in zip(ids, answered, entries, strict=True):
                outputs[object_id] = output
                banks[object_id].condition(replace(entry, automatic=automatic))
                if not automatic:
                    banks[object_id].correct(frame, self.config.rules.correction_window)
        return {i: outputs[i] for i in masks}

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
        taken = state.seated([t.object_id for t in to_find], self.batch_size)
        found = self._find(features, to_find, taken, moment)
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
        outputs = {i: o for i, o in outputs.items() if i in masks or not o.prompted}
        rows = [
            (masks[i], bool((masks[i] > 0).any())) if i in masks else (o.logits, o.is_present)
            for i, o in outputs.items()
        ]
        moment = state.moment(frame, reverse=reverse)
        taken = state.seated(list(outputs), self.batch_size)
        memories = self._write(features, taken, rows, binary=False)
        entries = self._entries(features, state, frame, list(outputs.values()), memories)
        for object_id, entry in zip(outputs, entries, strict=True):
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

    def _taken(
        self, features: ImageFeatures, masks: Sequence[Tensor]
    ) -> tuple[list[TrackOutput], list[Tensor]]:
        """Answers and memories for masks that are taken as they are, computed together."""
        scale, logit = self.config.memory.mask_scale, self.config.rules.prompted_logit
        size = (features.grid[0] * scale, features.grid[1] * scale)
        embedding = features.embedding
        rows = torch.cat([resized(m.to(embedding)[None, None], size) for m in masks])
        pointers = mask_pointers(self.net, features, rows)
        seen = (rows > 0).flatten(1).any(dim=1).tolist()
        logits = self._as_logits(rows)
        low = resized(logits, (4 * features.grid[0], 4 * features.grid[1]))
        memories = self._written(features, list(zip(logits[:, 0], seen, strict=True)), binary=True)
        scores = [logit if is_seen else -logit for is_seen in seen]
        outputs = [
            TrackOutput(mask, 1.0, score, pointer, prompted=True)
            for mask, score, pointer in zip(low[:, 0], scores, pointers, strict=True)
        ]
        return outputs, memories

    def _find(
        self,
        features: ImageFeatures,
        tracks: Sequence[ObjectTrack],
        taken: Sequence[Seat],
        moment: Moment,
    ) -> dict[int, TrackOutput]:
        if not tracks:
            return {}
        codes = self.net.time_codes[:, 0, 0]
        shared = self.net.memory_attention.share(features.embedding, codes)
        chosen: list[ChosenRows] = []
        found: list[int] = []
        for batch in in_batches(taken, tracks):
            members = [tracks[place] for place in batch.places]
            recalled = [self._recalled(track, moment, features) for track in members]
            embedding = self._mixed(shared, recalled, [taken[place] for place in batch.places])
            frame = replace(features, embedding=embedding)
            decoded = self.net.heads(frame, *no_points(len(embedding), embedding.device))
            chosen.append(chosen_rows(self.net, decoded, multimask=True).at(batch.real))
            found += [track.object_id for track in members]
        return dict(zip(found, answers(chosen), strict=True))

    def _mixed(
        self, shared: SharedFrame, recalled: Sequence[Recalled], taken: Sequence[Seat]
    ) -> Tensor:
        """The frame's embedding with memories in it, one row per row of a batch: (B, C, h, w).

        Args:
            shared: the frame.
            recalled: memories of the objects that are in the batch.
            taken: their seats.
        """
        groups: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for place, one in enumerate(recalled):
            groups[one.size].append(place)  # only what is equally long goes into one product
        embedding: Tensor | None = None
        for group in groups.values():
            seats = [taken[place] for place in group]
            (batch,) = in_batches(seats, [recalled[place] for place in group])
            mixed = self.net.memory_attention(shared, batch.rows)
            if embedding is None:
                embedding = mixed
            else:
                embedding[batch.real] = mixed[batch.real]
        assert embedding is not None
        return embedding

    def _recalled(self, track: ObjectTrack, moment: Moment, features: ImageFeatures) -> Recalled:
        bank, memory, rules = track.bank, self.config.memory, self.config.rules
        chosen = bank.recall(moment, rules, memory.slots)
        device = features.embedding.device
        maps = []
        for frame, slot in chosen.maps:
            entry = bank.entry(frame)
            assert entry is not None
            assert entry.memory is not None
            maps.append(RecalledMap(entry.memory.to(device), slot, entry.projected))
        entries = [bank.entry(frame) for frame, _ in chosen.pointers]
        pointers = [entry.pointer.to(device) for entry in entries if entry is not None]
        distances = [distance for _, distance in chosen.pointers]
        codes = self.net.pointer_codes(distances, pointer_limit(rules, moment.total))
        return Recalled(tuple(maps), self.net.pointer_tokens(pointers), codes)

    def _write(
        self,
        features: ImageFeatures,
        taken: Sequence[Seat],
        rows: Sequence[tuple[Tensor, bool]],
        *,
        binary: bool,
    ) -> list[Tensor]:
        """Spatial memories (S, memory width) of masks seen on one frame."""
        memories: dict[int, Tensor] = {}
        for batch in in_batches(taken, rows):
            written = self._written(features, batch.rows, binary=binary)
            memories |= {p: written[row] for p, row in zip(batch.places, batch.real, strict=True)}
        return [memories[place] for place in range(len(rows))]

    def _written(
        self, features: ImageFeatures, rows: Sequence[tuple[Tensor, bool]], *, binary: bool
    ) -> list[Tensor]:
        """The same for the rows of one batch."""
        device = features.embedding.device
        masks = torch.cat(
            [
                self.net.memory_mask(row.to(device)[None, None], features.grid, binary=binary)
                for row, _ in rows
            ]
        )
        there = torch.tensor([[is_there] for _, is_there in rows], device=device)
        written = self.net.write_memory(features.embedding, masks, there)
        return list(written.to(self.memory_dtype))

    def _entries(
        self,
        features: ImageFeatures,
        state: TrackState,
        frame: int,
        outputs: Sequence[TrackOutput],
        memories: Sequence[Tensor],
    ) -> Iterator[MemoryEntry]:
        """What objects will remember of a frame; keys and values beside it while there is room."""
        room = self.projection_bytes
        if room:
            room -= state.projected_nbytes
        for output, memory in zip(outputs, memories, strict=True):
            projected = None
            if room > 0:
                projected = self.net.memory_attention.project(memory, features.grid)
                room -= projected.nbytes
            # Rows of a batch share its storage: copies let go of the others.
            logits, pointer, kept = (
                t.to(self.store or t.device, copy=True)
                for t in (output.logits, output.pointer, memory)
            )
            yield MemoryEntry(
                frame, logits, pointer, output.iou, output.object_logit, kept, projected
            )


def _stored(entry: MemoryEntry) -> TrackOutput:
    assert entry.logits is not None
    return TrackOutput(entry.logits, entry.iou, entry.object_logit, entry.pointer, prompted=True)
