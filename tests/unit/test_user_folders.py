"""A home in which nothing can be made: the bundled model works, the rest is told in words."""

from __future__ import annotations

import logging

import pytest

from sam3_annotator import log, paths
from sam3_annotator.errors import FileTrouble
from sam3_annotator.inference.weights import Origin, known_weights, sha256_of


@pytest.fixture
def no_home(monkeypatch, tmp_path):
    """The user's folders would lie below a file."""
    (tmp_path / "home").write_text("")
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "home" / name.lower()))


def test_a_folder_that_cannot_be_made_is_told_with_a_remedy(no_home):
    for folder in (paths.config_dir, paths.weights_dir, paths.log_dir, paths.cache_dir):
        with pytest.raises(FileTrouble, match=r"cannot be made: .*HOME"):
            folder()


def test_the_bundled_weights_are_there_all_the_same(no_home):
    known = known_weights()
    assert {one.origin for one in known} == {Origin.BUNDLED}
    assert len(sha256_of(known[0].path)) == 64


@pytest.mark.logs("no log file")
def test_without_a_log_file_warnings_are_still_heard(no_home, caplog):
    logger = logging.getLogger(log.ROOT)
    before, level = list(logger.handlers), logger.level
    try:
        assert log.start_logging() is None
        assert logger.handlers == before
    finally:
        logger.setLevel(level)
    assert "cannot be made" in caplog.text
