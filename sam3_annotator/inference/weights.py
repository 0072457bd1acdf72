"""Which weights there are on this machine, which to take, and their hashes."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sam3_annotator import paths
from sam3_annotator.errors import AnnotatorError, FileTrouble, WeightsTrouble
from sam3_annotator.model.checkpoint import inspect
from sam3_annotator.model.families import SAM3, Abilities, abilities
from sam3_annotator.model.file_kinds import find
from sam3_annotator.model.inspection import Inspection
from sam3_annotator.model.mini_weights import FINDER_FILE, mini_part
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Inspection",
    "KnownWeights",
    "Origin",
    "best_weights",
    "inspect",
    "known_weights",
    "locate",
    "mini_part",
    "sha256_of",
]

SITE_VARIABLE = "SAM3_ANNOTATOR_WEIGHTS"
"""Environment variable with weights shared by a site: files or folders, joined as in ``PATH``."""

BUNDLED_NAME = "mini"
FAST_NAME = "mini-fast"
"""The same bundled files with stills encoded at 768 instead of 1024 pixels."""
BUNDLED_FILE = "weights/mini_image.safetensors"

_PATTERNS = ("*.safetensors", "*.pt", "*.pth")
_INDEX = "*.safetensors.index.json"
_HASHES = "hashes.json"
_CHUNK = 1 << 22


class Origin(Enum):
    """Where weights come from, best first."""

    USER = "yours"
    SITE = "site"
    BUNDLED = "bundled"


@dataclass(frozen=True, slots=True)
class KnownWeights:
    """Weights found on this machine.

    Attributes:
        path: file or folder.
        origin: whose they are.
        name: what to type to choose them: a family name, ``"mini"``, ``"mini-fast"``, or the
            file's name.
        title: for people.
        inspection: what they are; ``None`` if that cannot be told, or for a trained part of the
            bundled model, which is used with the rest of it.
        trouble: why they cannot be used, or "".
    """

    path: Path
    origin: Origin
    name: str
    title: str
    inspection: Inspection | None
    trouble: str = ""

    @property
    def abilities(self) -> Abilities:
        """What it can be asked for; the bundled file has others beside it that add to that."""
        if self.trouble:
            return abilities(())
        if self.inspection is not None and self.origin is not Origin.BUNDLED:
            return self.inspection.abilities
        return Abilities(
            phrases=False, exemplars=paths.resource(FINDER_FILE).exists(), clicks=True, clips=True
        )


def known_weights() -> list[KnownWeights]:
    """Everything in the user's folder, the site's places and the package, in that order."""
    own = _own_folder()
    found = [_described(path, Origin.USER) for path in _candidates(own)] if own else []
    for place in _site_places():
        candidates = _candidates(place) if place.is_dir() else [place]
        found += [_described(path, Origin.SITE) for path in candidates]
    bundled = paths.resource(BUNDLED_FILE)
    if bundled.exists():
        mini = _described(bundled, Origin.BUNDLED)
        title = Wording("mini, fast: pictures looked at in 768 instead of 1024 pixels")
        found += [mini, replace(mini, name=FAST_NAME, title=title)]
    return found


def best_weights() -> KnownWeights:
    """What to load when the user has said nothing: SAM 3, else any usable file, else ``mini``.

    Raises:
        WeightsTrouble: there is nothing usable, not even the bundled model.
    """
    usable = [weights for weights in known_weights() if not weights.trouble]
    if not usable:
        raise WeightsTrouble(
            "There are no weights on this machine, and the bundled ones are missing.",
            "Install the program again, or choose a weights file.",
        )
    sam3 = [w for w in usable if w.inspection is not None and w.inspection.family is SAM3]
    return (sam3 or usable)[0]


def locate(wanted: str | Path | None = None) -> Path:
    """Turn what a user typed into a path.

    Args:
        wanted: a path; or ``"mini"``, ``"mini-fast"``, a family name (``"sam3"``,
            ``"sam2.1_tiny"``) or the name of a known file; ``None`` for the best that there is.

    Raises:
        WeightsTrouble: nothing of that name is known. Paths are not opened here.
    """
    if wanted is None:
        return best_weights().path
    path = Path(wanted).expanduser()
    if path.exists():
        return path
    if str(wanted) in (BUNDLED_NAME, FAST_NAME):
        return paths.resource(BUNDLED_FILE)
    if len(path.parts) > 1 or path.suffix in {".pt", ".pth", ".safetensors"}:
        raise WeightsTrouble("There is no file {path}.", "Check the path.", path=path)
    for weights in known_weights():
        if weights.name == str(wanted) and not weights.trouble:
            return weights.path
    raise WeightsTrouble(
        "No weights called {wanted} are known on this machine.",
        "Give a path, put the file into {folder}, or download it: sam3-annotator weights download "
        "{wanted}",
        wanted=wanted,
        folder=paths.weights_dir(),
    )


def sha256_of(path: Path) -> str:
    """SHA-256 of a weights file, or of the list of a folder's shards; remembered by size and time.

    Raises:
        WeightsTrouble: there is no weights file.
    """
    files = find(path).files
    hashes = [_file_hash(file) for file in files]
    if len(hashes) == 1:
        return hashes[0]
    lines = "".join(f"{digest}  {file.name}\n" for digest, file in zip(hashes, files, strict=True))
    return hashlib.sha256(lines.encode()).hexdigest()


def _file_hash(file: Path) -> str:
    status = file.stat()
    stamp = [status.st_size, status.st_mtime_ns]
    own = _own_folder()
    store = own / _HASHES if own else None
    known = _read_hashes(store) if store else {}
    key = str(file.resolve())
    entry = known.get(key)
    if isinstance(entry, dict) and entry.get("stamp") == stamp:
        return str(entry["sha256"])
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    known[key] = {"stamp": stamp, "sha256": digest.hexdigest()}
    if store:
        _write_hashes(store, known)
    return digest.hexdigest()


def _own_folder() -> Path | None:
    """The user's weights folder; ``None`` where none can be made, as in a home that is not ours."""
    try:
        return paths.weights_dir()
    except FileTrouble:
        return None


