"""The SAM 2 backbone against transformers, and its windows."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sam3_annotator.model.fpn import Sam2Encoder
from sam3_annotator.model.hiera import Hiera, join_windows, split_windows
from sam3_annotator.model.tracker_config import (
    HIERA_BASE_PLUS,
    HIERA_LARGE,
    HIERA_SMALL,
    HIERA_TINY,
    SMALL_HEADS,
    SMALL_HIERA,
)
from tests.support.reference import transformers
from tests.support.sam_reference import SIDE, our_name, our_weights, part, sam2_image_model

# Both sides do the same float32 sums; attention kernels order them differently (measured 3e-6).
TOLERANCE = 2e-5


@pytest.fixture(scope="module")
def reference():
    return sam2_image_model()


@pytest.fixture(scope="module")
def encoder(reference):
    ours = Sam2Encoder(SMALL_HIERA, SMALL_HEADS.width).eval()
    ours.load_state_dict(part(our_weights(reference), "encoder."))
    return ours


@pytest.mark.parametrize("side", [SIDE, 96, 160])
@torch.inference_mode()
def test_levels_equal_the_reference(reference, encoder, side):
    """160 and 96 need padded windows and an enlarged position grid."""
    pixels = torch.randn(2, 3, side, side)
    theirs = reference.vision_encoder(pixels).fpn_hidden_states
    ours = encoder(pixels)
    assert [tuple(x.shape[-2:]) for x in ours] == [(side // s, side // s) for s in (4, 8, 16)]
    for level, expected in zip(ours, theirs, strict=True):
        torch.testing.assert_close(level, expected, atol=TOLERANCE, rtol=0)


@torch.inference_mode()
def test_levels_of_a_picture_that_is_not_square(encoder):
    levels = encoder(torch.randn(1, 3, 64, 128))
    assert [tuple(x.shape[-2:]) for x in levels] == [(16, 32), (8, 16), (4, 8)]


def test_a_side_that_does_not_fit_is_refused(encoder):
    with pytest.raises(ValueError, match="multiples of 32"):
        encoder(torch.zeros(1, 3, 100, 128))


@pytest.mark.parametrize(
    ("config", "heads"),
    [(HIERA_TINY, 1), (HIERA_SMALL, 1), (HIERA_BASE_PLUS, 2), (HIERA_LARGE, 2)],
)
def test_published_sizes(config, heads):
    theirs = transformers.Sam2HieraDetConfig(
        hidden_size=config.width,
        blocks_per_stage=list(config.blocks),
        embed_dim_per_stage=list(config.stage_widths),
        num_attention_heads_per_stage=[heads * 2**stage for stage in range(4)],
        window_size_per_stage=list(config.windows),
        global_attention_blocks=list(config.global_blocks),
        window_positional_embedding_background_size=[config.background] * 2,
    )
    with torch.device("meta"):
        ours, expected = Hiera(config), transformers.Sam2HieraDetModel(theirs)
    shapes = {our_name(f"vision_encoder.backbone.{k}"): v for k, v in expected.state_dict().items()}
    shapes = {k.removeprefix("encoder.trunk."): v.shape for k, v in shapes.items()}
    assert {k: v.shape for k, v in ours.state_dict().items()} == shapes


@given(
    height=st.integers(1, 13), width=st.integers(1, 13), side=st.integers(1, 6),
    batch=st.integers(1, 2),
)  # fmt: skip
def test_windows_join_to_what_was_split(height, width, side, batch):
    grid = torch.arange(batch * height * width * 2.0).view(batch, height, width, 2)
    windows = split_windows(grid, side)
    assert windows.shape[1:3] == (side, side)
    assert torch.equal(join_windows(windows, side, height, width), grid)


def test_positions_are_the_bicubic_enlargement_plus_the_tile():
    """Two small products give what torch's kernel gives, on grids that are not square too."""
    trunk = Hiera(SMALL_HIERA)
    torch.nn.init.normal_(trunk.background)
    torch.nn.init.normal_(trunk.tile)
    size = (24, 40)
    expected = torch.nn.functional.interpolate(trunk.background, size=size, mode="bicubic")
    expected = expected + trunk.tile.tile(1, 1, 3, 5)
    torch.testing.assert_close(trunk._positions(*size).permute(0, 3, 1, 2), expected)
