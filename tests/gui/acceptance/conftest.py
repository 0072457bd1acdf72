"""The same program that the window's tests start, for whole jobs done by hand."""

from __future__ import annotations

from tests.gui.clip.conftest import clip, clip_file  # noqa: F401 - fixtures, found by name
from tests.gui.window.conftest import (  # noqa: F401 - fixtures and a hook, found by name
    labelling,
    launch,
    pictures,
)
