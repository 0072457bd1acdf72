"""Turns one page of a picture file into upright 8-bit RGB: the only decoder of pictures.

Everything is read by Pillow, header first, so that a small file that unpacks to gigapixels is
refused before memory is taken. Only 16-bit colour goes through OpenCV, because Pillow keeps just
the high byte of it.

Rules, the same for every reader of pictures in the program:

* EXIF or TIFF orientation is applied once, here.
* More than 8 bits per sample (16, 32, float): the values between the 0.1 % and 99.9 % quantile
  are stretched to 0..255, see ``Window``. Masks do not depend on it, only what is seen.
* Transparency is laid on white. CMYK is converted without its colour profile.
"""

from __future__ import annotations

import os
import struct
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import ExifTags, Image, ImageFile, UnidentifiedImageError

from sam3_annotator.errors import HugePicture, MediaTrouble
from sam3_annotator.io.media import Pixels, read_only, unreadable
from sam3_annotator.io.reads import READS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

PIXEL_LIMIT = 128_000_000
"""Pixels read without asking; cameras sold as 100 megapixels deliver up to 102 million."""

PIXEL_CEILING = 1_000_000_000
"""Pixels never exceeded: 3 GB of RGB, and the largest side OpenCV and Qt are happy with."""

# Pillow's own guard warns at 89 megapixels, which would reject pictures we promise to open;
# `checked_size` below replaces it, and this is the only module that opens pictures.
Image.MAX_IMAGE_PIXELS = None

_QUANTILES = (0.001, 0.999)
_SAMPLE = 1_000_000
_EXIF_LIMIT_BYTES = 1 << 20
_PAGED_FORMATS = frozenset({"TIFF"})
_DEEP_MODES = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_SIDEWAYS = frozenset({5, 6, 7, 8})
# What Pillow's plugins and OpenCV were seen to raise on damaged files (tests fuzz them).
_DAMAGED = (ValueError, SyntaxError, KeyError, TypeError, struct.error, OverflowError, cv2.error)


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """What is known of a picture before it is decoded.

    Attributes:
        width: pixels after orientation.
        height: pixels after orientation.
        pages: number of TIFF pages; 1 for other formats (an animation shows its first picture).
        is_deep: more than 8 bits per sample, so a ``Window`` decides what is seen.
    """

    width: int
    height: int
    pages: int
    is_deep: bool


