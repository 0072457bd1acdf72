from __future__ import annotations

import pytest

from sam3_annotator.domain.ids import FrameIndex, MediaId
from sam3_annotator.engine.protocol import FrameRef, MediaRef
from tests.support.pump import Pump


@pytest.fixture
def pump():
    pump = Pump()
    yield pump
    pump.close()


@pytest.fixture
def frame():
    return FrameRef(MediaRef(MediaId(1), "/pictures/a.jpg", 0, "image", "h"), FrameIndex(0))