def _read_hashes(store: Path) -> dict[str, object]:
    """The remembered hashes; an unreadable store only means that they are worked out again."""
    try:
        known = json.loads(store.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write_hashes(store: Path, known: dict[str, object]) -> None:
    scratch = store.with_suffix(f".{os.getpid()}.tmp")
    try:
        scratch.write_text(json.dumps(known, indent=1), encoding="utf-8")
        scratch.replace(store)
    except OSError:  # a full or read-only disk costs only the time to hash again
        scratch.unlink(missing_ok=True)


def _site_places() -> Iterator[Path]:
    for entry in filter(None, os.environ.get(SITE_VARIABLE, "").split(os.pathsep)):
        yield Path(entry).expanduser()


def _candidates(folder: Path) -> list[Path]:
    """Weights files in a folder and folders of shards directly below it."""
    files = [file for pattern in _PATTERNS for file in folder.glob(pattern)]
    shards = {file for index in folder.glob(_INDEX) for file in folder.glob("*-of-*.safetensors")}
    below = (
        [child for child in folder.iterdir() if child.is_dir() and any(_holds_weights(child))]
        if folder.is_dir()
        else []
    )
    return sorted((set(files) - shards) | set(below))


def _holds_weights(folder: Path) -> Iterator[Path]:
    for pattern in ("model.safetensors", _INDEX, *_PATTERNS):
        yield from folder.glob(pattern)


def _described(path: Path, origin: Origin) -> KnownWeights:
    if mini_part(path) in {"tracker", "finder"}:
        return KnownWeights(path, origin, path.name, f"mini + {path.name}", None)
    try:
        inspection = inspect(path)
    except AnnotatorError as error:
        return KnownWeights(path, origin, path.name, path.name, None, error.told)
    family = inspection.family
    trouble = inspection.trouble()
    name, title = family.name, family.title
    if origin is Origin.BUNDLED:
        name = BUNDLED_NAME
        title = Wording("{name} (bundled, {family})", name=name, family=family.title)
    return KnownWeights(path, origin, name, title, inspection, trouble.told if trouble else "")
