"""How the timeline looks: lanes, names, ruler, cursor, range and marks, painted by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen, QPixmap, QPolygonF

from sam3_annotator.ui.panels.timeline.columns import NO_VALUE, Kind
from sam3_annotator.ui.panels.timeline.lanes import HEADING_PX, ROW_PX
from sam3_annotator.ui.panels.timeline.pixels import LANE_PX, Inks, lane_bytes, lane_table
from sam3_annotator.ui.text import translate
from sam3_annotator.ui.tokens import SMALL_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.ui.panels.timeline.columns import LaneFrames
    from sam3_annotator.ui.panels.timeline.lanes import Lane, Row
    from sam3_annotator.ui.panels.timeline.scale import Scale
    from sam3_annotator.ui.tokens import Tokens

NAMES_PX = 170
RULER_PX = 24
_DIAMOND_PX = 13
_LEAST_WORD_PX = 16
_NOTICE_PX = 12
_TOP = (ROW_PX - LANE_PX) // 2


@dataclass(frozen=True, slots=True)
class Shown:
    """What moves over the lanes.

    Attributes:
        span: the selected range of frames, both ends included; None for none.
        cuts: first frames of new shots.
        comments: frames with a comment pinned to them.
    """

    frame: int = 0
    selection: tuple[ObjectId, ...] = ()
    span: tuple[int, int] | None = None
    cuts: tuple[int, ...] = ()
    comments: tuple[int, ...] = ()


class LanePainter:
    """Draws what is in sight; keeps what is dear to make: colour tables and diamonds."""

    def __init__(self, tokens: Tokens) -> None:
        self._shows_score = self._shows_area = True
        self._tables: dict[str, list[int]] = {}
        self._diamonds: dict[tuple[str, float], QPixmap] = {}
        self._lanes_key: object = None
        self._images: dict[int, QImage] = {}
        self._gone: dict[int, list[tuple[int, int]]] = {}
        self._held: tuple[LaneFrames, ...] = ()
        self._small = self._plain = QFont()
        self.use_theme(tokens)

    def use_theme(self, tokens: Tokens) -> None:
        """Draw in another theme's colours."""
        self._tokens = tokens
        self._inks = Inks(
            tokens.panel, tokens.good, tokens.warn, tokens.bad, tokens.dim, tokens.is_dark
        )
        self._tables.clear()
        self._diamonds.clear()
        self._lanes_key = None

    def use_curves(self, *, shows_score: bool, shows_area: bool) -> None:
        """Draw or leave out the two curves."""
        self._shows_score, self._shows_area = shows_score, shows_area
        self._lanes_key = None

    def paint(
        self,
        painter: QPainter,
        area: QRect,
        rows: Sequence[Row],
        scale: Scale,
        shown: Shown,
        scroll: int,
    ) -> None:
        """Everything, into ``area``; only rows in sight cost anything."""
        self._small = _sized(painter.font(), SMALL_PX)
        self._plain = _sized(painter.font(), SMALL_PX + 1)
        tokens = self._tokens
        painter.fillRect(area, QColor(tokens.panel))
        room = area.adjusted(0, RULER_PX, 0, 0)
        seen = [
            row
            for row in rows
            if row.top + row.height > scroll and row.top < scroll + room.height()
        ]
        painter.save()
        painter.setClipRect(room)
        self._paint_rows(painter, room, seen, scale, shown, scroll)
        painter.restore()
        self._paint_ruler(painter, area, scale, shown)
        painter.setPen(QPen(QColor(tokens.line)))
        painter.drawLine(NAMES_PX - 1, 0, NAMES_PX - 1, area.height())
        painter.drawLine(0, RULER_PX - 1, area.width(), RULER_PX - 1)

    def paint_notice(self, painter: QPainter, area: QRect, text: str) -> None:
        """What is said where there are no lanes."""
        painter.setFont(_sized(painter.font(), SMALL_PX + 1))
        painter.setPen(QColor(self._tokens.dim))
        room = area.adjusted(NAMES_PX + _NOTICE_PX, RULER_PX, -_NOTICE_PX, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)

    def spoken(self, lane: Lane, frame: int) -> str:
        """One line about a lane's frame: "bus 2, frame 12, model .93"."""
        word = _kind_words()[Kind(int(lane.frames.kinds[frame]))]
        score = int(lane.frames.scores[frame])
        more = "" if score == NO_VALUE else f" {score / 250:.2f}".replace("0.", ".")
        text = translate("Timeline", "{name}, frame {n}: {what}")
        return text.format(name=lane.name, n=frame, what=word) + more

    # ------------------------------------------------------------------ lanes

    def _paint_rows(
        self,
        painter: QPainter,
        room: QRect,
        seen: Sequence[Row],
        scale: Scale,
        shown: Shown,
        scroll: int,
    ) -> None:
        lanes = [row.lane for row in seen if row.lane is not None]
        pictures = self._pictures(lanes, scale)
        offset = room.top() - scroll
        for row in seen:
            y, lane = row.top + offset, row.lane
            if lane is None:
                self._paint_heading(painter, room, row, y)
                continue
            is_selected = lane.object_id in shown.selection
            if is_selected:
                painter.fillRect(0, y, room.width(), ROW_PX, QColor(self._tokens.hover))
            painter.drawImage(NAMES_PX, y + _TOP, pictures[id(lane.frames)])
            self._paint_words(painter, lane, y)
            self._paint_diamonds(painter, lane, scale, y)
            self._paint_name(painter, lane, y, is_selected=is_selected)
        self._paint_span(painter, room, scale, shown)
        self._paint_cuts(painter, room, scale, shown)
        self._paint_cursor(painter, room, scale, shown)

    def _pictures(self, lanes: Sequence[Lane], scale: Scale) -> dict[int, QImage]:
        if not lanes:
            return {}
        # Frames are looked at again only when they, or the scale, are others than last time.
        key = (scale, tuple((id(lane.frames), lane.color) for lane in lanes))
        if key == self._lanes_key:
            return self._images
        columns = [lane.frames.columns(scale) for lane in lanes]
        phase = round(scale.first * scale.frame_px)
        rows = lane_bytes(
            columns, phase, shows_score=self._shows_score, shows_area=self._shows_area
        )
        self._images = {
            id(lane.frames): self._image(row, lane.color)
            for lane, row in zip(lanes, rows, strict=True)
        }
        gone = _stretches_of_absence(np.stack([one.kinds for one in columns]))
        self._gone = {id(lane.frames): one for lane, one in zip(lanes, gone, strict=True)}
        # The frames are held as long as their addresses are keys.
        self._lanes_key, self._held = key, tuple(lane.frames for lane in lanes)
        return self._images

    def _image(self, row: NDArray[np.uint8], color: str) -> QImage:
        """One lane as a picture that can be copied to the screen as it is."""
        height, width = row.shape
        indexed = QImage(row.data, width, height, width, QImage.Format.Format_Indexed8)
        indexed.setColorTable(self._table(color))
        return indexed.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)

    def _table(self, color: str) -> list[int]:
        if color not in self._tables:
            self._tables[color] = lane_table(color, self._inks)
        return self._tables[color]

    def _paint_diamonds(self, painter: QPainter, lane: Lane, scale: Scale, y: int) -> None:
        human = lane.frames.human
        begin, stop = np.searchsorted(human, (scale.first - 1, scale.first + scale.shown + 1))
        ratio = painter.device().devicePixelRatioF()
        pixmap = self._diamond(lane.color, ratio)
        middle, last = y + ROW_PX / 2, -1e9
        for frame in human[begin:stop].tolist():
            x = scale.center_of(frame)
            if x - last < _DIAMOND_PX * 0.7:
                continue
            last = x
            half = _DIAMOND_PX / 2
            painter.drawPixmap(QPointF(NAMES_PX + x - half, middle - half), pixmap)

    def _diamond(self, color: str, ratio: float) -> QPixmap:
        key = (color, ratio)
        if key not in self._diamonds:
            pixmap = QPixmap(round(_DIAMOND_PX * ratio), round(_DIAMOND_PX * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._tokens.panel), 1.5))
            painter.setBrush(QColor(color))
            middle, reach = _DIAMOND_PX / 2, _DIAMOND_PX / 2 - 0.8
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(middle, middle - reach),
                        QPointF(middle + reach, middle),
                        QPointF(middle, middle + reach),
                        QPointF(middle - reach, middle),
                    ]
                )
            )
            painter.end()
            self._diamonds[key] = pixmap
        return self._diamonds[key]

    def _paint_words(self, painter: QPainter, lane: Lane, y: int) -> None:
        """Say "absent" where there is room for the word."""
        stretches = self._gone.get(id(lane.frames))
        if not stretches:
            return
        word = translate("Timeline", "absent")
        painter.setFont(self._small)
        wide = painter.fontMetrics().horizontalAdvance(word) + 12
        painter.setPen(QColor(self._tokens.dim))
        for begin, stop in stretches:
            if stop - begin < wide:
                continue
            box = QRect(NAMES_PX + (begin + stop - wide) // 2, y + 4, wide, ROW_PX - 8)
            painter.fillRect(box, QColor(self._tokens.panel))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)

    # ------------------------------------------------------------------ names

    def _paint_heading(self, painter: QPainter, room: QRect, row: Row, y: int) -> None:
        painter.setFont(self._small)
        painter.setPen(QColor(self._tokens.dim))
        box = QRect(12, y, NAMES_PX - 20, HEADING_PX)
        text = f"{row.heading} · {row.count}"
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(QColor(self._tokens.line))
        painter.drawLine(NAMES_PX, y + HEADING_PX // 2, room.width(), y + HEADING_PX // 2)

    def _paint_name(self, painter: QPainter, lane: Lane, y: int, *, is_selected: bool) -> None:
        painter.setFont(self._plain)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(lane.color))
        painter.drawRoundedRect(QRectF(12, y + ROW_PX / 2 - 5, 10, 10), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        is_quiet = lane.is_hidden and not is_selected
        painter.setPen(QColor(self._tokens.dim if is_quiet else self._tokens.text))
        box = QRect(30, y, NAMES_PX - 54, ROW_PX)
        name = painter.fontMetrics().elidedText(lane.name, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
        colors = {"✓": self._tokens.good, "✗": self._tokens.bad, "!": self._tokens.warn}
        painter.setPen(QColor(colors.get(lane.badge, self._tokens.dim)))
        badge = QRect(NAMES_PX - 24, y, 16, ROW_PX)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, lane.badge)

    # ------------------------------------------------------------------ over the lanes

    def _paint_ruler(self, painter: QPainter, area: QRect, scale: Scale, shown: Shown) -> None:
        tokens = self._tokens
        painter.save()
        painter.setClipRect(QRect(NAMES_PX, 0, area.width() - NAMES_PX, RULER_PX))
        painter.setFont(self._small)
        named, small = scale.ticks()
        first, last = int(scale.first), int(scale.first + scale.shown) + 1
        painter.setPen(QColor(tokens.line))
        if small * scale.frame_px >= 4:
            begin = first // small * small
            marks = [
                QLineF(x, RULER_PX - 6, x, RULER_PX - 2)
                for f in range(begin, min(last, scale.frame_count), small)
                for x in [NAMES_PX + scale.center_of(f)]
            ]
            painter.drawLines(marks)
        for frame in named:
            x = NAMES_PX + scale.center_of(frame)
            painter.setPen(QColor(tokens.dim))
            painter.drawLine(QLineF(x, RULER_PX - 9, x, RULER_PX - 2))
            width = painter.fontMetrics().horizontalAdvance(str(frame))
            is_cut = x + 4 + width > area.width()
            painter.drawText(QPointF(x - 4 - width if is_cut else x + 4, RULER_PX - 9), str(frame))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.warn))
        for frame in shown.comments:
            x = NAMES_PX + scale.center_of(frame)
            painter.drawEllipse(QPointF(x, RULER_PX - 5), 3, 3)
        x = NAMES_PX + scale.center_of(shown.frame)
        painter.setBrush(QColor(tokens.accent))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPolygon(
            QPolygonF([QPointF(x - 5, RULER_PX - 8), QPointF(x + 5, RULER_PX - 8),
                       QPointF(x, RULER_PX - 1)])
        )  # fmt: skip
        painter.restore()

    def _paint_cursor(self, painter: QPainter, room: QRect, scale: Scale, shown: Shown) -> None:
        tokens = self._tokens
        left = NAMES_PX + scale.x_of(shown.frame)
        if left + scale.frame_px < NAMES_PX:
            return
        painter.save()
        painter.setClipRect(room.adjusted(NAMES_PX, 0, 0, 0))
        if scale.frame_px >= 6:
            wash = QColor(tokens.accent)
            wash.setAlpha(40)
            painter.fillRect(QRectF(left, room.top(), scale.frame_px, room.height()), wash)
        x = NAMES_PX + scale.center_of(shown.frame)
        painter.setPen(QPen(QColor(tokens.accent), 1.5))
        painter.drawLine(QLineF(x, room.top(), x, room.bottom() + 1))
        painter.restore()

    def _paint_span(self, painter: QPainter, room: QRect, scale: Scale, shown: Shown) -> None:
        if shown.span is None:
            return
        left = NAMES_PX + max(0.0, scale.x_of(shown.span[0]))
        right = NAMES_PX + min(float(scale.width), scale.x_of(shown.span[1] + 1))
        if right <= left:
            return
        wash = QColor(self._tokens.accent)
        wash.setAlpha(36)
        painter.fillRect(QRectF(left, room.top(), right - left, room.height()), wash)
        painter.setPen(QPen(QColor(self._tokens.accent), 1))
        painter.drawLine(QLineF(left, room.top(), left, room.bottom()))
        painter.drawLine(QLineF(right, room.top(), right, room.bottom()))

    def _paint_cuts(self, painter: QPainter, room: QRect, scale: Scale, shown: Shown) -> None:
        if not shown.cuts:
            return
        painter.setPen(QPen(QColor(self._tokens.warn), 1, Qt.PenStyle.DashLine))
        for cut in shown.cuts:
            x = scale.x_of(cut)
            if 0 <= x <= scale.width:
                painter.drawLine(QLineF(NAMES_PX + x, room.top(), NAMES_PX + x, room.bottom() + 1))


