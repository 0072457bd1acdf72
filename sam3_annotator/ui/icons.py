"""Icons: our own SVG files, drawn in the colours of the theme at the sharpness of the screen."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from sam3_annotator import paths

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.ui.tokens import Tokens

SIZES_PX = (16, 20, 32, 40)
SWATCH_PX = 12


def icon(name: str, tokens: Tokens) -> QIcon:
    """The icon ``resources/icons/<name>.svg`` for normal, disabled and switched-on states.

    Raises:
        OSError: there is no such icon.
    """
    result = QIcon()
    for size in SIZES_PX:
        result.addPixmap(pixmap(name, tokens.text, size), QIcon.Mode.Normal, QIcon.State.Off)
        result.addPixmap(pixmap(name, tokens.on_accent, size), QIcon.Mode.Normal, QIcon.State.On)
        faded = pixmap(name, tokens.dim, size, opacity=0.5)
        result.addPixmap(faded, QIcon.Mode.Disabled, QIcon.State.Off)
    return result


def swatch(color: str) -> QIcon:
    """A category's colour, the same whether its row is selected or not."""
    image = QPixmap(2 * SWATCH_PX, 2 * SWATCH_PX)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(image.rect(), 6, 6)
    painter.end()
    image.setDevicePixelRatio(2)
    result = QIcon(image)
    result.addPixmap(image, QIcon.Mode.Selected)
    return result


def app_icon() -> QIcon:
    """The program's own icon, in its own colours."""
    result = QIcon()
    for size in (16, 32, 64, 128, 256):
        result.addPixmap(pixmap("app", "#000000", size))
    return result


def pixmap(name: str, color: str, size_px: int, *, opacity: float = 1.0) -> QPixmap:
    """One icon as a square picture.

    Args:
        name: file name without ``.svg``.
        color: "#rrggbb" that replaces ``currentColor`` in the file.
        size_px: edge in device pixels.
        opacity: in [0, 1].
    """
    renderer = QSvgRenderer(QByteArray(_svg(name).replace("currentColor", color).encode()))
    image = QPixmap(size_px, size_px)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setOpacity(opacity)
    renderer.render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return image


def themed_file(name: str, color: str) -> Path:
    """An icon as a file in one colour, for the style sheet, which knows files only."""
    path = paths.cache_dir() / "icons" / f"{name}-{color.lstrip('#')}.svg"
    text = _svg(name).replace("currentColor", color)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path


@lru_cache(maxsize=128)
def _svg(name: str) -> str:
    return paths.resource(f"icons/{name}.svg").read_text(encoding="utf-8")
