"""Cut-outs and photos that synthetic training pictures are put together from."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from sam3_annotator.errors import FileTrouble

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

HELD_OUT_SHARE = 0.15
PHOTO_CUTOUTS = "photo"
_CACHED_CUTOUTS = 1500
_CACHED_PHOTOS = 40
_SEGMENTS_SUFFIX = ".segments.png"


@dataclass(frozen=True, slots=True)
class Cutout:
    """One thing to paste.

    Attributes:
        concept: what it shows; cut-outs of one concept count as similar.
        rgba: (h, w, 4) uint8, straight (not premultiplied) alpha, cropped to its content.
    """

    concept: str
    rgba: NDArray[np.uint8]


class CutoutLibrary:
    """Folder of cut-outs, ``<group>/<concept>--<n>.png``, one side of the split by concept.

    Args:
        folder: as ``packaging/weights/gather_material.py`` writes it.
        split: ``"train"`` or ``"held_out"``; a concept is wholly on one side.

    Raises:
        FileTrouble: the folder holds no cut-outs of that split.
    """

    def __init__(self, folder: Path, split: str) -> None:
        files: dict[str, list[Path]] = {}
        for path in sorted(folder.glob("*/*--*.png")):
            concept = f"{path.parent.name}/{path.stem.rpartition('--')[0]}"
            if is_held_out(concept) == (split == "held_out"):
                files.setdefault(concept, []).append(path)
        if not files:
            raise FileTrouble(
                f"{folder} holds no cut-outs for '{split}'.",
                "Collect them with packaging/weights/gather_material.py.",
            )
        self._files = files
        self.concepts = tuple(files)
        self._photographic = tuple(c for c in files if c.startswith(f"{PHOTO_CUTOUTS}/"))
        self._cache: OrderedDict[Path, Cutout] = OrderedDict()

    def draw(
        self,
        rng: np.random.Generator,
        *,
        other_than: Sequence[str] = (),
        photographic: float = 0.0,
    ) -> Cutout:
        """A random cut-out of a random concept that is not among ``other_than``.

        ``photographic`` is the share that must come from photos, where the library has such.
        """
        if self._photographic and rng.random() < photographic:
            concept = self._photographic[int(rng.integers(len(self._photographic)))]
            if concept not in other_than:
                return self.draw_of(concept, rng)
        while True:
            concept = self.concepts[int(rng.integers(len(self.concepts)))]
            if concept not in other_than:
                return self.draw_of(concept, rng)

    def draw_of(self, concept: str, rng: np.random.Generator) -> Cutout:
        """A random cut-out of one concept."""
        files = self._files[concept]
        return self._load(files[int(rng.integers(len(files)))], concept)

    def _load(self, path: Path, concept: str) -> Cutout:
        if path in self._cache:
            self._cache.move_to_end(path)
            return self._cache[path]
        with Image.open(path) as picture:
            cutout = Cutout(concept, np.asarray(picture.convert("RGBA")))
        self._cache[path] = cutout
        if len(self._cache) > _CACHED_CUTOUTS:
            self._cache.popitem(last=False)
        return cutout


@dataclass(frozen=True, slots=True)
class Photo:
    """One background.

    Attributes:
        name: file stem.
        rgb: (h, w, 3) uint8.
        segments: (h, w) uint8 pseudo-masks of things in it, 0 = nothing; all 0 where unknown.
    """

    name: str
    rgb: NDArray[np.uint8]
    segments: NDArray[np.uint8]


class PhotoLibrary:
    """Folder of photos, ``<name>.jpg`` with an optional ``<name>.segments.png``, one split.

    Raises:
        FileTrouble: the folder holds no photos of that split.
    """

    def __init__(self, folder: Path, split: str) -> None:
        paths = [path for path in sorted(folder.glob("*.jpg")) if path.stem]
        self._paths = [
            path for path in paths if is_held_out(f"photo/{path.stem}") == (split == "held_out")
        ]
        if not self._paths:
            raise FileTrouble(f"{folder} holds no photos for '{split}'.")
        self._cache: OrderedDict[Path, Photo] = OrderedDict()

    def draw(self, rng: np.random.Generator) -> Photo:
        """A random photo."""
        return self._load(self._paths[int(rng.integers(len(self._paths)))])

    def _load(self, path: Path) -> Photo:
        if path in self._cache:
            return self._cache[path]
        with Image.open(path) as picture:
            rgb = np.asarray(picture.convert("RGB"))
        segments = np.zeros(rgb.shape[:2], np.uint8)
        mask_path = path.with_name(path.stem + _SEGMENTS_SUFFIX)
        if mask_path.exists():
            with Image.open(mask_path) as picture:
                segments = np.asarray(picture.convert("L"))
        photo = Photo(path.stem, rgb, segments)
        self._cache[path] = photo
        if len(self._cache) > _CACHED_PHOTOS:
            self._cache.popitem(last=False)
        return photo


def is_held_out(concept: str) -> bool:
    """Whether a concept (``"group/name"``) is kept for evaluation, stable between runs.

    Concepts that share their last word ("police_car", "racing_car") fall on the same side, so
    that a held-out concept is not a small variation of a trained one.
    """
    word = concept.rpartition("/")[2].rpartition("_")[2].rpartition("-")[2]
    if concept.startswith((f"{PHOTO_CUTOUTS}/", "photo/")):
        word = concept.partition("/")[2].partition("--")[0].partition("@")[0]
    digest = hashlib.sha256(word.encode()).digest()
    return digest[0] / 256 < HELD_OUT_SHARE
