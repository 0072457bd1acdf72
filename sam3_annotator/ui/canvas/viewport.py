"""Viewport: where on the widget the picture lies, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sam3_annotator.domain.geometry import Box, Point, Size

_NO_SIZE = Size(0, 0)
MIN_SCALE = 1.0 / 256
MAX_SCALE = 64.0
_MARGIN = 12
"""Free widget pixels around a fitted picture."""
_KEPT = 48
"""Widget pixels of the picture that panning cannot push out of sight."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """A pan and zoom state; every change gives a new value.

    Attributes:
        picture: size of the picture in image pixels.
        widget: size of the widget in logical pixels.
        scale: logical widget pixels per image pixel.
        left: widget x of the picture's left edge.
        top: widget y of the picture's top edge.
    """

    picture: Size = _NO_SIZE
    widget: Size = _NO_SIZE
    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0

    def to_image(self, x: float, y: float) -> Point:
        """The image point under a widget position."""
        return Point((x - self.left) / self.scale, (y - self.top) / self.scale)

    def to_widget(self, point: Point) -> tuple[float, float]:
        """The widget position of an image point."""
        return point.x * self.scale + self.left, point.y * self.scale + self.top

    def box_to_widget(self, box: Box) -> Box:
        """An image box in widget pixels."""
        x0, y0 = self.to_widget(Point(box.x0, box.y0))
        x1, y1 = self.to_widget(Point(box.x1, box.y1))
        return Box(x0, y0, x1, y1)

    def box_to_image(self, box: Box) -> Box:
        """A widget box in image pixels."""
        first, second = self.to_image(box.x0, box.y0), self.to_image(box.x1, box.y1)
        return Box(first.x, first.y, second.x, second.y)

    def visible(self) -> Box:
        """The part of the picture that is on the widget; empty when none is."""
        whole = self.box_to_image(Box(0, 0, self.widget.width, self.widget.height))
        return whole.clipped(self.picture)

    def fitted(self) -> Viewport:
        """The whole picture, centred, as large as it fits with a small margin."""
        if not (self.picture.width and self.picture.height):
            return self
        room = Size(
            max(1, self.widget.width - 2 * _MARGIN), max(1, self.widget.height - 2 * _MARGIN)
        )
        scale = min(room.width / self.picture.width, room.height / self.picture.height)
        return self._centred(min(max(scale, MIN_SCALE), MAX_SCALE))

    def zoomed_at(self, scale: float, x: float, y: float) -> Viewport:
        """Zoomed so that the image point under widget position (x, y) stays there."""
        scale = min(max(scale, MIN_SCALE), MAX_SCALE)
        anchor = self.to_image(x, y)
        return _kept_in_sight(
            replace(self, scale=scale, left=x - anchor.x * scale, top=y - anchor.y * scale)
        )

    def panned(self, dx: float, dy: float) -> Viewport:
        """Moved by widget pixels, but never quite out of sight."""
        return _kept_in_sight(replace(self, left=self.left + dx, top=self.top + dy))

    def resized(self, widget: Size) -> Viewport:
        """The same view in a widget of another size, its middle staying in the middle."""
        dx = (widget.width - self.widget.width) / 2
        dy = (widget.height - self.widget.height) / 2
        return _kept_in_sight(replace(self, widget=widget, left=self.left + dx, top=self.top + dy))

    def centred_on(self, box: Box) -> Viewport:
        """A box of the image in the middle; zoomed out if it would not fit."""
        middle = box.center
        fit = min(
            self.widget.width / max(box.width * 1.2, 1e-6),
            self.widget.height / max(box.height * 1.2, 1e-6),
        )
        scale = min(max(min(self.scale, fit), MIN_SCALE), MAX_SCALE)
        return replace(
            self,
            scale=scale,
            left=self.widget.width / 2 - middle.x * scale,
            top=self.widget.height / 2 - middle.y * scale,
        )

    def _centred(self, scale: float) -> Viewport:
        return replace(
            self,
            scale=scale,
            left=(self.widget.width - self.picture.width * scale) / 2,
            top=(self.widget.height - self.picture.height * scale) / 2,
        )


def _kept_in_sight(view: Viewport) -> Viewport:
    width, height = view.picture.width * view.scale, view.picture.height * view.scale
    keep_x, keep_y = min(_KEPT, width), min(_KEPT, height)
    left = min(max(view.left, keep_x - width), view.widget.width - keep_x)
    top = min(max(view.top, keep_y - height), view.widget.height - keep_y)
    return replace(view, left=left, top=top)
