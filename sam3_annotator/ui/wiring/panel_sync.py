"""Keeps the objects, properties and history panels in step, and hands their wishes on."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, QTimer

from sam3_annotator.domain.entities import FrameFlag
from sam3_annotator.domain.review import standing_mark
from sam3_annotator.engine.protocol import Capability
from sam3_annotator.ui.panels.history import StepRow
from sam3_annotator.ui.panels.objects import CategoryGroup, ObjectRow, Ways
from sam3_annotator.ui.panels.properties import CategoryChoice, ObjectProperties
from sam3_annotator.ui.text import in_words, translate, worded
from sam3_annotator.ui.wiring import doubt_words, naming

if TYPE_CHECKING:
    from sam3_annotator.domain.contents import MediaContents
    from sam3_annotator.domain.entities import Annotation, Category, TrackedObject
    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.domain.project import Project
    from sam3_annotator.store.journal import HistoryEntry
    from sam3_annotator.ui.panels.history import HistoryPanel
    from sam3_annotator.ui.panels.objects import ObjectsPanel
    from sam3_annotator.ui.panels.properties import PropertiesPanel
    from sam3_annotator.ui.wiring.categories import CategoryDesk
    from sam3_annotator.ui.wiring.objects import ObjectDesk
    from sam3_annotator.ui.wiring.workspace import Workspace


class PanelSync(QObject):
    """Fills the three panels; several changes in a row are shown once."""

    def __init__(
        self,
        workspace: Workspace,
        objects: ObjectsPanel,
        properties: PropertiesPanel,
        history: HistoryPanel,
    ) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._objects, self._properties, self._history = objects, properties, history
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.refresh)
        workspace.view_changed.connect(lambda _, after: after.is_playing or self._soon.start())
        workspace.touched.connect(lambda _: self._soon.start())
        workspace.document_changed.connect(self._soon.start)
        workspace.settings.changed.connect(lambda _: self._soon.start())
        workspace.theme.changed.connect(objects.use_theme)
        workspace.model_changed.connect(lambda _: self._show_ways())
        workspace.settings.changed.connect(lambda _: self._show_ways())
        workspace.theme.changed.connect(history.use_theme)
        objects.selection_changed.connect(lambda ids: workspace.state.update(selection=ids))
        history.jump_requested.connect(self._jump)
        self._show_ways()

    def _show_ways(self) -> None:
        """What leads to a first object depends on what is loaded, and on the keys."""
        model, behind = self._workspace.model, self._workspace.keymap.behind
        can = frozenset(Capability) if model is None else model.capabilities
        ways = Ways(
            finds_phrases=Capability.PHRASE in can,
            finds_similar=Capability.EXEMPLAR in can,
            click=behind("tool.click"),
            box=behind("tool.box"),
            phrase=behind("find.phrase"),
            example=behind("tool.exemplar"),
        )
        self._objects.show_ways(ways)
        self._properties.show_way(behind("tool.select"))

    def connect_desks(self, objects: ObjectDesk, categories: CategoryDesk) -> None:
        """Hand the panels' wishes to those who can fulfil them."""
        panel, properties = self._objects, self._properties
        panel.visibility_toggled.connect(
            lambda one, is_on: objects.set_hidden((one,), is_hidden=not is_on)
        )
        panel.lock_toggled.connect(lambda one, is_on: objects.set_locked((one,), is_locked=is_on))
        panel.category_activated.connect(lambda one: self._workspace.state.update(category_id=one))
        panel.category_renamed.connect(categories.rename)
        properties.category_chosen.connect(categories.choose)
        properties.attribute_edited.connect(objects.set_attribute)
        properties.flag_toggled.connect(lambda flag, is_on: objects.set_flag(flag, is_on=is_on))

    def refresh(self) -> None:
        """Fill all three panels again."""
        project, view = self._workspace.project, self._workspace.view
        if project is None or view.media_id is None:
            self._objects.show_groups(())
            self._properties.show_object(None)
        else:
            self._objects.show_groups(self._groups(project))
            self._objects.select(view.selection)
            self._properties.show_object(self._described(project, view.selected))
        self._show_history()

    def _jump(self, number: int) -> None:
        self._workspace.rewinding.emit()
        with self._workspace.explaining():
            self._workspace.require_document().jump_to(number)

    def _show_history(self) -> None:
        document = self._workspace.document
        steps = () if document is None else tuple(reversed(document.history()))
        self._history.show_steps([_step_row(step) for step in steps])

    def _groups(self, project: Project) -> tuple[CategoryGroup, ...]:
        view, by_category = self._workspace.view, self._workspace.settings.colors_by_category
        if view.media_id is None:
            return ()
        notes = {item.id: note for item, note in project.on_frame(view.media_id, view.frame)}
        groups = []
        for category in project.categories.values():
            items = [o for o in project.objects(view.media_id) if o.category_id == category.id]
            items.sort(key=lambda item: item.number)
            is_active = category.id == view.category_id
            rows = tuple(
                ObjectRow(
                    item.id,
                    naming.object_name(project, item),
                    naming.object_color(item, category, by_category=by_category),
                    naming.origin_line(item, notes.get(item.id)),
                    item.is_hidden,
                    item.is_locked,
                )
                for item in items
            )
            note = _heading_note(category, len(rows))
            groups.append(
                CategoryGroup(category.id, category.name, category.color, note, is_active, rows)
            )
        return tuple(groups)

    def _described(self, project: Project, selected: ObjectId | None) -> ObjectProperties | None:
        media_id = self._workspace.view.media_id
        if selected is None or media_id is None:
            return None
        item = project.contents(media_id).objects.get(selected)
        if item is None:
            return None
        note = project.masklet(selected).at(self._workspace.view.frame)
        category = project.category(item.category_id)
        values = {**dict(item.attributes), **(dict(note.attributes) if note else {})}
        return ObjectProperties(
            name=naming.object_name(project, item),
            category=item.category_id,
            categories=tuple(
                CategoryChoice(one.id, one.name, one.color) for one in project.categories.values()
            ),
            attributes=tuple((spec, values.get(spec.name)) for spec in category.attributes),
            flags=note.flags if note is not None else FrameFlag.NONE,
            facts=(
                *_facts(item, note),
                *_run_facts(project, note),
                *_review_facts(project.contents(media_id), selected, note),
            ),
            is_locked=item.is_locked,
        )


