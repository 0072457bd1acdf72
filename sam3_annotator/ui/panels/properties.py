"""Properties panel: category, attributes and flags of the selected object on the shown frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from sam3_annotator.domain.entities import AttributeSpec, AttributeValue, FrameFlag
from sam3_annotator.domain.ids import CategoryId
from sam3_annotator.ui.icons import swatch
from sam3_annotator.ui.panels.placeholder import EmptyOr, Placeholder
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class CategoryChoice:
    """One category that can be chosen."""

    id: CategoryId
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class ObjectProperties:
    """Everything the panel shows of one object.

    Attributes:
        facts: read-only lines, name and value: area, box, source, score, author.
        attributes: each typed attribute with its present value, None where it has none.
    """

    name: str
    category: CategoryId
    categories: tuple[CategoryChoice, ...]
    attributes: tuple[tuple[AttributeSpec, AttributeValue | None], ...]
    flags: FrameFlag
    facts: tuple[tuple[str, str], ...]
    is_locked: bool = False


class PropertiesPanel(QWidget):
    """Shows the properties it is given; sends wishes as signals.

    Signals:
        category_chosen: the CategoryId the object should have.
        attribute_edited: name and new value (str, float, bool; None to clear).
        flag_toggled: the FrameFlag and whether it should be set.
    """

    category_chosen = Signal(object)
    attribute_edited = Signal(str, object)
    flag_toggled = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(translate("PropertiesPanel", "Properties"))
        self._shown: ObjectProperties | None = None
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._empty = EmptyOr(self._area, Placeholder("", ""))
        self.show_way("")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty)

    def show_way(self, key: str) -> None:
        """Say how to come by something to show.

        Args:
            key: of the select tool as it stands behind what it does, " (V)", or "".
        """
        text = translate(
            "PropertiesPanel",
            "Select one object, in the picture{key} or in the list, to see its category, "
            "attributes and flags.",
        )
        heading = translate("PropertiesPanel", "Nothing selected")
        self._empty.placeholder.say(heading, text.format(key=key))

    def show_object(self, properties: ObjectProperties | None) -> None:
        """Show an object, or the hint when there is none (or several)."""
        if properties == self._shown:
            return
        self._shown = properties
        if properties is not None:
            self._area.setWidget(self._form(properties))
        self._empty.show_content(has_content=properties is not None)

    def _form(self, properties: ObjectProperties) -> QWidget:
        form = QWidget()
        layout = QFormLayout(form)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setVerticalSpacing(8)
        layout.setHorizontalSpacing(12)
        heading = QLabel(properties.name)
        heading.setProperty("role", "heading")
        layout.addRow(heading)
        if properties.is_locked:
            locked = QLabel(translate("PropertiesPanel", "Locked: unlock it to change it."))
            locked.setProperty("role", "warn")
            locked.setWordWrap(True)
            layout.addRow(locked)
        editors: list[tuple[str, QWidget]] = [
            (translate("PropertiesPanel", "Category"), self._category_box(properties))
        ]
        editors += [
            (spec.name, self._attribute_editor(spec, value))
            for spec, value in properties.attributes
        ]
        for label, editor in editors:
            editor.setAccessibleName(label)
            editor.setEnabled(not properties.is_locked)
            layout.addRow(label, editor)
        self._add_flags(layout, properties)
        self._add_facts(layout, properties.facts)
        return form

    def _category_box(self, properties: ObjectProperties) -> QComboBox:
        box = QComboBox()
        for choice in properties.categories:
            box.addItem(swatch(choice.color), choice.name, int(choice.id))
        box.setCurrentIndex(box.findData(int(properties.category)))
        box.activated.connect(lambda row: self.category_chosen.emit(CategoryId(box.itemData(row))))
        return box

    def _attribute_editor(self, spec: AttributeSpec, value: AttributeValue | None) -> QWidget:
        if spec.kind == "flag":
            return self._flag_editor(spec, value)
        if spec.kind == "choice":
            return self._choice_editor(spec, value)
        line = QLineEdit("" if value is None else _as_text(value))
        send = self._send_number if spec.kind == "number" else self._send_text
        if spec.kind == "number":
            line.setPlaceholderText(translate("PropertiesPanel", "a number"))
        line.editingFinished.connect(partial(send, spec.name, line, value))
        return line

    def _flag_editor(self, spec: AttributeSpec, value: AttributeValue | None) -> QCheckBox:
        check = QCheckBox()
        check.setChecked(bool(value))
        check.toggled.connect(partial(self.attribute_edited.emit, spec.name))
        return check

    def _choice_editor(self, spec: AttributeSpec, value: AttributeValue | None) -> QComboBox:
        box = QComboBox()
        box.addItem(translate("PropertiesPanel", "not set"), None)
        for choice in spec.choices:
            box.addItem(choice, choice)
        box.setCurrentIndex(max(0, box.findData(value)))
        box.activated.connect(lambda row: self.attribute_edited.emit(spec.name, box.itemData(row)))
        return box

    def _send_text(self, name: str, line: QLineEdit, before: AttributeValue | None) -> None:
        text = line.text().strip()
        if text != ("" if before is None else _as_text(before)):
            self.attribute_edited.emit(name, text or None)

    def _send_number(self, name: str, line: QLineEdit, before: AttributeValue | None) -> None:
        text = line.text().strip()
        if not text:
            if before is not None:
                self.attribute_edited.emit(name, None)
            return
        value, is_number = QLocale.c().toDouble(text.replace(",", "."))
        if not is_number:
            line.setText("" if before is None else _as_text(before))
        elif value != before:
            self.attribute_edited.emit(name, value)

    def _add_flags(self, layout: QFormLayout, properties: ObjectProperties) -> None:
        layout.addRow(_section(translate("PropertiesPanel", "ON THIS FRAME")))
        for flag, text in _flag_texts():
            check = QCheckBox(text)
            check.setChecked(bool(properties.flags & flag))
            check.setEnabled(not properties.is_locked)
            check.toggled.connect(partial(self.flag_toggled.emit, flag))
            layout.addRow(check)

    @staticmethod
    def _add_facts(layout: QFormLayout, facts: Sequence[tuple[str, str]]) -> None:
        layout.addRow(_section(translate("PropertiesPanel", "FACTS")))
        for name, value in facts:
            label, shown = QLabel(name), QLabel(value)
            label.setProperty("role", "dim")
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            layout.addRow(label, shown)


def _flag_texts() -> tuple[tuple[FrameFlag, str], ...]:
    return (
        (FrameFlag.ABSENT, translate("PropertiesPanel", "Absent")),
        (FrameFlag.OCCLUDED, translate("PropertiesPanel", "Occluded")),
        (FrameFlag.OUT_OF_VIEW, translate("PropertiesPanel", "Out of view")),
        (FrameFlag.UNSURE, translate("PropertiesPanel", "Unsure")),
    )


def _as_text(value: AttributeValue) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _section(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "section")
    return label
