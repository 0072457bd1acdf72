"""The import contracts hold, and each one bites when a violation is planted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")

PLANTS = {
    "torch in domain": ("domain/geometry.py", "import torch"),
    "torch in ui": ("ui/theme.py", "import torch"),
    "Qt in workflow": ("workflow/desk.py", "from PySide6 import QtCore"),
    "Qt in the model": ("model/boxes.py", "import PySide6"),
    "Qt in the api": ("api.py", "import PySide6.QtGui"),
    "sqlite in ui": ("ui/theme.py", "import sqlite3"),
    "sqlalchemy in domain": ("domain/geometry.py", "import sqlalchemy"),
    "transformers in the model": ("model/boxes.py", "import transformers"),
    "transformers in training": ("training/__init__.py", "import transformers"),
    "pictures in the model": ("model/boxes.py", "from PIL import Image"),
    "domain in the model": ("model/boxes.py", "from sam3_annotator.domain import mask"),
    "model in the window": ("ui/theme.py", "from sam3_annotator.model import boxes"),
    "session in a panel": ("ui/theme.py", "from sam3_annotator.inference import device"),
    "workflow in inference": (
        "inference/device.py",
        "from sam3_annotator.workflow import desk",
    ),
    "store in io": ("io/media.py", "from sam3_annotator.store import schema"),
    "engine in domain": ("domain/geometry.py", "from sam3_annotator.engine import protocol"),
    "canvas in a panel": (
        "ui/panels/__init__.py",
        "from sam3_annotator.ui.canvas import tools",
    ),
    "an unplaced package": ("helpers.py", ""),
}


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINTER), "--no-cache"]
    environment = {"PYTHONPATH": str(tree), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    copy = tmp_path_factory.mktemp("tree")
    shutil.copytree(
        ROOT / "sam3_annotator",
        copy / "sam3_annotator",
        ignore=shutil.ignore_patterns("__pycache__", "resources"),
    )
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


@pytest.mark.slow
def test_the_contracts_hold(tree):
    result = lint(tree)
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_violation_is_caught(tree, plant):
    relative, line = PLANTS[plant]
    path = tree / "sam3_annotator" / relative
    before = path.read_text() if path.exists() else None
    try:
        path.write_text(f"{before or ''}\n{line}\n")
        assert lint(tree).returncode != 0
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)
