"""A small project that is closed."""

from __future__ import annotations

import pytest

from sam3_annotator.domain.commands import SetMask
from tests.support.projects import Made, snapshot, square


@pytest.fixture
def closed(tmp_path):
    """The path of a closed project and what it says."""
    made = Made(tmp_path / "p.s3a")
    for frame in range(1, 15):
        made.document.do(SetMask(made.objects[0], frame, square(frame, frame)))
    state = snapshot(made.document)
    made.close()
    return made.path, state
