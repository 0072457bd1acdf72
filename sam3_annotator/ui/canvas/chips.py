"""Label chips: the small rounded signs that name objects and candidates, drawn once each."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

_HEIGHT = 17.0
_PAD = 6.0
_GLYPH = 9.0
_FONT_PX = 11
_KEPT = 1024
_LONGEST_PX = 180.0


@dataclass(frozen=True, slots=True)
class Chip:
    """What one label chip says and how.

    Attributes:
        is_human: a diamond in front marks a frame that a person made.
        is_locked: a padlock in front marks an object that cannot be edited.
        is_ghost: outlined instead of filled, for what is not accepted yet.
    """

    text: str
    color: str
    is_selected: bool = False
    is_human: bool = False
    is_locked: bool = False
    is_ghost: bool = False


class ChipCache:
    """Images of chips; 300 of them cost a few blits instead of 300 text layouts."""

    def __init__(self) -> None:
        self._images: OrderedDict[tuple[Chip, float], QImage] = OrderedDict()

    def image(self, chip: Chip, ratio: float) -> QImage:
        """The chip drawn for a screen with ``ratio`` device pixels per logical pixel."""
        key = (chip, ratio)
        image = self._images.get(key)
        if image is None:
            image = self._images[key] = _drawn(chip, ratio)
            while len(self._images) > _KEPT:
                self._images.popitem(last=False)
        return image


def ink_on(color: QColor) -> QColor:
    """Black or white, whichever is easier to read on a colour (relative luminance, WCAG 2.1)."""
    channels = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return QColor("#101215") if luminance > 0.18 else QColor("#ffffff")


def canvas_font(*, is_bold: bool = False) -> QFont:
    """The small font of everything written on the canvas."""
    font = QFont()
    font.setPixelSize(_FONT_PX)
    font.setWeight(QFont.Weight.DemiBold if is_bold else QFont.Weight.Medium)
    return font


def _drawn(chip: Chip, ratio: float) -> QImage:
    font = canvas_font(is_bold=chip.is_selected)
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(chip.text, Qt.TextElideMode.ElideRight, _LONGEST_PX)
    glyphs = int(chip.is_human) + int(chip.is_locked)
    width = metrics.horizontalAdvance(text) + 2 * _PAD + glyphs * (_GLYPH + 3)
    image = QImage(
        round(width * ratio), round(_HEIGHT * ratio), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = QColor(chip.color)
    ink = color if chip.is_ghost else ink_on(color)
    painter.setPen(QPen(color, 1.0) if chip.is_ghost else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(16, 18, 21, 200) if chip.is_ghost else color)
    painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, _HEIGHT - 1), 4, 4)
    x = _PAD
    for is_there, draw in ((chip.is_human, _diamond), (chip.is_locked, _padlock)):
        if is_there:
            draw(painter, x, ink)
            x += _GLYPH + 3
    painter.setFont(font)
    painter.setPen(ink)
    baseline = (_HEIGHT + metrics.ascent() - metrics.descent()) / 2
    painter.drawText(QPointF(x, baseline), text)
    painter.end()
    return image


def _diamond(painter: QPainter, x: float, ink: QColor) -> None:
    middle, half = QPointF(x + _GLYPH / 2, _HEIGHT / 2), _GLYPH / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawPolygon(
        QPolygonF(
            [
                middle + QPointF(0, -half),
                middle + QPointF(half, 0),
                middle + QPointF(0, half),
                middle + QPointF(-half, 0),
            ]
        )
    )


def _padlock(painter: QPainter, x: float, ink: QColor) -> None:
    top = (_HEIGHT - _GLYPH) / 2
    painter.setPen(QPen(ink, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(x + 2.2, top, _GLYPH - 4.4, 7), 0, 180 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawRoundedRect(QRectF(x + 0.8, top + 3.8, _GLYPH - 1.6, _GLYPH - 3.8), 1, 1)
