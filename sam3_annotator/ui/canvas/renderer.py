"""Renderer: picture, masks and outlines composed into one kept image, redrawn only where needed.

``Renderer`` is the seam where a graphics-card renderer can be put in later; ``RasterRenderer``
paints on the CPU, which without a graphics card is four times faster (docs/adr).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QRegion

from sam3_annotator.domain.geometry import Box, PixelBox
from sam3_annotator.ui.canvas.chip_layer import ChipLayer
from sam3_annotator.ui.canvas.id_map import DRAFT_SLOT, IdMap
from sam3_annotator.ui.canvas.outline_layer import OutlineLayer
from sam3_annotator.ui.canvas.scene import DARK, PALETTE, Display
from sam3_annotator.ui.canvas.spots import Spots
from sam3_annotator.ui.canvas.windows import LevelWindows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.ui.canvas.pyramid import Pyramid
    from sam3_annotator.ui.canvas.scene import CandidateMark, CanvasObject, CanvasTheme
    from sam3_annotator.ui.canvas.viewport import Viewport

_SELECTED_BOOST = 0.12
"""Selected objects are filled this much stronger."""
_BAND = 128
_WHOLE_OVERLAY_PIXELS = 4_000_000
"""Unlike the picture, the overlay is made on the thread of the window: a larger level would hold
it up for longer than making the part in sight again while panning."""
_PATCH_PIXELS = 250_000
"""Up to this size it takes longer to find out where objects lie than to colour everything."""
_MAX_RECTS = 8
_LINE_MARGIN = 6
"""Widget pixels that lines may reach beyond their mask's box."""


class Renderer(Protocol):
    """What the view needs from whatever draws the scene."""

    @property
    def id_map(self) -> IdMap | None:
        """Which object lies on top at each pixel; None without a picture."""

    @property
    def is_incomplete(self) -> bool:
        """Whether the last paint left something out to stay fast, so that another must follow."""

    def set_picture(self, pyramid: Pyramid | None) -> None:
        """Show another picture; objects and candidates are forgotten."""

    def set_look(self, display: Display, theme: CanvasTheme) -> None:
        """Draw differently."""

    def set_objects(self, objects: Sequence[CanvasObject]) -> tuple[PixelBox, ...]:
        """Show these objects; returns the image boxes whose look changed."""

    def set_candidates(self, candidates: Sequence[CandidateMark]) -> None:
        """Show these candidates."""

    def paint_stroke(
        self, box: PixelBox, inside: NDArray[np.bool_], target: ObjectId | None, *, is_erase: bool
    ) -> None:
        """Show a dab of a stroke before it is a mask."""

    def drop_stroke(self) -> bool:
        """Take back every dab; whether there was one."""

    def paint(
        self, painter: QPainter, viewport: Viewport, exposed: QRect, *, is_hasty: bool = False
    ) -> None:
        """Draw the scene on a widget; hastily while a wheel is turning."""


