"""Pictures that people have labelled, in pairs as "find similar" is measured on them."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sam3_annotator.training.scenes import Scene

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sam3_annotator.training.eval_clicks import Sample

SIDE_PX = 512
"""Pictures are squashed to this square, the size at which the finder works."""
_MOST_THINGS = 254  # numbers of a uint8 label map


def scene_pairs(samples: Iterable[Sample]) -> Iterator[tuple[Scene, Scene]]:
    """Each picture with the next one; exemplars may come from either.

    Things of one name are alike. The last of an odd number goes with the first.

    Args:
        samples: pictures; those whose things have no names are left out.
    """
    named = (sample for sample in samples if any(sample.names))
    first = next(named, None)
    if first is None:
        return
    rest = chain([first], named)
    while pair := list(islice(rest, 2)):
        one, other = pair[0], pair[1] if len(pair) == 2 else first
        if one is other:
            return
        numbers: dict[str, int] = {}
        yield _scene(one, numbers), _scene(other, numbers)


def _scene(sample: Sample, numbers: dict[str, int]) -> Scene:
    """A picture as the finder sees it; small things lie on top of large ones."""
    size = (SIDE_PX, SIDE_PX)
    rgb = np.asarray(cv2.resize(sample.rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    labels = np.zeros(size, np.uint8)
    concepts = []
    by_size = sorted(range(len(sample.masks)), key=lambda i: -int(sample.masks[i].sum()))
    for index in by_size[:_MOST_THINGS]:
        if not sample.names[index]:
            continue
        inside = cv2.resize(
            sample.masks[index].astype(np.uint8), size, interpolation=cv2.INTER_NEAREST
        )
        concepts.append(numbers.setdefault(sample.names[index], len(numbers)))
        labels[inside > 0] = len(concepts)
    return Scene(rgb, labels, tuple(concepts))
