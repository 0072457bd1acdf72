"""Fixtures of other tests that measurements share."""

from __future__ import annotations

from tests.bench.bench_project import folder_project  # noqa: F401 - a fixture, found by name
from tests.gui.window.conftest import launch  # noqa: F401 - a fixture, found by name
