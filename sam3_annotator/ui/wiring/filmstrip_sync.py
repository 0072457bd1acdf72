"""Fills the filmstrip: crops of the selected object on the frames around the shown one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QObject, QTimer

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.mask import EMPTY_MASK
from sam3_annotator.errors import Rejected
from sam3_annotator.ui.panels.timeline import CELL, Still
from sam3_annotator.ui.wiring import naming

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from sam3_annotator.domain.entities import Media
    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.project import Project
    from sam3_annotator.ui.panels.timeline.filmstrip import Filmstrip
    from sam3_annotator.ui.wiring.clip_reading import ClipReading
    from sam3_annotator.ui.wiring.navigation import Navigation
    from sam3_annotator.ui.wiring.picture_sync import PictureSync
    from sam3_annotator.ui.wiring.workspace import Workspace

    Pixels = NDArray[np.uint8]

_SOON_MS = 120
_URGENCY = 5
_MARGIN = 0.35
_SHADE = 0.35


class FilmstripSync(QObject):
    """Asks the loader for what the strip lacks, while nothing plays."""

    def __init__(
        self, workspace: Workspace, navigation: Navigation, pictures: PictureSync, strip: Filmstrip
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._navigation = workspace, navigation
        self._clip, self._strip = pictures.clip, strip
        self._asked = 0
        # A child of the strip: the window may go before the workspace does.
        self._soon = QTimer(strip)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self.refresh)
        for signal in (
            workspace.view_changed,
            workspace.touched,
            workspace.document_changed,
            strip.room_changed,
            pictures.shown,
        ):
            signal.connect(self._soon.start)
        strip.frame_wanted.connect(navigation.go_to_frame)

    def refresh(self) -> None:
        """Show the cells of the present frame; ask for the pictures that are missing."""
        project, view = self._workspace.project, self._workspace.view
        if view.is_playing:
            return
        if project is None or view.media_id is None or not self._navigation.is_clip:
            self._strip.show_cells((), 0)
            return
        media, target = project.medium(view.media_id), view.selected
        reach = self._strip.reach
        first = max(0, min(int(view.frame) - reach, media.frame_count - 2 * reach - 1))
        frames = range(first, min(media.frame_count, first + 2 * reach + 1))
        box = _crop_box(project, media, target, int(view.frame))
        color = "" if target is None else self._color(project, target)
        cells = []
        for frame in frames:
            blob = None if target is None else project.masklet(target).blob_at(frame)
            state = f"{media.id} {color} {box} {blob}".encode()
            cells.append(Still(-1 if target is None else int(target), frame, state))
        missing = self._strip.show_cells(tuple(cells), int(view.frame))
        self._ask(project, media, target, missing, box, color)

    # ------------------------------------------------------------------ inside

    def _ask(
        self,
        project: Project,
        media: Media,
        target: ObjectId | None,
        missing: tuple[Still, ...],
        box: PixelBox,
        color: str,
    ) -> None:
        loader, path = self._workspace.reading.loader, self._workspace.path_of(media.id)
        nearest = sorted(missing, key=lambda c: abs(c.frame - int(self._workspace.view.frame)))
        for place, cell in enumerate(nearest):
            mask = None if target is None else project.mask(target, FrameIndex(cell.frame))
            loader.request(
                ("still", place),
                partial(_crop, self._clip, path, cell.frame, box, mask or EMPTY_MASK, color),
                partial(self._strip.set_picture, cell),
                lambda _: None,
                urgency=_URGENCY + place,
            )
        for place in range(len(nearest), self._asked):
            loader.forget(("still", place))
        self._asked = len(nearest)

    def _color(self, project: Project, target: ObjectId) -> str:
        try:
            item = project.object(target)
        except Rejected:
            return ""
        category = project.categories.get(item.category_id)
        by_category = self._workspace.settings.colors_by_category
        return naming.object_color(item, category, by_category=by_category)


def _crop_box(project: Project, media: Media, target: ObjectId | None, frame: int) -> PixelBox:
    """Around the object where it is on the nearest frame; the whole picture without one."""
    whole = PixelBox(0, 0, media.width, media.height)
    if target is None:
        return whole
    masklet = project.masklet(target)
    known = masklet.rows[masklet.rows["area"] > 0]
    if not known.size:
        return whole
    row = known[int(np.argmin(np.abs(known["frame"] - frame)))]
    left, top, right, bottom = (int(row[n]) for n in ("left", "top", "right", "bottom"))
    # A grid keeps the crop still while the object moves a little, so that cells can be reused.
    grid = max(8, (right - left + bottom - top) // 4)
    margin = int(_MARGIN * max(right - left, bottom - top)) + grid
    box = PixelBox(
        (left - margin) // grid * grid,
        (top - margin) // grid * grid,
        -(-(right + margin) // grid) * grid,
        -(-(bottom + margin) // grid) * grid,
    )
    return box.intersection(whole)


def _crop(
    clip: ClipReading, path: Path, frame: int, box: PixelBox, mask: Mask, color: str
) -> Pixels:
    """A small picture with the mask on it; runs on the loader's thread."""
    pixels = clip.frame(path, frame, moves=False)[box.top : box.bottom, box.left : box.right]
    scale = max(2 * CELL.width() / max(1, box.width), 2 * CELL.height() / max(1, box.height))
    size = (max(1, round(box.width * scale)), max(1, round(box.height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=how)
    if not mask.is_empty and color:
        cover = cv2.resize(mask.window(box).astype(np.float32), size, interpolation=how)
        own = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], np.float32)
        share = (cover * _SHADE)[..., None]
        small = (small * (1 - share) + own * share).astype(np.uint8)
    return np.ascontiguousarray(small)
