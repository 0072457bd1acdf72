"""Training curves: a CSV to compute with, a PNG to look at."""

from __future__ import annotations

import csv
import math
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
    """A table of named numbers, one row per checkpoint; what a row does not name stays empty.

    Args:
        path: the CSV file; rows of an earlier part of the run are kept.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, row: Mapping[str, float]) -> None:
        """Append one row; a name that is new becomes a column."""
        self._write([*self.rows(), dict(row)])

    def cut(self, step: int) -> None:
        """Forget the rows after a step: those of a run that was killed before it was saved."""
        rows = self.rows()
        kept = [row for row in rows if row["step"] <= step]
        if len(kept) < len(rows):
            self._write(kept)

    def rows(self) -> list[dict[str, float]]:
        """All rows so far, without what is empty."""
        if not self.path.exists():
            return []
        with self.path.open(newline="", encoding="utf-8") as stream:
            return [{k: float(v) for k, v in row.items() if v} for row in csv.DictReader(stream)]

    def _write(self, rows: Sequence[Mapping[str, float]]) -> None:
        names = list(dict.fromkeys(name for row in rows for name in row))
        partial = self.path.with_suffix(".partial")
        with partial.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, fieldnames=names, restval="", lineterminator="\n")
            writer.writeheader()
            for row in rows:
                writer.writerow({name: f"{value:.6g}" for name, value in row.items()})
        partial.replace(self.path)

    def draw(self, target: Path) -> None:
        """Draw every column over the first one, one panel each."""
        rows = self.rows()
        if len(rows) < 2:
            return
        every = dict.fromkeys(name for row in rows for name in row)
        names = [name for name in every if name not in {"step", "seconds"}]
        lines = -(-len(names) // _COLUMNS)
        sheet = Image.new("RGB", (_PANEL[0] * _COLUMNS, _PANEL[1] * lines), "white")
        for index, name in enumerate(names):
            corner = (index % _COLUMNS * _PANEL[0], index // _COLUMNS * _PANEL[1])
            known = [row for row in rows if math.isfinite(row.get(name, math.nan))]
            if known:
                steps = [row["step"] for row in known]
                _panel(ImageDraw.Draw(sheet), corner, name, steps, [row[name] for row in known])
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
