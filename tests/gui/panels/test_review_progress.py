"""The review panel says how far measuring is, and nothing once it is done."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sam3_annotator.ui.panels.review.panel import ReviewPanel
from sam3_annotator.ui.tokens import DARK
from sam3_annotator.ui.wiring.review_sync import _progress_words


@pytest.mark.parametrize(
    ("is_done", "masks", "said"),
    [
        (False, (0, 1), "Looked at 0 % of the masks so far."),
        (False, (61_000, 500_000), "Looked at 12 % of the masks so far."),
        (False, (500_000, 500_000), "Comparing objects…"),
        (True, (500_000, 500_000), ""),
    ],
)
def test_the_share_of_masks_is_told(qtbot, is_done, masks, said):
    panel = ReviewPanel(DARK)
    qtbot.addWidget(panel)
    panel.show()
    panel.show_progress(_progress_words(SimpleNamespace(is_done=is_done, masks=masks)))
    assert panel._progress.text() == said
    assert panel._progress.isVisible() == bool(said)
