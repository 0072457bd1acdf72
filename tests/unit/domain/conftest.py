"""Projects to try commands on."""

from __future__ import annotations

import pytest

from tests.support.projects import Made


@pytest.fixture
def made(tmp_path):
    made = Made(tmp_path / "p.s3a")
    yield made
    made.close()


@pytest.fixture
def exclusive(tmp_path):
    made = Made(tmp_path / "p.s3a", 0, is_exclusive=True)
    yield made
    made.close()
