"""What every test may rely on: no display, no network, nothing left behind, a quiet log."""

from __future__ import annotations

import logging
import os
import re
import socket
import threading

import pytest
from hypothesis import settings

settings.register_profile("ours", deadline=None)  # a busy machine is no failure; speed has benches
settings.load_profile("ours")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "0")

WHOLE_WINDOW = ("tests/gui/clip", "tests/gui/acceptance", "tests/gui/window", "tests/property")
"""Folders whose tests each start the whole program, or walk through many histories."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of those folders count as slow; the fast part does without them."""
    for item in items:
        if any(folder in item.path.as_posix() for folder in WHOLE_WINDOW):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _own_user_folders(tmp_path_factory, monkeypatch):
    """Settings, logs and caches of a test never touch the person's own."""
    home = tmp_path_factory.mktemp("home")
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Only this machine may be talked to."""
    connect = socket.socket.connect

    def guarded(self, address):
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"tests may not reach {address!r}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _no_thread_left_behind():
    """A test that leaves one of our threads running fails."""
    before = set(threading.enumerate())
    yield
    left = [t for t in threading.enumerate() if t not in before and not t.daemon and t.is_alive()]
    for thread in left:
        thread.join(5)
    alive = [t.name for t in left if t.is_alive()]
    assert not alive, f"threads left running: {alive}"


class _Records(logging.Handler):
    """Keeps what our loggers say from WARNING upwards."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.kept: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record)


@pytest.fixture(autouse=True)
def _no_unexpected_log_record(request):
    """A warning or error in our log fails the test, unless ``@pytest.mark.logs(regex)`` says so."""
    records, ours = _Records(), logging.getLogger("sam3_annotator")
    ours.addHandler(records)
    yield
    ours.removeHandler(records)
    expected = [mark.args[0] for mark in request.node.iter_markers("logs")]
    lines = [f"{one.levelname} {one.name}: {one.getMessage()}" for one in records.kept]
    surprises = [line for line in lines if not any(re.search(e, line) for e in expected)]
    assert not surprises, "unexpected log records:\n" + "\n".join(surprises)