@dataclass(frozen=True, slots=True)
class Window:
    """Range of sample values stretched to 0..255; values outside are clipped."""

    low: float
    high: float

    @staticmethod
    def of(samples: NDArray[Any]) -> Window:
        """Return the 0.1 % to 99.9 % quantiles of the finite ``samples``, thinned to a million."""
        flat = samples.reshape(-1)
        flat = flat[:: max(1, flat.size // _SAMPLE)].astype(np.float64)
        flat = flat[np.isfinite(flat)]
        if not flat.size:
            return Window(0.0, 1.0)
        low, high = (float(value) for value in np.quantile(flat, _QUANTILES))
        if high <= low:  # nearly all samples equal: the few others must stay visible
            low, high = float(flat.min()), float(flat.max())
        return Window(low, high if high > low else low + 1.0)

    def join(self, other: Window) -> Window:
        """Return the smallest window that holds both."""
        return Window(min(self.low, other.low), max(self.high, other.high))

    def apply(self, samples: NDArray[Any]) -> Pixels:
        """Return ``samples`` of any shape as uint8; not-a-number becomes 0."""
        scaled = samples.astype(np.float32)
        scaled -= np.float32(self.low)
        scaled *= np.float32(255.0 / (self.high - self.low))
        np.nan_to_num(scaled, copy=False, nan=0.0, posinf=255.0, neginf=0.0)
        np.clip(scaled, 0.0, 255.0, out=scaled)
        return (scaled + np.float32(0.5)).astype(np.uint8)


def read_header(path: Path, page: int = 0) -> PictureHeader:
    """Read size and kind of one page without decoding it.

    Raises:
        FileTrouble: missing or unreadable.
        MediaTrouble: empty, no picture, or damaged.
    """
    with READS.of(path), opened(path, page) as picture:
        width, height = _upright_size(picture)
        pages = int(getattr(picture, "n_frames", 1)) if picture.format in _PAGED_FORMATS else 1
        return PictureHeader(width, height, pages, _is_deep(picture))


def read_picture(
    path: Path, page: int = 0, *, allow_huge: bool = False, window: Window | None = None
) -> Pixels:
    """Decode one page: (height, width, 3) uint8 RGB, upright, read-only.

    Args:
        path: the file.
        page: TIFF page from 0.
        allow_huge: the user has agreed to more than ``PIXEL_LIMIT`` pixels.
        window: for deep pictures, the range to show; ``None`` takes it from this page.

    Raises:
        FileTrouble: missing or unreadable.
        MediaTrouble: empty, damaged, truncated, or larger than allowed.
    """
    with READS.of(path), opened(path, page) as picture:
        checked_size(path, picture.size, allow_huge=allow_huge)
        return decoded(path, page, picture, window)


def decoded(path: Path, page: int, picture: Image.Image, window: Window | None) -> Pixels:
    """The pixels of an open picture, as ``read_picture`` returns them."""
    if _is_deep(picture):
        samples = _deep_samples(path, page, picture)
        return read_only(_as_rgb((window or Window.of(samples)).apply(samples)))
    return read_only(_shallow(picture))


def read_window(path: Path, page: int = 0, *, allow_huge: bool = False) -> Window | None:
    """Return the ``Window`` a deep page would be shown with; ``None`` for 8-bit pictures."""
    with READS.of(path), opened(path, page) as picture:
        checked_size(path, picture.size, allow_huge=allow_huge)
        return Window.of(_deep_samples(path, page, picture)) if _is_deep(picture) else None


def read_small(path: Path, page: int, side_px: int, *, allow_huge: bool = False) -> Pixels:
    """Decode one page to fit a square of ``side_px``, fast: (h, w, 3) uint8 RGB, upright.

    JPEG is decoded at a fraction of its size; nothing is enlarged. Raises as ``read_picture``.
    """
    with READS.of(path), opened(path, page) as picture:
        checked_size(path, picture.size, allow_huge=allow_huge)
        if _is_deep(picture):
            pixels = _as_rgb(_windowed(_deep_samples(path, page, picture)))
        else:
            picture.draft("RGB", (side_px * 2, side_px * 2))
            pixels = _shallow(picture)
    height, width = pixels.shape[:2]
    scale = min(1.0, side_px / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return read_only(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8))


def checked_size(path: Path, size: tuple[int, int], *, allow_huge: bool) -> None:
    """Check that ``size`` (width, height) is not more than may be decoded.

    Raises:
        HugePicture: somebody has to be asked first.
        MediaTrouble: it is more than this program ever decodes.
    """
    pixels = size[0] * size[1]
    if pixels > PIXEL_CEILING:
        raise MediaTrouble(
            "{path} claims {width} x {height} pixels, more than this program opens.",
            "Cut it into tiles, or check that the file is what it says.",
            path=path,
            width=size[0],
            height=size[1],
        )
    if pixels > PIXEL_LIMIT and not allow_huge:
        raise HugePicture(
            "{path} is {width} x {height} pixels ({pixels:.0f} megapixels), above the limit of "
            "{limit:.0f} that are opened without asking.",
            "Allow huge pictures to open it; that takes {memory:.1f} GB of memory.",
            path=path,
            width=size[0],
            height=size[1],
            pixels=pixels / 1e6,
            limit=PIXEL_LIMIT / 1e6,
            memory=pixels * 3 / 1e9,
        )


@contextmanager
def opened(path: Path, page: int) -> Iterator[Image.Image]:
    """Open ``path`` at ``page``; every failure inside the block becomes our error."""
    with translated(path, page), path.open("rb") as stream:
        if not stream.read(1):
            raise MediaTrouble(
                "{path} is empty (0 bytes).", "Copy it again from its source.", path=path
            )
        stream.seek(0)
        with Image.open(stream) as picture:
            if page:
                picture.seek(page)
            yield picture


@contextmanager
def translated(path: Path, page: int) -> Iterator[None]:
    """Turn whatever decoders and the system raise inside the block into our errors."""
    try:
        yield
    except UnidentifiedImageError as error:
        raise MediaTrouble(
            "{path} is not a picture this program can read.",
            "Convert it to PNG, JPEG or TIFF.",
            path=path,
        ) from error
    except (EOFError, IndexError) as error:
        raise MediaTrouble(
            "{path} has no page {page}, or is cut off.", path=path, page=page + 1
        ) from error
    except MemoryError as error:
        raise MediaTrouble(
            "{path} does not fit into memory.", "Cut it into tiles.", path=path
        ) from error
    except OSError as error:
        if error.errno is not None:
            raise unreadable(path, error) from error
        raise _damaged(path, error) from error
    except _DAMAGED as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> MediaTrouble:
    reason = str(error) or type(error).__name__
    return MediaTrouble(
        "{path} is damaged or cut off: {reason}.",
        "Copy it again from its source.",
        path=path,
        reason=reason,
    )


def _is_deep(picture: Image.Image) -> bool:
    return picture.mode in _DEEP_MODES or _is_deep_colour(picture)


def _is_deep_colour(picture: Image.Image) -> bool:
    """Colour of 16 bits per sample, which Pillow reports as 8-bit and would halve."""
    if picture.mode not in {"RGB", "RGBA", "LA"} or picture.format not in {"PNG", "TIFF", "PPM"}:
        return False
    if not isinstance(picture, ImageFile.ImageFile):
        return False
    raw_modes = [tile.args for tile in picture.tile]
    if picture.format == "PPM":  # args = (mode, brightest value)
        return any(isinstance(args, tuple) and args[-1] > 255 for args in raw_modes)
    return any("16" in str(args) for args in raw_modes)


def _upright_size(picture: Image.Image) -> tuple[int, int]:
    width, height = picture.size
    # Pillow's TIFF reader turns the page itself and reports the turned size already.
    if picture.format != "TIFF" and _orientation(picture) in _SIDEWAYS:
        return height, width
    return width, height


def _orientation(picture: Image.Image) -> int:
    """EXIF orientation 1..8 of anything but a TIFF, without decoding pixels."""
    # WORKAROUND(Pillow, 13): getexif of a PNG without an early eXIf chunk decodes the picture.
    exif = _png_exif(picture) if picture.format == "PNG" else picture.getexif()
    value = exif.get(ExifTags.Base.Orientation, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _png_exif(picture: Image.Image) -> Image.Exif:
    """EXIF of a PNG, whose eXIf chunk may stand anywhere, by hopping from chunk to chunk."""
    exif = Image.Exif()
    stream = picture.fp if isinstance(picture, ImageFile.ImageFile) else None
    if stream is None:
        return exif
    here = stream.tell()
    stream.seek(8)
    while len(head := stream.read(8)) == 8:
        length = int.from_bytes(head[:4], "big")
        if head[4:] == b"eXIf" and length <= _EXIF_LIMIT_BYTES:
            exif.load(stream.read(length))
            break
        stream.seek(length + 4, os.SEEK_CUR)
    stream.seek(here)
    return exif


def _shallow(picture: Image.Image) -> Pixels:
    # Before decoding, which closes a JPEG's or PNG's file.
    orientation = 1 if picture.format == "TIFF" else _orientation(picture)
    if picture.has_transparency_data:
        coloured = picture.convert("RGBA")
        white = Image.new("RGBA", coloured.size, (255, 255, 255, 255))
        pixels = np.asarray(Image.alpha_composite(white, coloured).convert("RGB"), dtype=np.uint8)
    else:
        pixels = np.asarray(picture.convert("RGB"), dtype=np.uint8)
    return _turned(pixels, orientation)


def _deep_samples(path: Path, page: int, picture: Image.Image) -> NDArray[Any]:
    """Return samples (h, w) or (h, w, 3) of more than 8 bits, upright, alpha laid on white."""
    # Like Pillow's, OpenCV's TIFF reader turns the page itself, even when told IMREAD_UNCHANGED.
    orientation = 1 if picture.format == "TIFF" else _orientation(picture)
    if not _is_deep_colour(picture):
        return _turned(np.asarray(picture), orientation)
    raw = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    flags = cv2.IMREAD_UNCHANGED
    if picture.format == "TIFF":
        done, pages = cv2.imdecodemulti(raw, flags, range=(page, page + 1))
        decoded = pages[0] if done and pages else None
    else:
        decoded = cv2.imdecode(raw, flags)
    if decoded is None:
        raise MediaTrouble(
            "{path} is damaged or cut off.", "Copy it again from its source.", path=path
        )
    return _turned(_blue_to_red(decoded), orientation)


def _blue_to_red(samples: NDArray[Any]) -> NDArray[Any]:
    """Return OpenCV's (h, w, 3 or 4) as RGB; alpha is laid on the brightest value."""
    if samples.ndim == 2:
        return samples
    if samples.shape[2] == 4:
        top = float(np.iinfo(samples.dtype).max)
        alpha = samples[..., 3:].astype(np.float32) / top
        blended = samples[..., :3] * alpha + top * (1.0 - alpha)
        return np.asarray(blended[..., ::-1])
    return samples[..., ::-1]


def _turned(samples: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Apply EXIF orientation 1..8 to (h, w, ...)."""
    if orientation in _SIDEWAYS:
        samples = samples.swapaxes(0, 1)
        # 5 = transposed, 6 = turned clockwise, 7 = transposed the other way, 8 = counterclockwise
        flips = {5: (False, False), 6: (False, True), 7: (True, True), 8: (True, False)}
    else:
        flips = {1: (False, False), 2: (False, True), 3: (True, True), 4: (True, False)}
    down, across = flips[orientation]
    return samples[:: -1 if down else 1, :: -1 if across else 1]


def _as_rgb(pixels: Pixels) -> Pixels:
    return np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else pixels


def _windowed(samples: NDArray[Any]) -> Pixels:
    return Window.of(samples).apply(samples)
