from __future__ import annotations

import errno
import json
import shutil

import huggingface_hub.file_download
import pytest

from sam3_annotator.errors import FileTrouble, WeightsTrouble
from sam3_annotator.inference import download as module
from sam3_annotator.inference.download import SOURCES, download
from tests.support import fake_hub
from tests.support.fake_hub import COMMIT, FakeHub

SAM3 = SOURCES["sam3"]
CONTENT = bytes(range(256)) * 4096  # 1 MiB
CHUNK = 1 << 16


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch):
    monkeypatch.setattr(huggingface_hub.constants, "DOWNLOAD_CHUNK_SIZE", CHUNK)
    monkeypatch.setattr(module, "get_token", lambda: None)
    # The library waits a second before it goes on after a cut; a test need not.
    monkeypatch.setattr(huggingface_hub.file_download.time, "sleep", lambda _seconds: None)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def hub():
    with FakeHub(CONTENT) as hub:
        yield hub


def _fetch(hub, folder, **more):
    return download(SAM3, folder, endpoint=hub.url, **more)


def test_whole_file_arrives_with_progress_and_provenance(hub, tmp_path):
    steps = []
    path = _fetch(hub, tmp_path / "new", token="secret", on_progress=lambda *s: steps.append(s))
    assert path.read_bytes() == CONTENT
    assert steps[0] == (0, len(CONTENT))
    assert steps[-1] == (len(CONTENT), len(CONTENT))
    assert len(steps) > 10
    assert steps == sorted(steps)
    notes = json.loads((tmp_path / "new" / "sam3.pt.source.json").read_text())
    assert (notes["revision"], notes["sha256"]) == (COMMIT, hub.announced_sha256)
    assert not list((tmp_path / "new").glob("*.part"))


def test_file_is_fetched_at_the_commit_that_was_named_first(hub, tmp_path):
    _fetch(hub, tmp_path)
    assert [path for method, path, *_ in hub.requests if method == "GET"] == [
        f"/facebook/sam3/resolve/{COMMIT}/sam3.pt"
    ]


def test_token_goes_to_the_hub_and_into_no_file(hub, tmp_path):
    _fetch(hub, tmp_path, token="hf_very_secret")
    assert {authorization for *_, authorization in hub.requests} == {"Bearer hf_very_secret"}
    for file in tmp_path.rglob("*"):
        assert b"hf_very_secret" not in file.read_bytes()


def test_token_does_not_follow_a_redirect_to_another_host(hub, tmp_path):
    hub.redirects = True
    assert _fetch(hub, tmp_path, token="secret").read_bytes() == CONTENT
    sent = {path.split("/")[1]: authorization for _, path, _, authorization in hub.requests}
    assert sent == {"facebook": "Bearer secret", "cdn": None}


def test_second_call_fetches_nothing(hub, tmp_path):
    _fetch(hub, tmp_path)
    hub.requests.clear()
    steps = []
    _fetch(hub, tmp_path, on_progress=lambda *s: steps.append(s))
    assert [method for method, *_ in hub.requests] == ["HEAD"]
    assert steps == [(len(CONTENT), len(CONTENT))]


def test_cancel_keeps_what_is_there_and_the_next_call_goes_on(hub, tmp_path):
    done = []

    def is_cancelled():
        return bool(done) and done[-1] >= len(CONTENT) // 2

    result = _fetch(
        hub, tmp_path, on_progress=lambda d, _t: done.append(d), is_cancelled=is_cancelled
    )
    assert result is None
    (part,) = tmp_path.glob("*.part")
    kept = part.stat().st_size
    assert len(CONTENT) // 2 <= kept < len(CONTENT)
    hub.requests.clear()
    path = _fetch(hub, tmp_path)
    assert path.read_bytes() == CONTENT
    assert [r for method, _, r, _ in hub.requests if method == "GET"] == [f"bytes={kept}-"]


def test_a_cut_connection_is_taken_up_again(hub, tmp_path):
    hub.cut_after = 3 * CHUNK + 17
    assert _fetch(hub, tmp_path).read_bytes() == CONTENT
    ranges = [r for method, _, r, _ in hub.requests if method == "GET"]
    assert ranges[0] is None
    assert len(ranges) == 2
    assert ranges[1].startswith("bytes=")


def test_an_earlier_try_of_another_version_is_not_continued(hub, tmp_path):
    (tmp_path / "sam3.pt.000000000000.part").write_bytes(b"x" * 1000)
    assert _fetch(hub, tmp_path).read_bytes() == CONTENT


def test_damaged_file_is_thrown_away(hub, tmp_path):
    hub.announced_sha256 = "0" * 64
    with pytest.raises(WeightsTrouble, match="arrived damaged"):
        _fetch(hub, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("refusal", "token", "words"),
    [
        (fake_hub.NOT_ASKED, "t", "have not asked for access to SAM 3"),
        (fake_hub.PENDING, "t", "waiting for its authors"),
        (fake_hub.REJECTED, "t", "declined your request"),
        (fake_hub.FINE_GRAINED, "t", "may not read gated repositories"),
        (fake_hub.WRONG_TOKEN, "t", "does not accept your token"),
        (fake_hub.NO_TOKEN, None, "there is no token"),
        (fake_hub.NO_FILE, "t", "has no sam3.pt in facebook/sam3"),
        ((500, None, "boom"), "t", "HTTP 500"),
    ],
)
def test_each_refusal_has_its_own_words(hub, tmp_path, refusal, token, words):
    hub.refusal = refusal
    with pytest.raises(WeightsTrouble) as caught:
        _fetch(hub, tmp_path, token=token)
    assert words in str(caught.value)
    assert caught.value.remedy


def test_offline_is_told(hub, tmp_path):
    nowhere = hub.url.rsplit(":", 1)[0] + ":9"
    with pytest.raises(WeightsTrouble, match="cannot be reached"):
        download(SAM3, tmp_path, endpoint=nowhere)


def test_full_disk_is_told_before_the_download(hub, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(FileTrouble, match="too full"):
        _fetch(hub, tmp_path)
    assert all(method == "HEAD" for method, *_ in hub.requests)


def test_disk_that_fills_up_meanwhile_is_told_and_the_part_kept(hub, tmp_path, monkeypatch):
    write = module._WatchedFile.write

    def full(self, data):
        if self.tell() > 4 * CHUNK:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(self, data)

    monkeypatch.setattr(module._WatchedFile, "write", full)
    with pytest.raises(FileTrouble, match="became full"):
        _fetch(hub, tmp_path)
    monkeypatch.undo()
    assert list(tmp_path.glob("*.part"))


def test_sources_name_every_published_size():
    assert set(SOURCES) == {"sam3"} | {
        f"sam{v}_{s}" for v in ("2", "2.1") for s in ("tiny", "small", "base+", "large")
    }
    assert SOURCES["sam2.1_base+"].repo == "facebook/sam2.1-hiera-base-plus"
    assert SOURCES["sam2.1_base+"].filename == "sam2.1_hiera_base_plus.pt"
    assert [source.name for source in SOURCES.values() if source.gated] == ["sam3"]
