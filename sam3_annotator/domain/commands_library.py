"""Commands about media and categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sam3_annotator.domain.entities import AttributeSpec, Category, MediaKind, MediaState
    from sam3_annotator.domain.ids import CategoryId, MediaId


@dataclass(frozen=True, slots=True)
class NewMedia:
    """A media to be added; fields as in :class:`~sam3_annotator.domain.entities.Media`."""

    kind: MediaKind
    path: str
    content_hash: str
    width: int
    height: int
    page: int = 0
    frame_count: int = 1


@dataclass(frozen=True, slots=True)
class AddMedia:
    """Add pictures and clips; those already there (same path and page) are skipped."""

    items: tuple[NewMedia, ...]


@dataclass(frozen=True, slots=True)
class RemoveMedia:
    """Take media out of the project with everything on them; files stay where they are."""

    media_ids: tuple[MediaId, ...]


@dataclass(frozen=True, slots=True)
class SetMediaState:
    """Say how far the work on some media is."""

    media_ids: tuple[MediaId, ...]
    state: MediaState


@dataclass(frozen=True, slots=True)
class RelocateMedia:
    """Tell where moved files are now.

    Attributes:
        paths: media and their new paths, in the form of ``Media.path``.
    """

    paths: tuple[tuple[MediaId, str], ...]


@dataclass(frozen=True, slots=True)
class AddCategory:
    """Add a category at the end of the list.

    Attributes:
        color: "#rrggbb", or "" to get the next of the palette.
    """

    name: str
    color: str = ""
    hotkey: str = ""
    supercategory: str = ""
    attributes: tuple[AttributeSpec, ...] = ()
    is_exclusive: bool = False


@dataclass(frozen=True, slots=True)
class EditCategory:
    """Replace a category's fields; its id tells which, its position stays.

    Making a category exclusive changes no mask: overlaps go when masks are edited next.
    """

    category: Category


@dataclass(frozen=True, slots=True)
class RemoveCategory:
    """Remove a category; objects that have it go to ``merge_into``.

    No mask changes, even when that category is exclusive: see :class:`EditCategory`.
    """

    category_id: CategoryId
    merge_into: CategoryId | None = None


@dataclass(frozen=True, slots=True)
class ReorderCategories:
    """Put the categories in a new order; ``order`` names every one once."""

    order: tuple[CategoryId, ...]


MediaCommand = AddMedia | RemoveMedia | SetMediaState | RelocateMedia
CategoryCommand = AddCategory | EditCategory | RemoveCategory | ReorderCategories
LibraryCommand = MediaCommand | CategoryCommand