class RasterRenderer:
    """The CPU renderer."""

    def __init__(self) -> None:
        self._pyramid: Pyramid | None = None
        self._id_map: IdMap | None = None
        self._picture: LevelWindows | None = None
        self._overlay: LevelWindows | None = None
        self._layer = OutlineLayer()
        self._chips = ChipLayer()
        self._candidates: tuple[CandidateMark, ...] = ()
        self._display = Display()
        self._theme = DARK
        self._colors: NDArray[np.uint32] = np.zeros(DRAFT_SLOT + 1, dtype=np.uint32)
        self._tone: NDArray[np.uint8] | None = None
        self._base: QImage | None = None
        self._drawn: Viewport | None = None
        self._stale = QRegion()
        self._is_stroking = False
        self._is_incomplete = False
        self._is_hasty = False

    @property
    def is_incomplete(self) -> bool:
        """Whether the last paint left outlines out; the next one goes on."""
        return self._is_incomplete

    @property
    def id_map(self) -> IdMap | None:
        """Which object lies on top at each pixel; None without a picture."""
        return self._id_map

    def set_picture(self, pyramid: Pyramid | None) -> None:
        """Show another picture; objects and candidates are forgotten."""
        self._pyramid = pyramid
        self._drawn = None
        self._is_stroking = False
        self._candidates = ()
        self._layer.show_objects((), Spots(()))
        self._chips.show_objects(())
        for layer in (self._layer, self._chips):
            layer.show_candidates((), Spots(()))
        if pyramid is None:
            self._id_map = self._picture = self._overlay = None
            return
        self._id_map = IdMap(pyramid.size)
        self._picture = LevelWindows(self._picture_pixels, pyramid.size, QImage.Format.Format_RGB32)
        self._overlay = LevelWindows(
            self._overlay_pixels,
            pyramid.size,
            QImage.Format.Format_ARGB32_Premultiplied,
            _WHOLE_OVERLAY_PIXELS,
        )
        self._mix_colors()

    def set_look(self, display: Display, theme: CanvasTheme) -> None:
        """Draw differently."""
        if display.tone != self._display.tone and self._picture is not None:
            self._picture.clear()
        self._tone = None if display.tone.is_neutral else display.tone.table()
        self._display, self._theme = display, theme
        self._mix_colors()
        if self._overlay is not None:
            self._overlay.clear()
        self._drawn = None

    def set_objects(self, objects: Sequence[CanvasObject]) -> tuple[PixelBox, ...]:
        """Show these objects; returns the image boxes whose look changed."""
        if self._id_map is None or self._overlay is None:
            return ()
        boxes = self._id_map.replace(objects)
        self._is_stroking = False
        visible = [item for item in self._id_map.objects if not item.is_hidden]
        self._layer.show_objects(visible, Spots(item.mask.box.box() for item in visible))
        self._chips.show_objects(visible)
        self._mix_colors()
        for box in boxes:
            self._overlay.patch(box)
            self._mark_stale(box.box())
        return boxes

    def set_candidates(self, candidates: Sequence[CandidateMark]) -> None:
        """Show these candidates."""
        for mark in {*self._candidates} ^ {*candidates}:
            self._mark_stale(mark.box)
        self._candidates = tuple(candidates)
        spots = Spots(mark.box for mark in candidates)
        self._layer.show_candidates(candidates, spots)
        self._chips.show_candidates(candidates, spots)

    def paint_stroke(
        self, box: PixelBox, inside: NDArray[np.bool_], target: ObjectId | None, *, is_erase: bool
    ) -> None:
        """Show a dab of a stroke before it is a mask."""
        if self._id_map is None or self._overlay is None:
            return
        if not self._is_stroking:
            self._is_stroking = True
            for item in self._id_map.objects:
                if item.is_selected:
                    self._mark_stale(item.mask.box.box())
        slot = DRAFT_SLOT if target is None else self._id_map.slot_of(target)
        if is_erase:
            self._id_map.paint(box, inside, 0, slot)
        else:
            self._id_map.paint(box, inside, slot, None)
        self._overlay.patch(box)
        self._mark_stale(box.box())

    def drop_stroke(self) -> bool:
        """Take back every dab; whether there was one."""
        if not self._is_stroking or self._id_map is None or self._overlay is None:
            return False
        self._is_stroking = False
        box = self._id_map.restore()
        if not box.is_empty:
            self._overlay.patch(box)
        self._drawn = None
        return True

    def paint(
        self, painter: QPainter, viewport: Viewport, exposed: QRect, *, is_hasty: bool = False
    ) -> None:
        """Draw the scene on a widget; hastily while a wheel is turning."""
        ratio = painter.device().devicePixelRatio()
        if is_hasty != self._is_hasty:
            self._is_hasty = is_hasty
            self._drawn = self._drawn if is_hasty else None
        base = self._composed(viewport, ratio)
        source = QRectF(
            exposed.x() * ratio,
            exposed.y() * ratio,
            exposed.width() * ratio,
            exposed.height() * ratio,
        )
        painter.drawImage(QRectF(exposed), base, source)
        if self._display.shows_labels:
            self._chips.paint(painter, viewport, QRectF(exposed), is_hasty=is_hasty)

    def _composed(self, viewport: Viewport, ratio: float) -> QImage:
        """The kept image, brought up to date: patched, scrolled or drawn anew."""
        size = QSize(
            math.ceil(viewport.widget.width * ratio), math.ceil(viewport.widget.height * ratio)
        )
        base = self._base
        if base is None or base.size() != size or base.devicePixelRatio() != ratio:
            base = QImage(size, QImage.Format.Format_RGB32)
            base.setDevicePixelRatio(ratio)
            self._drawn = None
        whole = QRect(0, 0, viewport.widget.width, viewport.widget.height)
        if self._drawn is None or self._drawn.scale != viewport.scale:
            region = QRegion(whole)
        elif self._drawn == viewport:
            region = self._stale.intersected(whole)
        else:
            base, region = self._scrolled(base, self._drawn, viewport, whole)
        self._base, self._drawn, self._stale = base, viewport, QRegion()
        if not region.isEmpty():
            self._compose(base, viewport, region)
        return base

    def _scrolled(
        self, base: QImage, before: Viewport, after: Viewport, whole: QRect
    ) -> tuple[QImage, QRegion]:
        """The kept image moved along with the picture, and the region that came into sight."""
        dx, dy = after.left - before.left, after.top - before.top
        ratio = base.devicePixelRatio()
        is_whole = (dx * ratio).is_integer() and (dy * ratio).is_integer()
        if not is_whole or abs(dx) >= whole.width() or abs(dy) >= whole.height():
            return base, QRegion(whole)
        moved = QImage(base.size(), base.format())
        moved.setDevicePixelRatio(ratio)
        painter = QPainter(moved)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(
            QRectF(dx, dy, base.width() / ratio, base.height() / ratio), base, QRectF(base.rect())
        )
        painter.end()
        # A pixel at the old edge may be cut in half where a logical pixel is not a whole one.
        seen = QRectF(whole).translated(dx, dy).toAlignedRect().adjusted(1, 1, -1, -1)
        region = QRegion(whole).subtracted(QRegion(seen.intersected(whole)))
        return moved, region.united(self._stale.translated(round(dx), round(dy)))

    def _compose(self, base: QImage, viewport: Viewport, region: QRegion) -> None:
        painter = QPainter(base)
        self._is_incomplete = False
        # Rectangle by rectangle: what a pan uncovers is two thin strips, not their bounding box.
        if region.rectCount() > _MAX_RECTS:
            region = QRegion(region.boundingRect())
        for rect in region:  # type: ignore[attr-defined]  # the stubs forget __iter__
            painter.setClipRect(rect)
            clip = QRectF(rect)
            painter.fillRect(clip, QColor(self._theme.canvas))
            if self._picture is None or self._overlay is None:
                continue
            self._draw_level(painter, self._picture, viewport, clip, is_smooth=True)
            if self._display.shows_fill:
                # Where outlines cover the edges of fills, smoothing them would be in vain.
                is_smooth = not self._display.shows_outlines
                self._draw_level(painter, self._overlay, viewport, clip, is_smooth=is_smooth)
            self._layer.paint(
                painter,
                viewport,
                self._display,
                clip,
                has_selected=not self._is_stroking,
                is_hasty=self._is_hasty,
            )
            self._is_incomplete |= self._layer.is_incomplete
        painter.end()
        if self._is_incomplete:
            self._drawn = None

    def _draw_level(
        self,
        painter: QPainter,
        windows: LevelWindows,
        viewport: Viewport,
        clip: QRectF,
        *,
        is_smooth: bool,
    ) -> None:
        """Draw the part of a layer that lies in ``clip`` from the level that suits the zoom."""
        if self._pyramid is None:
            return
        scale = viewport.scale * painter.device().devicePixelRatio()
        # In haste a level may be enlarged up to 1.4 times, which spares three pixels of four.
        haste = 0.5 if self._is_hasty else 0.0
        level = min(max(0, math.floor(-math.log2(scale) + haste + 1e-9)), self._pyramid.depth - 1)
        step = 1 << level
        sight = viewport.box_to_image(
            Box(clip.left() - 2, clip.top() - 2, clip.right() + 2, clip.bottom() + 2)
        ).clipped(self._pyramid.size)
        if sight.is_empty:
            return
        needed = Box(sight.x0 / step, sight.y0 / step, sight.x1 / step, sight.y1 / step).pixels()
        image, region = windows.image(level, needed)
        target = viewport.box_to_widget(
            Box(needed.left * step, needed.top * step, needed.right * step, needed.bottom * step)
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth and scale < 1)
        painter.drawImage(
            QRectF(target.x0, target.y0, target.width, target.height),
            image,
            QRectF(needed.left - region.left, needed.top - region.top, needed.width, needed.height),
        )

    def _picture_pixels(self, level: int, box: PixelBox) -> NDArray[np.uint32]:
        if self._pyramid is None:
            raise RuntimeError("no picture is shown")
        if self._tone is None:
            return self._pyramid.screen_pixels(level, box)
        rgb = self._pyramid.level(level)[box.top : box.bottom, box.left : box.right]
        bgra = np.asarray(cv2.cvtColor(self._tone[rgb], cv2.COLOR_RGB2BGRA), dtype=np.uint8)
        return bgra.view(np.uint32)[:, :, 0]

    def _overlay_pixels(self, level: int, box: PixelBox) -> NDArray[np.uint32]:
        if self._id_map is None:
            raise RuntimeError("no picture is shown")
        step = 1 << level
        slots = self._id_map.slots[
            box.top * step : box.bottom * step : step, box.left * step : box.right * step : step
        ]
        # Memory that nobody writes to costs nothing: only where something may lie is coloured.
        pixels = np.zeros(slots.shape, dtype=np.uint32)
        if slots.size <= _PATCH_PIXELS:
            self._color(slots, pixels)
            return pixels
        for place in self._id_map.covered():
            there = PixelBox(
                -(-place.left // step),
                -(-place.top // step),
                -(-place.right // step),
                -(-place.bottom // step),
            ).intersection(box)
            rows = slice(there.top - box.top, there.bottom - box.top)
            columns = slice(there.left - box.left, there.right - box.left)
            self._color(slots[rows, columns], pixels[rows, columns])
        return pixels

    def _color(self, slots: NDArray[np.uint16], pixels: NDArray[np.uint32]) -> None:
        """Slots to colours, in bands, because numpy widens the indices to 8 bytes."""
        for top in range(0, len(slots), _BAND):
            band = slice(top, top + _BAND)
            pixels[band] = np.take(self._colors, slots[band], mode="clip")

    def _mix_colors(self) -> None:
        """Slot -> premultiplied colour."""
        if self._id_map is None:
            return
        colors = np.zeros(self._id_map.slot_count, dtype=np.uint32)
        opacity = self._display.fill_opacity
        colors[DRAFT_SLOT] = _premultiplied(PALETTE[0], opacity + _SELECTED_BOOST)
        for item in self._id_map.objects:
            boost = _SELECTED_BOOST if item.is_selected else 0.0
            colors[self._id_map.slot_of(item.id)] = _premultiplied(item.color, opacity + boost)
        self._colors = colors

    def _mark_stale(self, box: Box) -> None:
        """An image box must be drawn again, with the room its line and chip may take."""
        if self._drawn is None:
            return
        spot = self._drawn.box_to_widget(box).padded(_LINE_MARGIN)
        rect = QRectF(spot.x0, spot.y0, spot.width, spot.height)
        self._stale = self._stale.united(QRegion(rect.toAlignedRect()))


def _premultiplied(color: str, opacity: float) -> int:
    """0xAARRGGBB with the channels already multiplied by the opacity, as Qt wants it."""
    alpha = min(max(opacity, 0.0), 1.0)
    tint = QColor(color)
    red, green, blue = (
        round(channel * alpha) for channel in (tint.red(), tint.green(), tint.blue())
    )
    return round(alpha * 255) << 24 | red << 16 | green << 8 | blue