def _stretches_of_absence(kinds: NDArray[np.uint8]) -> list[list[tuple[int, int]]]:
    """Of (L, W) kinds: first and one after the last column of each stretch, for every lane.

    Stretches that no word fits into are left out.
    """
    gone = np.zeros((kinds.shape[0], kinds.shape[1] + 2), np.int8)
    gone[:, 1:-1] = (kinds == Kind.ABSENT) | (kinds == Kind.HUMAN_ABSENT)
    lanes, edges = np.nonzero(np.diff(gone, axis=1))
    found: list[list[tuple[int, int]]] = [[] for _ in kinds]
    is_wide = edges[1::2] - edges[::2] >= _LEAST_WORD_PX
    for lane, begin, stop in zip(
        lanes[::2][is_wide].tolist(),
        edges[::2][is_wide].tolist(),
        edges[1::2][is_wide].tolist(),
        strict=True,
    ):
        found[lane].append((begin, stop))
    return found


def _sized(font: QFont, pixels: int) -> QFont:
    sized = QFont(font)
    sized.setPixelSize(pixels)
    return sized


def _kind_words() -> dict[Kind, str]:
    return {
        Kind.UNKNOWN: translate("Timeline", "nothing known"),
        Kind.ABSENT: translate("Timeline", "absent, says the model"),
        Kind.IMPORTED: translate("Timeline", "imported"),
        Kind.INTERPOLATED: translate("Timeline", "interpolated"),
        Kind.MODEL: translate("Timeline", "model"),
        Kind.LOW: translate("Timeline", "model, unsure"),
        Kind.HUMAN_ABSENT: translate("Timeline", "absent, says a person"),
        Kind.HUMAN: translate("Timeline", "human frame"),
    }
