"""One number per pixel: what formats store that cannot hold overlapping masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.media import unreadable
from sam3_annotator.io.pixels import checked_size

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from sam3_annotator.io.exchange import Labels, MaskEntry

    LabelMap = NDArray[np.uint16]


def in_front(entries: Sequence[MaskEntry], labels: Labels) -> list[tuple[MaskEntry, Mask]]:
    """Return each mask with what remains of it behind those in front, empty ones left out.

    Objects later in ``labels.objects`` lie in front of earlier ones.
    """
    depth = {entry.key: position for position, entry in enumerate(labels.objects)}
    covered = EMPTY_MASK
    visible: list[tuple[MaskEntry, Mask]] = []
    for entry in sorted(entries, key=lambda entry: depth[entry.object], reverse=True):
        if not entry.mask.is_empty:
            visible.append((entry, entry.mask.minus(covered)))
            covered = covered.union(entry.mask)
    return visible[::-1]


def painted(numbered: Sequence[tuple[int, Mask]], height: int, width: int) -> LabelMap:
    """Return (height, width) uint16: each disjoint mask's number, 0 elsewhere."""
    pixels = np.zeros((height, width), dtype=np.uint16)
    for number, mask in numbered:
        box = mask.box
        pixels[box.top : box.bottom, box.left : box.right][mask.crop()] = number
    return pixels


def masks_in(pixels: LabelMap) -> dict[int, Mask]:
    """Return the mask of every number in a map but 0."""
    return {
        int(number): Mask.from_array(pixels == number) for number in np.unique(pixels) if number
    }


def read_label_map(path: Path) -> LabelMap:
    """Return the stored numbers of a palette, grey or 16-bit PNG: (H, W) uint16, not its colours.

    Raises:
        FileTrouble: missing or unreadable.
        ExchangeTrouble: no such picture, or one of colours, where numbers cannot be told.
        MediaTrouble: larger than is opened without asking.
    """
    try:
        with Image.open(path) as picture:
            checked_size(path, picture.size, allow_huge=False)
            if picture.mode not in {"P", "L", "1", "I;16", "I;16B", "I"}:
                raise ExchangeTrouble(
                    "{path} stores colours ({mode}), a picture of object numbers is expected.",
                    "Export palette or grey PNG.",
                    path=path,
                    mode=picture.mode,
                )
            pixels = np.asarray(picture)
    except OSError as error:
        if error.errno is not None:
            raise unreadable(path, error) from error
        raise ExchangeTrouble(
            "{path} is no picture, or damaged: {error}.", path=path, error=error
        ) from error
    except (ValueError, SyntaxError) as error:
        raise ExchangeTrouble("{path} is damaged: {error}.", path=path, error=error) from error
    if pixels.size and int(pixels.max()) > np.iinfo(np.uint16).max:
        raise ExchangeTrouble("{path} holds numbers above 65535.", path=path)
    return pixels.astype(np.uint16)
