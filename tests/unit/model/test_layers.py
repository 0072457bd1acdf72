"""Attention in tiles says what the fused kernel says, to the rounding of bfloat16."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from sam3_annotator.model import layers
from sam3_annotator.model.layers import TILED_KEYS, attend

# Scores are rounded once more than in the fused kernel: 0.44 % instead of 0.23 % (measured).
ALLOWED = 0.01


@pytest.fixture
def tiled(monkeypatch):
    """How often tiles were used."""
    calls, whole = [], layers._attend_in_tiles

    def counted(q, k, v):
        calls.append(q.shape)
        return whole(q, k, v)

    monkeypatch.setattr(layers, "_attend_in_tiles", counted)
    return calls


@pytest.mark.parametrize(
    ("shape", "keys"),
    [
        ((1, 1, 300, 32), 5000),  # a memory attention: one head, many keys
        ((2, 6, 200, 24), 200),  # heads that do not fill the last group
        ((5, 4, 196, 24), 196),  # windows
    ],
)
def test_tiles_agree_with_the_exact_result(shape, keys, tiled, monkeypatch):
    monkeypatch.setattr(layers, "TILE_SCORES", 2**16)
    batch, heads, _, width = shape
    generator = torch.Generator().manual_seed(0)
    q = torch.randn(shape, generator=generator)
    k, v = torch.randn(2, batch, heads, keys, width, generator=generator)
    exact = scaled_dot_product_attention(q, k, v)
    found = attend(*(x.bfloat16() for x in (q, k, v))).float()
    assert tiled
    assert (found - exact).norm() / exact.norm() < ALLOWED


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_few_keys_and_float32_go_through_the_fused_kernel(dtype, tiled):
    keys = TILED_KEYS * 2 if dtype is torch.float32 else TILED_KEYS - 1
    q, k, v = torch.randn(3, 1, 2, keys, 16).to(dtype)
    torch.testing.assert_close(attend(q, k, v), scaled_dot_product_attention(q, k, v))
    assert not tiled


def test_an_object_is_answered_alike_alone_and_among_others():
    q, k, v = torch.randn(3, 3, 1, 150, 32).bfloat16()
    together = attend(q, k, v)
    assert all(
        torch.equal(attend(q[i : i + 1], k[i : i + 1], v[i : i + 1])[0], together[i])
        for i in range(3)
    )


def test_attention_in_tiles_equals_the_fused_kernel(monkeypatch):
    """Both bfloat16; the tiles round scores once more, so within two roundings (2 x 2^-8)."""
    monkeypatch.setattr("sam3_annotator.model.layers.TILE_SCORES", 4 * 70 * 300)  # several tiles
    seeds = (torch.Generator().manual_seed(seed) for seed in (1, 2, 3))
    q, k, v = (torch.randn((2, 6, 300, 16), generator=seed) for seed in seeds)
    expected = scaled_dot_product_attention(q, k, v)
    got = attend(q.bfloat16(), k.bfloat16(), v.bfloat16()).float()
    assert (got - expected).abs().max() / expected.abs().max() < 2**-6
    assert (got - expected).norm() / expected.norm() < 2**-7