def _heading_note(category: Category, count: int) -> str:
    if not category.hotkey:
        return str(count)
    return translate("ObjectsPanel", "{count} · KEY {key}").format(count=count, key=category.hotkey)


def _facts(item: TrackedObject, note: Annotation | None) -> tuple[tuple[str, str], ...]:
    number = QLocale().toString
    facts = [(translate("PropertiesPanel", "Made by"), item.origin or "–")]  # noqa: RUF001
    if item.score is not None:
        facts.append((translate("PropertiesPanel", "Found with"), f"{item.score:.2f}"))
    if note is None:
        return tuple(facts)
    area = translate("PropertiesPanel", "{n} px").format(n=number(note.area))
    facts.append((translate("PropertiesPanel", "Area"), area))
    box = note.box
    facts.append(
        (
            translate("PropertiesPanel", "Box"),
            f"{box.left}, {box.top} – {box.width} x {box.height}",  # noqa: RUF001 - a dash
        )
    )
    facts.append((translate("PropertiesPanel", "Source"), naming.source_word(note.source)))
    if note.score is not None:
        facts.append((translate("PropertiesPanel", "Confidence"), f"{note.score:.2f}"))
    if note.author:
        facts.append((translate("PropertiesPanel", "Author"), note.author))
    if note.edited_at:
        facts.append((translate("PropertiesPanel", "Edited"), _when(note.edited_at)))
    return tuple(facts)


def _run_facts(project: Project, note: Annotation | None) -> tuple[tuple[str, str], ...]:
    """Which weights made the mask, when, and with which settings."""
    run = None if note is None or note.pass_id is None else project.passes.get(note.pass_id)
    if run is None:
        return ()
    weights = " ".join(part for part in (run.model, run.weights_hash[:8]) if part)
    settings = [f"{key}: {_plain(value)}" for key, value in json.loads(run.settings).items()]
    text = "; ".join((_when(run.started_at), *settings))
    return ((translate("PropertiesPanel", "Model"), f"{weights} ({text})"),)


def _review_facts(
    contents: MediaContents, selected: ObjectId, note: Annotation | None
) -> tuple[tuple[str, str], ...]:
    """Who said what of the mask, and when."""
    mark = None if note is None else standing_mark(contents, selected, note.frame)
    if mark is None:
        return ()
    who = (doubt_words.state_word(mark.state), mark.author or "?", _when(mark.marked_at))
    return ((translate("PropertiesPanel", "Review"), in_words(who)),)


def _plain(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _when(seconds: float) -> str:
    local = datetime.fromtimestamp(seconds, tz=timezone.utc).astimezone()
    return f"{local:%Y-%m-%d %H:%M}"


def _step_row(entry: HistoryEntry) -> StepRow:
    detail = " ".join(part for part in (entry.author, _when(entry.made_at)) if part)
    return StepRow(entry.id, worded(entry.title), detail, is_undone=entry.is_undone)
