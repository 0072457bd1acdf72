"""Descriptor, judge and key training on planted problems that can be solved."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sam3_annotator.model.mini_detector import Found, Proposals
from sam3_annotator.model.mini_memory import MiniMemory, MiniMemoryConfig
from sam3_annotator.model.mini_similar import FACTS, SimilarWeights
from sam3_annotator.model.sam_heads import SamHeads
from sam3_annotator.model.tracker_config import BUNDLED_HEADS
from sam3_annotator.training.eval_similar import WAYS, evaluate_similar, with_detector
from sam3_annotator.training.feature_cache import encode_clip, save_clip
from sam3_annotator.training.metrics import Asked
from sam3_annotator.training.propagation_stage import PropagationStage
from sam3_annotator.training.scene_cache import save_pair
from sam3_annotator.training.similar_stage import (
    DescriptorStage,
    cells_and_owners,
    contrast,
    draw_prompts,
    fit_judge,
)
from sam3_annotator.training.tracking_stage import TrackingStage
from tests.unit.training.test_training_loop import encoder, moving_square, pair


def test_contrast_rewards_agreement_across_instances() -> None:
    concept = torch.tensor([0, 0, 1, 1, -1])
    instance = torch.tensor([1, 2, 3, 4, 0])
    right = torch.nn.functional.one_hot(torch.tensor([0, 0, 1, 1, 2]), 3).float()
    wrong = torch.nn.functional.one_hot(torch.tensor([0, 1, 0, 1, 2]), 3).float()
    good = contrast(right, concept, instance, 10.0)
    bad = contrast(wrong, concept, instance, 10.0)
    assert good is not None
    assert bad is not None
    assert good.item() < 0.01
    assert bad.item() > 5
    assert contrast(right, concept, concept + 1, 10.0) is None  # only one instance of each


def test_cells_are_owned_by_what_covers_them() -> None:
    cells = cells_and_owners(pair()[0])
    assert set(cells.instance.tolist()) == {0, 1, 2, 3}
    assert (cells.concept[cells.instance == 3] == 1).all()
    assert (cells.concept[cells.instance == 0] == -1).all()


def test_the_descriptor_learns(tmp_path) -> None:
    save_pair(tmp_path / "p.safetensors", pair())
    torch.manual_seed(0)
    weights = SimilarWeights()
    stage = DescriptorStage(weights.descriptor, tmp_path)
    optimiser = torch.optim.Adam(stage.module.parameters(), lr=1e-3)
    history = []
    for step in range(12):
        loss = stage.losses(np.random.default_rng(step), step)["contrast"]
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        history.append(loss.item())
    assert np.mean(history[-3:]) < np.mean(history[:3]) - 0.1


def test_the_judge_learns_from_facts() -> None:
    generator = torch.Generator().manual_seed(0)
    facts = torch.randn(400, FACTS, generator=generator)
    right = (facts[:, 0] + facts[:, 2] > 0.5).float()
    weights = SimilarWeights()
    assert fit_judge(weights, facts, right, steps=200) < 0.15
    assert ((weights.scores(facts) > 0).float() == right).float().mean() > 0.93


def test_the_keys_stage_trains_keys_and_places(tmp_path) -> None:
    save_clip(tmp_path / "c.safetensors", encode_clip(moving_square(), encoder, bf16=False))
    torch.manual_seed(0)
    memory = MiniMemory(MiniMemoryConfig(width=40, value=24))
    source = TrackingStage(SamHeads(BUNDLED_HEADS).eval(), memory, tmp_path)
    stage = PropagationStage(memory, source)
    for seed in range(4):
        sum(stage.losses(np.random.default_rng(seed), seed).values()).backward()
    assert all(p.grad is not None for p in stage.module.parameters())
    assert memory.stem.weight.grad is None


def test_prompts_say_what_they_show() -> None:
    for prompt in draw_prompts(np.random.default_rng(0), pair()):
        boxes, labels = prompt.boxes_and_labels()
        assert len(boxes) == len(labels) == len(prompt.rows)
        assert labels[0] == 1
        assert labels.tolist() == [
            int(prompt.source.concepts[row] == prompt.concept) for row in prompt.rows
        ]


def test_ways_of_asking_are_compared_fairly() -> None:
    seen: dict[str, int] = {}

    def perfect(prompt) -> Asked:
        seen[str(len(prompt.rows))] = seen.get(str(len(prompt.rows)), 0) + 1
        return Asked(np.eye(int((prompt.target.concepts == prompt.concept).sum())))

    scores = evaluate_similar(perfect, [pair()])
    assert set(scores) == set(WAYS)
    assert scores["1 positive"].f1 == 1.0
    assert scores["1 positive"].prompts == 4
    assert scores["3 positives"].prompts == scores["1 positive, where 3 are there"].prompts == 0
    assert scores["1 positive, 1 negative"].prompts == 4
    assert scores["1 positive"].concept != scores["1 positive"].concept  # nan: nothing absent
    assert pytest.approx(1.0) == scores["1 positive in another picture"].f1


class SeesExemplars:
    """In place of a trained detector: finds the positive exemplars themselves."""

    def exemplars(self, features, boxes, labels):
        return boxes[labels == 1]

    def find(self, features, boxes) -> Found:
        count = len(boxes)
        nothing = torch.zeros(1, count, 4, 4)
        proposals = Proposals(torch.zeros(1, 4), torch.zeros(1, 4, 4))
        sure, there = torch.full((1, count), 5.0), torch.tensor([9.0])
        return Found([sure], [boxes[None]], there, nothing, nothing[:, :1], proposals)


def test_a_detector_is_judged_by_boxes_in_the_same_ways() -> None:
    scores = evaluate_similar(with_detector(SeesExemplars(), 0.5), [pair()])
    assert (scores["1 positive"].prompts, scores["1 positive"].precision) == (4, 1.0)
    assert scores["1 positive"].recall == pytest.approx(4 / 6), "1 of 2 and 1 of 1, both ways"
    none = evaluate_similar(with_detector(SeesExemplars(), 1.0), [pair()])
    assert none["1 positive"].recall == 0
