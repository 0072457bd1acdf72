"""However a weights file is damaged, the answer is a description or a ``WeightsTrouble``."""

from __future__ import annotations

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.model.checkpoint import TensorFile, inspect
from sam3_annotator.model.file_kinds import find
from tests.support.weights_files import hollow, write_safetensors, write_torch

SHAPES = {"image_encoder.trunk.pos_embed": (1, 96, 7, 7), "image_encoder.trunk.blocks.0.x": (3,)}
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 30), st.binary(max_size=20)), min_size=1, max_size=8
)


def _safetensors(folder):
    return write_safetensors(folder / "whole", SHAPES)


def _torch(folder):
    return write_torch(folder / "whole", SHAPES, "model")


def _old_torch(folder):
    torch.save(hollow(SHAPES), folder / "whole", _use_new_zipfile_serialization=False)
    return folder / "whole"


def _read_all(path):
    """The trouble that reading everything ends in, in words; ``None`` when it went well."""
    try:
        inspect(path)
        file = TensorFile(find(path))
        for name in file.headers:
            file.read(name)
    except WeightsTrouble as trouble:
        return str(trouble)
    return None


@pytest.mark.parametrize("write", [_safetensors, _torch, _old_torch])
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(edits=EDITS)
def test_damage_is_told_and_nothing_else_happens(tmp_path, write, edits):
    content = bytearray(write(tmp_path).read_bytes())
    for place, removed, added in edits:
        start = int(place * min(len(content), 1500))
        content[start : start + removed] = added
    path = tmp_path / "damaged"
    path.write_bytes(content)
    told = _read_all(path)
    assert told is None or str(path) in told
