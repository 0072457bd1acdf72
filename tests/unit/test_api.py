"""The Python door says what it takes and gives, without a look into the source."""

from __future__ import annotations

import inspect

import pytest

from sam3_annotator import api


@pytest.mark.parametrize("name", api.__all__)
def test_everything_public_is_documented(name):
    thing = getattr(api, name)
    assert inspect.getdoc(thing)
    if inspect.isclass(thing):
        public = {k: v for k, v in vars(thing).items() if not k.startswith("_") and callable(v)}
        assert [k for k, v in public.items() if not inspect.getdoc(v)] == []


def test_what_the_doors_give_back_can_be_named():
    assert {"Detections", "Segmentation", "Encoded", "FrameMasks", "ObjectMask", "Mask"} <= set(
        api.__all__
    )
