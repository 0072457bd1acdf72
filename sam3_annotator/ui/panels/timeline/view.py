"""LanesView: the lanes of a clip as an own raster widget, with ruler, cursor and range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QScrollBar, QToolTip, QWidget
from typing_extensions import override

from sam3_annotator.ui.panels.timeline.lanes import Choice, Row, arranged
from sam3_annotator.ui.panels.timeline.painting import NAMES_PX, RULER_PX, LanePainter, Shown
from sam3_annotator.ui.panels.timeline.scale import Scale
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QPaintEvent, QResizeEvent, QWheelEvent

    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.ui.panels.timeline.lanes import Lane
    from sam3_annotator.ui.tokens import Tokens

_NOTCH = 120
_ZOOM_PER_NOTCH = 1.25
_DRAG_PX = 4
_BAR_PX = 10


class LanesView(QWidget):
    """Shows lanes it is given; changes nothing itself.

    Signals:
        frame_wanted: a frame was clicked, or dragged to on the ruler.
        object_wanted: ObjectId of a lane that was clicked, and whether to add to the selection.
        range_dragged: first and last frame, both included.
        range_cleared: a click without dragging took the range away.
        heading_clicked: a category to fold or unfold.
        menu_wanted: ObjectId or None, frame, global position.
        scale_changed: what stretch of the clip is in sight now.
    """

    frame_wanted = Signal(int)
    object_wanted = Signal(object, bool)
    range_dragged = Signal(int, int)
    range_cleared = Signal()
    heading_clicked = Signal(str)
    menu_wanted = Signal(object, int, QPoint)
    scale_changed = Signal()

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setAccessibleName(translate("Timeline", "Timeline"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setMinimumHeight(RULER_PX + 48)
        self._painter = LanePainter(tokens)
        self._lanes: tuple[Lane, ...] = ()
        self._rows: tuple[Row, ...] = ()
        self._way = ""
        self._choice = Choice()
        self._shown = Shown()
        self._scale = Scale()
        self._press: tuple[str, QPointF, int] | None = None
        self._is_dragged = False
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.valueChanged.connect(self.update)

    # ------------------------------------------------------------------ what is shown

    @property
    def scale(self) -> Scale:
        """Where frames lie, from the right edge of the names."""
        return self._scale

    @property
    def rows(self) -> tuple[Row, ...]:
        """Headings and lanes, from the top."""
        return self._rows

    @property
    def notice(self) -> str:
        """What is said while there are no lanes: what leads to some, or that all are left out."""
        return translate("Timeline", "No object fits the filter.") if self._lanes else self._way

    @property
    def choice(self) -> Choice:
        """Which lanes are wanted."""
        return self._choice

    def set_lanes(self, lanes: Sequence[Lane], frame_count: int) -> None:
        """Show these objects of a clip."""
        self._lanes = tuple(lanes)
        if frame_count != self._scale.frame_count:
            self._set_scale(Scale.whole(frame_count, self._lanes_width()))
        self._arrange()

    def show_way(self, way: str) -> None:
        """Say how to come by lanes while there are none."""
        self._way = way
        self.update()

    def set_choice(self, choice: Choice) -> None:
        """Sort, filter and fold in another way."""
        if choice != self._choice:
            self._choice = choice
            self._arrange()

    def set_shown(self, shown: Shown) -> None:
        """Move the cursor, the range, the selection and the marks."""
        before, self._shown = self._shown, shown
        if before == shown:
            return
        if before.frame != shown.frame:
            self._set_scale(self._scale.showing(shown.frame))
        if before.selection != shown.selection:
            self._bring_into_sight(shown.selection)
        self.setAccessibleDescription(
            translate("Timeline", "frame {n}, {lanes} objects").format(
                n=shown.frame, lanes=len(self._lanes)
            )
        )
        self.update()

    def use_theme(self, tokens: Tokens) -> None:
        """Draw in another theme's colours."""
        self._painter.use_theme(tokens)
        self.update()

    def use_curves(self, *, shows_score: bool, shows_area: bool) -> None:
        """Draw or leave out the two curves."""
        self._painter.use_curves(shows_score=shows_score, shows_area=shows_area)
        self.update()

    def zoom(self, factor: float) -> None:
        """Zoom around the cursor; 0 shows the whole clip."""
        if factor <= 0:
            self._set_scale(Scale.whole(self._scale.frame_count, self._lanes_width()))
        else:
            x = self._scale.center_of(self._shown.frame)
            self._set_scale(self._scale.zoomed(factor, x))

    def show_stretch(self, first: float) -> None:
        """Bring a frame to the left edge."""
        self._set_scale(self._scale.panned((first - self._scale.first) * self._scale.frame_px))

    # ------------------------------------------------------------------ Qt

    @override
    def sizeHint(self) -> QSize:
        return QSize(800, 170)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRect(0, 0, self.width(), self.height())
        self._painter.paint(painter, area, self._rows, self._scale, self._shown, self._bar.value())
        if not self._rows:
            self._painter.paint_notice(painter, area, self.notice)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_scale(self._scale.resized(self._lanes_width()))
        self._place_bar()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / _NOTCH
        across = event.angleDelta().x() / _NOTCH
        x, modifiers = event.position().x(), event.modifiers()
        if x < NAMES_PX or modifiers & Qt.KeyboardModifier.ControlModifier:
            self._bar.setValue(self._bar.value() - round(notches * 48))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier or across:
            self._set_scale(self._scale.panned(-round((notches + across) * 80)))
        else:
            self._set_scale(self._scale.zoomed(_ZOOM_PER_NOTCH**notches, x - NAMES_PX))
        event.accept()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        where = event.position()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._press = ("pan", where, 0)
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        frame = self._frame_at(where)
        self._is_dragged = False
        if where.y() < RULER_PX and where.x() >= NAMES_PX:
            self._press = ("scrub", where, frame)
            self.frame_wanted.emit(frame)
            return
        self._press = ("range" if where.x() >= NAMES_PX else "name", where, frame)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is None:
            return
        what, begun, first = self._press
        where = event.position()
        if what == "pan":
            self._press = ("pan", where, 0)
            self._set_scale(self._scale.panned(round(begun.x() - where.x())))
        elif what == "scrub":
            self.frame_wanted.emit(self._frame_at(where))
        elif what == "range" and (self._is_dragged or abs(where.x() - begun.x()) > _DRAG_PX):
            self._is_dragged = True
            last = self._frame_at(where)
            self.range_dragged.emit(min(first, last), max(first, last))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        press, self._press = self._press, None
        if press is None or event.button() != Qt.MouseButton.LeftButton or self._is_dragged:
            return
        what, where, frame = press
        row = self._row_at(where)
        if what in ("range", "name") and row is not None:
            if row.lane is None:
                self.heading_clicked.emit(row.heading)
                return
            adds = bool(
                event.modifiers()
                & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
            )
            self.object_wanted.emit(row.lane.object_id, adds)
        if what == "range":
            self.range_cleared.emit()
            self.frame_wanted.emit(frame)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        where = QPointF(event.pos())
        row = self._row_at(where)
        lane = None if row is None or row.lane is None else row.lane.object_id
        self.menu_wanted.emit(lane, self._frame_at(where), event.globalPos())

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            help_event: QHelpEvent = event  # type: ignore[assignment]  # Qt says so by the type
            QToolTip.showText(help_event.globalPos(), self._tip(QPointF(help_event.pos())), self)
            return True
        return super().event(event)

    # ------------------------------------------------------------------ inside

    def _tip(self, where: QPointF) -> str:
        row = self._row_at(where)
        if row is None or row.lane is None:
            return ""
        if where.x() < NAMES_PX:
            return row.lane.name
        frame = self._frame_at(where)
        return self._painter.spoken(row.lane, frame)

    def _set_scale(self, scale: Scale) -> None:
        if scale != self._scale:
            self._scale = scale
            self.update()
            self.scale_changed.emit()

    def _arrange(self) -> None:
        self._rows = arranged(self._lanes, self._choice)
        self._place_bar()
        self.update()

    def _place_bar(self) -> None:
        height = self._rows[-1].top + self._rows[-1].height if self._rows else 0
        room = self.height() - RULER_PX
        self._bar.setGeometry(self.width() - _BAR_PX, RULER_PX, _BAR_PX, max(0, room))
        self._bar.setRange(0, max(0, height - room))
        self._bar.setPageStep(max(1, room))
        self._bar.setVisible(height > room)

    def _lanes_width(self) -> int:
        return max(1, self.width() - NAMES_PX - _BAR_PX)

    def _frame_at(self, where: QPointF) -> int:
        return self._scale.frame_at(where.x() - NAMES_PX)

    def _row_at(self, where: QPointF) -> Row | None:
        if where.y() < RULER_PX:
            return None
        y = where.y() - RULER_PX + self._bar.value()
        return next((r for r in self._rows if r.top <= y < r.top + r.height), None)

    def _bring_into_sight(self, selection: tuple[ObjectId, ...]) -> None:
        if not selection:
            return
        row = next((r for r in self._rows if r.lane and r.lane.object_id == selection[-1]), None)
        if row is None:
            return
        room = self.height() - RULER_PX
        if row.top < self._bar.value():
            self._bar.setValue(row.top)
        elif row.top + row.height > self._bar.value() + room:
            self._bar.setValue(row.top + row.height - room)
