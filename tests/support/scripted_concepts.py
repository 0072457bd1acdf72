"""Concepts on clips with a scripted detector and tracker: things that are seen when we say so."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from sam3_annotator.model.concept_frames import ConceptQuery, ConceptState
from sam3_annotator.model.concept_life import NO_CONCEPT, TrackLife
from sam3_annotator.model.concept_rules import ConceptRules
from sam3_annotator.model.concept_tracker import ConceptTracker
from sam3_annotator.model.detector import DetectorOutput
from sam3_annotator.model.memory_bank import MemoryEntry
from sam3_annotator.model.neck import ImageFeatures as NeckFeatures
from sam3_annotator.model.sam_heads import ImageFeatures
from sam3_annotator.model.track_prompts import TrackOutput
from sam3_annotator.model.tracker_config import SMALL_TRACKER

SIDE = 32
LEVEL = torch.zeros(1, 4, 8, 8)
FEATURES = NeckFeatures((LEVEL, LEVEL, LEVEL), (LEVEL, LEVEL, LEVEL))


def logits(left, width=8):
    map_ = torch.full((SIDE, SIDE), -5.0)
    if left is not None:
        map_[10:20, left : left + width] = 5.0
    return map_


@dataclass
class Thing:
    """Something on the clip: where it is and whether detector and tracker see it."""

    place: object
    look: int
    score: float = 0.95
    is_detected: object = lambda frame: True
    is_tracked: object = lambda frame: True


class Detector:
    """Sees the things of the concept that is asked for."""

    def __init__(self, world):
        self.world = world
        self.frame = 0

    def detect(self, features, text, geometry):
        things = [t for t in self.world.get(text, []) if t.is_detected(self.frame)]
        del features, geometry
        count = max(1, len(things))
        scores = torch.zeros(1, count)
        masks = torch.full((1, count, SIDE, SIDE), -5.0)
        queries = torch.zeros(1, count, 8)
        queries[..., 7] = 1.0
        for row, thing in enumerate(things):
            scores[0, row] = thing.score
            masks[0, row] = logits(thing.place(self.frame))
            queries[0, row] = torch.nn.functional.one_hot(torch.tensor(thing.look), 8).float()
        raw = torch.logit(scores.clamp(1e-6, 1 - 1e-6))
        return DetectorOutput(
            raw, torch.tensor([20.0]), torch.zeros(1, count, 4), masks, masks[:, :1], queries
        )


class Tracker:
    """Follows what it was given, by the thing its mask lay on."""

    config = SMALL_TRACKER

    def __init__(self, world):
        self.things = [t for things in world.values() for t in things]
        self.follows = {}
        self.prompted = []
        self.remembered = []

    def features(self, levels):
        return ImageFeatures(LEVEL, LEVEL, LEVEL)

    def prompt_masks(self, levels, state, frame, masks, *, automatic=False):
        self.prompted.append((frame, tuple(masks)))
        for object_id, mask in masks.items():
            small = torch.nn.functional.interpolate(mask.float()[None, None], size=(SIDE, SIDE))
            for thing in self.things:
                place = thing.place(frame)
                if place is not None and small[0, 0, 12, place + 2] > 0:
                    self.follows[object_id] = thing
            entry = MemoryEntry(frame, logits(None), torch.zeros(4), 1.0, 10.0, None, None)
            state.track(object_id).bank.condition(replace(entry, automatic=automatic))

    def step(self, levels, state, frame, *, reverse=False, objects=None):
        answers = {}
        for object_id in state.objects:
            thing = self.follows.get(object_id)
            place = thing.place(frame) if thing and thing.is_tracked(frame) else None
            sure = 5.0 if place is not None else -5.0
            answers[object_id] = TrackOutput(logits(place), 0.9, sure, torch.zeros(4))
        return answers

    def remember(self, levels, state, frame, outputs, *, reverse=False, masks=None):
        self.remembered.append((frame, {i: bool((m > 0).any()) for i, m in masks.items()}))


def go_on(world, frames, state, tracker, rules=None, queries=None, *, reverse=False):
    """Step over frames with what an earlier run left."""
    detector = Detector(world)
    concepts = ConceptTracker(detector, tracker, rules or ConceptRules())
    seen = []
    for frame in frames:
        detector.frame = frame
        asked = (
            queries(frame) if queries else [ConceptQuery(n, name) for n, name in enumerate(world)]
        )
        seen.append(concepts.step(frame, FEATURES, asked, state, reverse=reverse))
    return seen


def run(world, frames, rules=None, queries=None, *, state=None, reverse=False):
    """Run over frames from nothing, or with the memories of another run."""
    state, tracker = state or ConceptState(), Tracker(world)
    seen = go_on(world, frames, state, tracker, rules, queries, reverse=reverse)
    return seen, state, tracker


def pinned_at(state, tracker, object_id, frame, thing):
    """What a person's click leaves: a conditioning frame of a person, and a life."""
    tracker.follows[object_id] = thing
    entry = MemoryEntry(frame, logits(thing.place(frame)), torch.zeros(4), 1.0, 10.0)
    state.tracks.track(object_id).bank.condition(entry)
    state.lives[object_id] = TrackLife(object_id, NO_CONCEPT, frame, 1.0, is_pinned=True)
    state.next_id = object_id + 1


def still(place, **more):
    return Thing(lambda frame: place, look=more.pop("look", 0), **more)


def ids(frame):
    return {m.object_id for m in frame.masks}
