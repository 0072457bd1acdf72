"""Services: what only the composition root can do for the dialogs, as plain values and calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sam3_annotator.io.errands import Report


@dataclass(frozen=True, slots=True)
class WeightsOnDisk:
    """Weights that can be loaded.

    Attributes:
        path: file or folder, or "mini" or "mini-fast" for the bundled model.
        title: what people call them.
        origin: "yours", "site" or "bundled".
        trouble: why they cannot be used, or "".
    """

    path: str
    title: str
    origin: str
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Downloadable:
    """Weights that can be fetched.

    Attributes:
        name: what to hand to :meth:`Services.download`.
        page: web page where access is asked for.
        is_gated: whether the authors must allow it first.
    """

    name: str
    title: str
    page: str
    is_gated: bool


class Services(Protocol):
    """Every method but :meth:`downloads` may take seconds: call them as an errand."""

    def doctor(self) -> str:
        """What works on this machine; the same text as ``sam3-annotator doctor`` prints."""
        ...

    def weights(self) -> Sequence[WeightsOnDisk]:
        """Weights found on this machine."""
        ...

    def downloads(self) -> Sequence[Downloadable]:
        """Weights that can be fetched."""
        ...

    def download(self, name: str, token: str, report: Report) -> Path:
        """Fetch weights, going on where an earlier try stopped.

        Raises:
            WeightsTrouble: no access, no connection, or a damaged file.
            FileTrouble: the disk is full or cannot be written.
            ErrandStopped: ``report`` said so; what was fetched is kept.
        """
        ...
