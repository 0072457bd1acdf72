"""Memory encoder and memory attention against transformers."""

from __future__ import annotations

import pytest
import torch

from sam3_annotator.model.memory import Recalled, RecalledMap
from sam3_annotator.model.rotary_grid import grid_rotation, rotate
from sam3_annotator.model.sam_layers import sine_positions, sine_times
from sam3_annotator.model.tracker_config import SMALL_MEMORY
from sam3_annotator.model.tracker_net import TrackerNet
from tests.support.sam_reference import (
    GRID,
    our_weights,
    part,
    sam3_tracker_config,
    sam3_video_model,
)

# Float32 on both sides; keys are summed here as memory + code instead of projected together.
TOLERANCE = 2e-5
CELLS = GRID * GRID


@pytest.fixture(scope="module")
def reference():
    return sam3_video_model()


@pytest.fixture(scope="module")
def net(reference):
    ours = TrackerNet(sam3_tracker_config()).eval()
    ours.load_state_dict(part(our_weights(reference), ""))
    return ours


@torch.inference_mode()
def test_memory_encoder_equals_the_reference(reference, net):
    features, masks = torch.randn(3, 128, GRID, GRID), torch.rand(3, 1, 16 * GRID, 16 * GRID)
    expected, _ = reference.memory_encoder(features, masks * 20 - 10)
    ours = net.memory_encoder(features, masks * 20 - 10)
    torch.testing.assert_close(ours, expected, atol=TOLERANCE, rtol=0)


@pytest.mark.parametrize("pointers", [0, 1, 5])
@pytest.mark.parametrize("slots", [[6], [6, 6, 4, 1, 0]])
@torch.inference_mode()
def test_memory_attention_equals_the_reference(reference, net, slots, pointers):
    embedding = torch.randn(1, 128, GRID, GRID)
    memories = [torch.randn(CELLS, 64) for _ in slots]
    tokens, codes = torch.randn(2 * pointers, 64), torch.randn(2 * pointers, 64)
    attention = net.memory_attention
    shared = attention.share(embedding, net.time_codes[:, 0, 0])
    maps = tuple(RecalledMap(m, s) for m, s in zip(memories, slots, strict=True))
    ours = attention(shared, [Recalled(maps, tokens, codes)])

    position = sine_positions(GRID, GRID, 128, embedding)
    spatial = sine_positions(GRID, GRID, 64, embedding)[0].flatten(1).t()
    dated = [spatial + net.time_codes[s, 0, 0] for s in slots]
    expected = reference.memory_attention(
        embedding.flatten(2).permute(2, 0, 1),
        torch.cat([*memories, tokens])[:, None],
        position.flatten(2).permute(2, 0, 1),
        torch.cat([*dated, codes])[:, None],
        num_object_pointer_tokens=2 * pointers,
    )
    expected = expected.squeeze(1).transpose(1, 2).view(1, 128, GRID, GRID)
    torch.testing.assert_close(ours, expected, atol=TOLERANCE, rtol=0)


@torch.inference_mode()
def test_objects_of_a_batch_do_not_see_each_other(net):
    attention = net.memory_attention
    shared = attention.share(torch.randn(1, 128, GRID, GRID), net.time_codes[:, 0, 0])
    recalled = [
        Recalled(
            (RecalledMap(torch.randn(CELLS, 64), 6),),
            torch.randn(4, 64),
            torch.randn(4, 64),
        )
        for _ in range(3)
    ]
    together = attention(shared, recalled)
    for row, one in enumerate(recalled):
        alone = attention(shared, [one])[0]
        torch.testing.assert_close(together[row], alone, atol=TOLERANCE, rtol=0)


@torch.inference_mode()
def test_fixed_positions_equal_the_reference(reference):
    encoding = reference.memory_encoder.position_encoding
    expected = encoding((1, 64, 5, 7), torch.device("cpu"), torch.float32)
    # Sines of phases up to 2 pi, computed from quotients rounded once more or less.
    torch.testing.assert_close(sine_positions(5, 7, 64, expected), expected, atol=1e-6, rtol=0)


def test_times_are_sines_then_cosines():
    code = sine_times(torch.tensor([0.0, 0.5]), 8)
    assert code[0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert code[1, :2].tolist() == pytest.approx([0.479426, 0.479426], abs=1e-6)
    assert code[1, 2] == pytest.approx(0.005, abs=1e-6)


def test_rotation_turns_by_column_then_by_row():
    rotation = grid_rotation(2, 3, 8, 10000.0, torch.device("cpu"))
    x = torch.zeros(6, 8)
    x[:, 0] = x[:, 4] = 1  # first members of the fastest pair of each half
    turned = rotate(x, rotation)
    for cell in range(6):
        row, column = divmod(cell, 3)
        angles = torch.tensor([float(column), float(row)])
        torch.testing.assert_close(turned[cell, [0, 4]], angles.cos())
        torch.testing.assert_close(turned[cell, [1, 5]], angles.sin())


def test_tables_made_in_inference_mode_can_be_trained_with(net):
    grid_rotation.cache_clear()
    with torch.inference_mode():
        grid_rotation(3, 3, 8, 10000.0, torch.device("cpu"))
    x = torch.randn(9, 8, requires_grad=True)
    rotate(x, grid_rotation(3, 3, 8, 10000.0, torch.device("cpu"))).sum().backward()
    assert x.grad is not None


def test_small_memory_has_the_published_slots():
    assert SMALL_MEMORY.slots == 7
