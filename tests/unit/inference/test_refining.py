"""Which answer a click on an earlier mask gets."""

from __future__ import annotations

import numpy as np

from sam3_annotator.inference.prompts import ClickPrompt, RawMasks
from sam3_annotator.inference.refining import best_refinement, is_refinement

SIDE = 16


def square(first: int, last: int) -> np.ndarray:
    logits = np.full((SIDE, SIDE), -5, np.float32)
    logits[first:last, first:last] = 5
    return logits


def asked(before, *clicks, wants_three=False) -> ClickPrompt:
    points = np.array([(x / SIDE, y / SIDE) for x, y, _ in clicks], np.float32).reshape(-1, 2)
    labels = np.array([label for *_, label in clicks], np.int64)
    return ClickPrompt(points, labels, None, before, wants_three)


def answers(*masks, scores) -> RawMasks:
    return RawMasks(np.stack(masks), np.array(scores, np.float32), 0.9)


def test_only_clicks_on_an_earlier_mask_refine_it() -> None:
    click = (4, 4, 1)
    assert is_refinement(asked(square(2, 12), click))
    assert not is_refinement(asked(None, click))
    assert not is_refinement(asked(square(2, 12)))
    assert not is_refinement(asked(square(2, 12), click, wants_three=True))


def test_a_click_inside_a_right_mask_keeps_it() -> None:
    prompt = asked(square(2, 12), (5, 5, 1))
    found = best_refinement(
        answers(square(4, 7), square(2, 12), square(0, 16), scores=(0.9, 0.85, 0.6)), prompt
    )
    assert found.logits.shape == (1, SIDE, SIDE)
    assert (found.logits[0] == square(2, 12)).all()
    assert (found.scores[0], found.object_score) == (np.float32(0.85), 0.9)


def test_an_answer_that_disobeys_a_click_is_not_taken() -> None:
    before = square(2, 12)
    added = best_refinement(
        answers(before, square(2, 15), scores=(0.99, 0.5)), asked(before, (13, 13, 1))
    )
    assert (added.logits[0] == square(2, 15)).all()
    taken = best_refinement(
        answers(before, square(2, 9), scores=(0.99, 0.5)), asked(before, (5, 5, 1), (11, 11, 0))
    )
    assert (taken.logits[0] == square(2, 9)).all()


def test_when_no_answer_obeys_all_clicks_the_most_obedient_is_taken() -> None:
    before = square(2, 12)
    prompt = asked(before, (5, 5, 1), (14, 14, 1), (3, 3, 0))
    found = best_refinement(
        answers(before, square(4, 16), square(9, 10), scores=(0.9, 0.4, 0.9)), prompt
    )
    assert (found.logits[0] == square(4, 16)).all()
