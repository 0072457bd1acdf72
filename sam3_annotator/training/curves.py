"""Training curves: a CSV to compute with, a PNG to look at."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_PANEL = (420, 220)
_MARGIN = 34
_COLUMNS = 3
_SMOOTHED = 12  # points of the thin curve that one point of the thick one averages


class Curves:
    """Appends rows of named numbers to a CSV; columns are fixed by the first row.

    Args:
        path: the CSV file; rows of an earlier part of the run are kept.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, row: Mapping[str, float]) -> None:
        """Append one row."""
        fresh = not self.path.exists()
        with self.path.open("a", newline="") as stream:
            writer = csv.DictWriter(stream, fieldnames=list(row))
            if fresh:
                writer.writeheader()
            writer.writerow({name: f"{value:.6g}" for name, value in row.items()})

    def rows(self) -> list[dict[str, float]]:
        """All rows so far."""
        if not self.path.exists():
            return []
        with self.path.open(newline="") as stream:
            return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(stream)]

    def draw(self, target: Path) -> None:
        """Draw every column over the first one, one panel each."""
        rows = self.rows()
        if len(rows) < 2:
            return
        names = [name for name in rows[0] if name not in {"step", "seconds"}]
        lines = -(-len(names) // _COLUMNS)
        sheet = Image.new("RGB", (_PANEL[0] * _COLUMNS, _PANEL[1] * lines), "white")
        for index, name in enumerate(names):
            corner = (index % _COLUMNS * _PANEL[0], index // _COLUMNS * _PANEL[1])
            steps = [row["step"] for row in rows]
            _panel(ImageDraw.Draw(sheet), corner, name, steps, [row[name] for row in rows])
        sheet.save(target)


def _panel(
    draw: ImageDraw.ImageDraw,
    corner: tuple[int, int],
    name: str,
    steps: Sequence[float],
    values: Sequence[float],
) -> None:
    left, top = corner[0] + _MARGIN, corner[1] + _MARGIN // 2 + 8
    width, height = _PANEL[0] - _MARGIN - 10, _PANEL[1] - _MARGIN - 14
    low, high = min(values), max(values)
    high = high if high > low else low + 1.0
    span = (steps[-1] - steps[0]) or 1.0

    def place(step: float, value: float) -> tuple[float, float]:
        x = left + (step - steps[0]) / span * width
        return x, top + (high - value) / (high - low) * height

    draw.rectangle((left, top, left + width, top + height), outline=(200, 200, 200))
    draw.text((left, corner[1] + 4), f"{name}: {values[-1]:.4g}", fill=(30, 30, 30))
    draw.text((corner[0] + 2, top), f"{high:.3g}", fill=(120, 120, 120))
    draw.text((corner[0] + 2, top + height - 10), f"{low:.3g}", fill=(120, 120, 120))
    draw.text((left, top + height + 2), f"{steps[0]:.0f} - {steps[-1]:.0f}", fill=(120, 120, 120))
    points = [place(s, v) for s, v in zip(steps, values, strict=True)]
    draw.line(points, fill=(170, 190, 230))
    smooth = [
        (
            point[0],
            sum(p[1] for p in points[max(0, i - _SMOOTHED) : i + 1]) / min(i + 1, _SMOOTHED + 1),
        )
        for i, point in enumerate(points)
    ]
    draw.line(smooth, fill=(20, 60, 160), width=2)
