"""Fetch published weights from the model hub: gated, resumable, cancellable, checked by hash."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import re
import shutil
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from huggingface_hub import constants, get_token, hf_hub_url
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import get_hf_file_metadata, http_get
from huggingface_hub.utils.tqdm import disable_progress_bars

from sam3_annotator.errors import FileTrouble, WeightsTrouble
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_SHA256 = re.compile(r"[0-9a-f]{64}")
_HASH_CHUNK = 1 << 22
_SPARE_BYTES = 64 << 20
_PART = ".part"

# The hub raises its own errors or those of the HTTP library below it (requests, httpx), whose root
# is a base of its own error class; both libraries' connection errors are covered by these two.
_TRANSPORT: tuple[type[BaseException], ...] = (OSError, *HfHubHTTPError.__bases__)


@dataclass(frozen=True, slots=True)
class Source:
    """One published weights file.

    Attributes:
        name: family name, as in ``model.families``.
        title: what people call it.
        repo: ``owner/name`` on the hub.
        filename: file in the repository.
        gated: whether access must be asked for.
        revision: branch or commit. A branch is pinned to the commit that the hub names when the
            download starts; that commit is recorded beside the file.
    """

    name: str
    title: str
    repo: str
    filename: str
    gated: bool = False
    revision: str = "main"

    @property
    def page(self) -> str:
        """Where people ask for access."""
        return f"https://huggingface.co/{self.repo}"


def _sam2_sources() -> dict[str, Source]:
    sources = {}
    for version in ("2", "2.1"):
        for size, long in (("tiny",) * 2, ("small",) * 2, ("base+", "base-plus"), ("large",) * 2):
            repo = f"facebook/sam{version}-hiera-{long}"
            filename = f"sam{version}_hiera_{long.replace('-', '_')}.pt"
            name = f"sam{version}_{size}"
            sources[name] = Source(name, f"SAM {version} hiera-{size}", repo, filename)
    return sources


SOURCES: Mapping[str, Source] = MappingProxyType(
    {"sam3": Source("sam3", "SAM 3", "facebook/sam3", "sam3.pt", gated=True), **_sam2_sources()}
)


class _Cancelled(Exception):  # noqa: N818 - leaves the library's loop, never this module
    """The user does not want the file any more."""


class _WatchedFile(io.FileIO):
    """The growing file: says how far it is after each chunk, and stops when told to."""

    def __init__(
        self, path: Path, report: Callable[[int], None], is_cancelled: Callable[[], bool]
    ) -> None:
        super().__init__(path, "r+b" if path.exists() else "w+b")
        self.seek(0, io.SEEK_END)
        self._report = report
        self._is_cancelled = is_cancelled

    def write(self, data: bytes) -> int:  # type: ignore[override]  # narrower: http_get gives bytes
        """Append a chunk."""
        if self._is_cancelled():
            raise _Cancelled
        left = memoryview(data)
        while left:
            left = left[super().write(left) :]
        self._report(self.tell())
        return len(data)


def download(
    source: Source,
    folder: Path,
    *,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    token: str | None = None,
    endpoint: str | None = None,
) -> Path | None:
    """Fetch one file, going on where an earlier try stopped.

    Args:
        source: what to fetch.
        folder: where it goes; made if absent. A started download stays there as ``*.part``.
        on_progress: called with bytes done and bytes in all, after each chunk, on this thread.
        is_cancelled: asked before each chunk; True ends the download and keeps what is there.
        token: the user's hub token; without one the hub library's own store is asked. It is
            sent to the hub and kept nowhere.
        endpoint: another hub, for mirrors and tests.

    Returns:
        The file, checked against the hub's hash; ``None`` if cancelled.

    Raises:
        WeightsTrouble: no access (each reason has its own words), no such file, no connection, or
            the file arrived damaged.
        FileTrouble: the disk is full or the folder cannot be written.
    """
    disable_progress_bars()
    job = _Job(source, folder, token or get_token(), endpoint, on_progress, is_cancelled)
    try:
        return job.run()
    except _Cancelled:
        return None
    except HfHubHTTPError as error:
        raise _refused(source, error, has_token=job.token is not None) from error
    except OfflineModeIsEnabled as error:
        raise WeightsTrouble(
            "The hub library is set to offline mode (HF_HUB_OFFLINE).",
            "Unset it, or give a weights file from disk.",
        ) from error
    except _TRANSPORT as error:
        raise _broken(job, error) from error


@dataclass(frozen=True, slots=True)
class _Job:
    """The arguments of one download."""

    source: Source
    folder: Path
    token: str | None
    endpoint: str | None
    on_progress: Callable[[int, int], None]
    is_cancelled: Callable[[], bool]

    def run(self) -> Path:
        """Ask the hub what the file is, fetch what is missing, check it, put it in place."""
        found = get_hf_file_metadata(self._url(self.source.revision), token=self.token or False)
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / self.source.filename
        etag, total = found.etag or "", found.size or 0
        if _is_there(target, etag, total):
            self.on_progress(total, total)
            return target
        revision = found.commit_hash or self.source.revision
        part = self.folder / f"{self.source.filename}.{etag[:12]}{_PART}"
        self._fetch(part, revision, total)
        sha256 = _checked_hash(self.source, part, etag)
        part.replace(target)
        notes = {
            "repo": self.source.repo,
            "revision": revision,
            "etag": etag,
            "sha256": sha256,
        }
        _notes_path(target).write_text(json.dumps(notes, indent=1), encoding="utf-8")
        return target

    def _fetch(self, part: Path, revision: str, total: int) -> None:
        done = _usable_bytes(part, total)
        _check_room(self.folder, total - done)
        self.on_progress(done, total)
        if total and done == total:
            return

        def report(done: int) -> None:
            self.on_progress(done, total)

        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        with _WatchedFile(part, report, self.is_cancelled) as file:
            url = self._url(revision)
            http_get(url, file, resume_size=done, headers=headers, expected_size=total or None)

    def _url(self, revision: str) -> str:
        return hf_hub_url(
            self.source.repo, self.source.filename, revision=revision, endpoint=self.endpoint
        )


def _notes_path(target: Path) -> Path:
    return target.with_name(target.name + ".source.json")


def _is_there(target: Path, etag: str, total: int) -> bool:
    """Whether this very version was fetched before; its hash was checked then."""
    try:
        notes = json.loads(_notes_path(target).read_text(encoding="utf-8"))
        return bool(notes["etag"] == etag) and target.stat().st_size == total
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _usable_bytes(part: Path, total: int) -> int:
    """How much of an earlier try can be kept; a file that is too long is thrown away."""
    done = part.stat().st_size if part.exists() else 0
    if total and done > total:
        part.unlink()
        return 0
    return done


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE_BYTES:
        raise FileTrouble(
            "The disk of {folder} is too full: {needed:.1f} GB are needed, {free:.1f} GB are free.",
            "Free some space, or choose another folder.",
            folder=folder,
            needed=needed / 1e9,
            free=free / 1e9,
        )


def _checked_hash(source: Source, part: Path, etag: str) -> str:
    digest = hashlib.sha256()
    with part.open("rb") as stream:
        while chunk := stream.read(_HASH_CHUNK):
            digest.update(chunk)
    found = digest.hexdigest()
    if _SHA256.fullmatch(etag) and found != etag:
        part.unlink()
        raise WeightsTrouble(
            "{filename} arrived damaged: its SHA-256 is {found}…, the hub says {etag}….",
            "Download it again.",
            filename=source.filename,
            found=found[:12],
            etag=etag[:12],
        )
    return found


# Words in the hub's refusal -> our message and remedy; {title} and {page} are filled in.
_REFUSALS: tuple[tuple[str, str, str], ...] = (
    (
        "awaiting a review",
        Wording("Your request for {title} is waiting for its authors to answer."),
        Wording("Try again when the hub has told you by e-mail. Status: {page}"),
    ),
    (
        "rejected",
        Wording("Its authors have declined your request for {title}."),
        Wording(
            "Details: {page}. The program also runs with SAM 2.1 weights, which need no permission."
        ),
    ),
    (
        "fine-grained",
        Wording("Your token may not read gated repositories."),
        Wording(
            "Allow it to read public gated repositories in its settings, or make one of type "
            "“read”."
        ),
    ),
    (
        "authorized list",
        Wording("You have not asked for access to {title} yet."),
        Wording("Open {page} in a browser, accept the licence, then try again."),
    ),
    (
        "ask for access",
        Wording("You have not asked for access to {title} yet."),
        Wording("Open {page} in a browser, accept the licence, then try again."),
    ),
)


def _refused(source: Source, error: HfHubHTTPError, *, has_token: bool) -> WeightsTrouble:
    names = {"title": source.title, "page": source.page}
    status = getattr(error.response, "status_code", 0)
    said = f"{error.server_message or ''} {error}"
    if isinstance(error, (RevisionNotFoundError, EntryNotFoundError)):
        return WeightsTrouble(
            "The hub has no {filename} in {repo} at {revision}.",
            "Update the program: the file may have moved.",
            filename=source.filename,
            repo=source.repo,
            revision=source.revision,
        )
    for words, message, remedy in _REFUSALS:
        if words in said:
            return WeightsTrouble(message, remedy, **names)
    if status == 401 and has_token:
        return WeightsTrouble(
            "The hub does not accept your token.",
            "Make a new one at https://huggingface.co/settings/tokens and enter it again.",
        )
    if status == 401 or isinstance(error, (GatedRepoError, RepositoryNotFoundError)):
        return WeightsTrouble(
            "{title} is given only to people who asked for it, and there is no token.",
            "Accept the licence at {page}, make a token at https://huggingface.co/settings/tokens "
            "and enter it.",
            title=source.title,
            page=source.page,
        )
    return WeightsTrouble(
        "The hub refused {filename} (HTTP {status}).",
        "Try again later.",
        filename=source.filename,
        status=status,
    )


def _broken(job: _Job, error: BaseException) -> WeightsTrouble | FileTrouble:
    code = error.errno if isinstance(error, OSError) else None
    if code in {errno.ENOSPC, errno.EDQUOT}:
        return FileTrouble(
            "The disk of {folder} became full while {filename} was downloaded.",
            "Free some space and start again: it goes on where it stopped.",
            folder=job.folder,
            filename=job.source.filename,
        )
    if code in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return FileTrouble(
            "The folder {folder} cannot be written.", "Choose another folder.", folder=job.folder
        )
    return WeightsTrouble(
        "The hub at {endpoint} cannot be reached or broke off.",
        "Check the connection and start again: it goes on where it stopped. "
        "Without a connection, give a weights file from disk.",
        endpoint=job.endpoint or constants.ENDPOINT,
    )
