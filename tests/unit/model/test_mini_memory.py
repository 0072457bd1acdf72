"""The memory before any training: it carries labels by similarity, and its bank keeps the rules."""

from __future__ import annotations

import torch

from sam3_annotator.model.mini_memory import MiniMemory, MiniMemoryConfig, Place
from sam3_annotator.model.mini_tracker import MiniBank, MiniTracker, TrackRules
from sam3_annotator.model.mini_weights import load_mini_memory, write_mini
from sam3_annotator.model.sam_heads import ImageFeatures, SamHeads
from sam3_annotator.model.tracker_config import BUNDLED_HEADS

GRID = 8


def scene(column: int) -> tuple[ImageFeatures, torch.Tensor]:
    """A 2 x 2 thing of its own look at ``column``; features (1, ...) and its mask (1, 32, 32)."""
    generator = torch.Generator().manual_seed(0)
    ground = torch.randn(256, GRID, GRID, generator=generator) * 0.1
    ground += torch.randn(256, 1, 1, generator=generator)
    thing = torch.randn(256, 1, 1, generator=generator)
    embedding = ground.clone()
    embedding[:, 3:5, column : column + 2] = thing
    inside = torch.zeros(1, 4 * GRID, 4 * GRID, dtype=torch.bool)
    inside[:, 12:20, 4 * column : 4 * column + 8] = True
    mid, fine = torch.zeros(1, 64, 2 * GRID, 2 * GRID), torch.zeros(1, 32, 4 * GRID, 4 * GRID)
    return ImageFeatures(embedding[None], mid, fine), inside


def tracker() -> MiniTracker:
    torch.manual_seed(0)
    rules = TrackRules(least_iou=0.0)  # the untrained decoder is sure of nothing
    return MiniTracker(SamHeads(BUNDLED_HEADS).eval(), MiniMemory().eval(), rules)


@torch.no_grad()
def test_untrained_memory_follows_by_similarity() -> None:
    follower, bank = tracker(), MiniBank()
    features, inside = scene(1)
    follower.prompt(bank, 0, features, inside)
    moved, expected = scene(5)
    _, guess = follower.look(moved, bank.places(1, follower.rules))
    overlap = ((guess[0] > 0) & expected[0]).sum() / ((guess[0] > 0) | expected[0]).sum()
    assert overlap > 0.8


@torch.no_grad()
def test_a_thing_may_not_read_frames_where_it_was_absent() -> None:
    memory = MiniMemory().eval()
    blank = torch.zeros(1, 1, 256)
    features, inside = scene(1)
    there = memory.remember(features, (inside.float()[:, None] * 2 - 1) * 10)
    nowhere = memory.remember(features, torch.full((1, 1, 32, 32), -10.0))
    first = Place(there, prompted=True, gap=5)
    lost = Place(nowhere, prompted=False, gap=1, usable=torch.tensor([False]))
    alone = memory.recall(features, [first], blank).mask_logits
    with_lost = memory.recall(features, [first, lost], blank).mask_logits
    misread = Place(nowhere, prompted=False, gap=1, usable=torch.tensor([True]))
    assert torch.allclose(alone, with_lost, atol=1e-3)
    assert not torch.allclose(
        alone, memory.recall(features, [first, misread], blank).mask_logits, atol=0.5
    )


@torch.no_grad()
def test_two_things_are_answered_as_if_alone() -> None:
    follower = tracker()
    features, inside = scene(1)
    other = torch.zeros_like(inside)
    other[:, 24:, :8] = True
    both, alone = MiniBank(), MiniBank()
    follower.prompt(both, 0, features, torch.cat([inside, other]))
    follower.prompt(alone, 0, features, inside)
    moved, _ = scene(4)
    together = follower.step(both, 1, moved)
    single = follower.step(alone, 1, moved)
    assert together.logits.shape == (2, 32, 32)
    assert torch.allclose(together.logits[:1], single.logits, atol=1e-3)
    assert torch.allclose(together.present[:1], single.present, atol=1e-3)


def test_the_bank_reads_first_and_nearest() -> None:
    bank = MiniBank()
    entry = MiniMemory().remember(scene(1)[0], torch.zeros(1, 1, 32, 32))
    bank.prompted = {0: entry, 40: entry, 20: entry, 60: entry}
    bank.tracked = {n: (entry, torch.tensor([True])) for n in range(21, 30)}
    places = bank.places(30, TrackRules(prompted=3, recent=2))
    assert [place.gap for place in places] == [30, 10, 10, 1, 2]
    assert [place.prompted for place in places] == [True, True, True, False, False]
    bank.forget_tracked(2)
    assert list(bank.tracked) == [28, 29]


def test_weights_come_back(tmp_path) -> None:
    torch.manual_seed(1)
    memory = MiniMemory()
    path = tmp_path / "t.safetensors"
    write_mini(path, memory, "tracker", {"steps": "0"})
    back = load_mini_memory(path)
    assert not any(parameter.requires_grad for parameter in back.parameters())
    for name, value in memory.state_dict().items():
        assert torch.allclose(back.state_dict()[name], value, atol=0.02), name


def test_gradients_reach_every_part() -> None:
    memory = MiniMemory(MiniMemoryConfig(width=40))
    features, inside = scene(1)
    place = Place(memory.remember(features, inside.float()[:, None]), prompted=True, gap=1)
    recent = Place(place.memory, prompted=False, gap=1)
    torch.nn.init.normal_(memory.draw.weight)
    torch.nn.init.normal_(memory.residual.weight)
    recall = memory.recall(features, [place, recent], torch.zeros(1, 1, 256))
    parts = (recall.embedding, recall.mask_logits.clamp(-1, 1), recall.tokens, recall.summary)
    sum(part.square().sum() for part in parts).backward()
    blind = [n for n, p in memory.named_parameters() if p.grad is None and "presence" not in n]
    assert not blind


@torch.no_grad()
def test_frames_without_the_thing_do_not_push_out_what_was_seen() -> None:
    follower, bank = tracker(), MiniBank()
    features, inside = scene(1)
    follower.prompt(bank, 0, features, inside)
    for layer in follower.memory.presence.layers:
        torch.nn.init.zeros_(layer.weight)
    said = follower.memory.presence.layers[-1].bias
    said.fill_(1.0)
    follower.step(bank, 1, features)
    said.fill_(-1.0)
    for frame in range(2, 6):
        assert follower.step(bank, frame, features).present.item() < 0
    assert list(bank.tracked) == [1]


@torch.no_grad()
def test_doubtful_masks_are_not_remembered() -> None:
    follower, bank = tracker(), MiniBank()
    features, inside = scene(1)
    follower.prompt(bank, 0, features, inside)
    follower.memory.presence.layers[-1].bias.fill_(100.0)
    follower.rules = TrackRules(least_iou=1.1)
    assert follower.step(bank, 1, features).present.item() > 0
    assert not bank.tracked
