"""Our files as other projects' own programs read them, in an environment of their own.

Set ``READERS_PYTHON`` to an interpreter with ``pip install trackeval``; skipped without.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from sam3_annotator.io.exchange import Labels, MaskEntry
from sam3_annotator.io.registry import export_labels
from tests.support import score_mots
from tests.support.labels import disjoint, only_clips, sample

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = os.environ.get("READERS_PYTHON", "")


def hota(truth: Path, tracked: Path, frames: int) -> float:
    texts = [str(path / "instances_txt" / "run.txt") for path in (truth, tracked)]
    done = subprocess.run(
        [PYTHON, score_mots.__file__, *texts, str(frames)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(not PYTHON, reason="READERS_PYTHON names no interpreter with TrackEval")
def test_trackeval_scores_our_mots(tmp_path: Path) -> None:
    labels = disjoint(only_clips(sample()))
    export_labels("mots", labels, tmp_path / "truth")
    assert hota(tmp_path / "truth", tmp_path / "truth", 6) == 100.0
    moved = tuple(
        MaskEntry(entry.object, entry.frame, entry.mask.translated(1, 0).clipped(16, 10))
        for entry in labels.masks
    )
    worse = Labels(labels.media, labels.categories, labels.objects, moved)
    export_labels("mots", disjoint(worse), tmp_path / "moved")
    assert 20 < hota(tmp_path / "truth", tmp_path / "moved", 6) < 90
