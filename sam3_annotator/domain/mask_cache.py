"""MaskCache: the project's masks by content, decoded when they are wanted."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from typing import TYPE_CHECKING

from sam3_annotator.domain.mask import Mask
from sam3_annotator.errors import ProjectTrouble

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sam3_annotator.domain.contents import RowSource
    from sam3_annotator.domain.ids import BlobId

_BATCH = 500


class MaskCache:
    """Decoded masks, the least recently used dropped first.

    Args:
        source: where encoded ones are.
        limit_bytes: of decoded masks to hold.
    """

    def __init__(self, source: RowSource, limit_bytes: int) -> None:
        self._source = source
        self._limit = limit_bytes
        self._held = 0
        self._masks: OrderedDict[BlobId, Mask] = OrderedDict()

    def get(self, blob_id: BlobId) -> Mask:
        """The mask of that name.

        Raises:
            ProjectTrouble: it is damaged, or the project file does not hold it.
        """
        mask = self._masks.get(blob_id)
        if mask is not None:
            self._masks.move_to_end(blob_id)
            return mask
        return self._keep(blob_id, _decoded(self._source.blob(blob_id)))

    def preload(self, blob_ids: Collection[BlobId]) -> None:
        """Read many masks in one go; a damaged one is told of when somebody asks for it."""
        for blob_id, mask in self._read(blob_ids).items():
            self._keep(blob_id, mask)

    def passing(self, blob_ids: Collection[BlobId]) -> Mapping[BlobId, Mask]:
        """Masks that are looked at once and must push nothing out; damaged ones are left out."""
        held = {one: self._masks[one] for one in blob_ids if one in self._masks}
        return held | self._read(blob_ids)

    def _read(self, blob_ids: Collection[BlobId]) -> dict[BlobId, Mask]:
        """Those that are not held; without those of a batch that cannot be read."""
        found: dict[BlobId, Mask] = {}
        missing = [one for one in blob_ids if one not in self._masks]
        for first in range(0, len(missing), _BATCH):
            with contextlib.suppress(ProjectTrouble):
                for blob_id, data in self._source.blobs(missing[first : first + _BATCH]).items():
                    with contextlib.suppress(ProjectTrouble):
                        found[blob_id] = _decoded(data)
        return found

    def _keep(self, blob_id: BlobId, mask: Mask) -> Mask:
        self._masks[blob_id] = mask
        self._held += mask.runs.nbytes
        while self._held > self._limit and len(self._masks) > 1:
            _, dropped = self._masks.popitem(last=False)
            self._held -= dropped.runs.nbytes
        return mask


def _decoded(data: bytes) -> Mask:
    try:
        return Mask.from_bytes(data)
    except ValueError as error:
        raise ProjectTrouble(
            "A mask in the project file is damaged ({error}).",
            "Draw it again, or take it from an older copy of the project.",
            error=error,
        ) from error
