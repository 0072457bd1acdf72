"""What tests of commands do again and again: be refused, look at frames, play a model's run."""

from __future__ import annotations

import pytest

from sam3_annotator.domain import commands as c
from sam3_annotator.domain.entities import Source
from sam3_annotator.errors import Rejected
from tests.support.projects import snapshot, square


def refused(made, command, words):
    """Hand a command over; it must be refused in a sentence, and change nothing."""
    before = snapshot(made.document)
    with pytest.raises(Rejected, match=words) as error:
        made.document.do(command)
    assert str(error.value).endswith(".")
    assert snapshot(made.document) == before


def frames_of(made, object_id):
    """The frames on which an object has an annotation."""
    return made.document.project.masklet(object_id).frames.tolist()


def model_run(made, object_id, frames, source=Source.MODEL, side=6):
    """Squares on frames, as if a model had made them."""
    masks = tuple(c.FrameMask(frame, square(frame, 20, side), 0.5) for frame in frames)
    return made.document.do(c.SetMasks((c.ObjectFrames(object_id, masks),), source))
