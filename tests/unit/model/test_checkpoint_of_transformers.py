"""Folders that the transformers library itself has written are read, number for number."""

from __future__ import annotations

import pytest
import torch

from sam3_annotator.model.checkpoint import open_checkpoint
from sam3_annotator.model.families import SAM2
from tests.support.reference import transformers

pytestmark = pytest.mark.slow


def _save(folder, kind, **options):
    config = getattr(transformers, f"{kind}Config")()
    with torch.device("meta"):
        model = getattr(transformers, f"{kind}Model")(config)
    model = model.to(torch.bfloat16).to_empty(device="cpu")
    generator = torch.Generator().manual_seed(3)
    for tensor in model.state_dict().values():
        tensor.copy_(torch.randn(tensor.shape, generator=generator))
    model.save_pretrained(folder, **options)
    return model.state_dict()


@pytest.mark.parametrize("options", [{}, {"max_shard_size": "20MB"}])
def test_whole_sam2_folder(tmp_path, options):
    written = _save(tmp_path, "Sam2Video", **options)
    checkpoint = open_checkpoint(tmp_path)
    assert checkpoint.inspection.family is SAM2["2.1", "tiny"]
    assert checkpoint.inspection.parts == ("image", "object_score", "memory")
    read = checkpoint.tensors("memory")
    name = "memory_attention.layers.2.cross_attn_image.out_proj.weight"
    theirs = "memory_attention.layers.2.cross_attn_image.o_proj.weight"
    assert torch.equal(read[name], written[theirs])


def test_sam2_folder_for_stills(tmp_path):
    written = _save(tmp_path, "Sam2")
    checkpoint = open_checkpoint(tmp_path)
    assert checkpoint.inspection.abilities.words() == "clicks"
    read = checkpoint.tensor("sam_mask_decoder.output_hypernetworks_mlps.3.layers.2.weight")
    assert torch.equal(read, written["mask_decoder.output_hypernetworks_mlps.3.proj_out.weight"])
