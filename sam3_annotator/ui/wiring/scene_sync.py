"""Keeps what the canvas draws in step with the document, the view and both workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain.prompts import PromptSet
from sam3_annotator.errors import ProjectTrouble, Rejected
from sam3_annotator.ui import canvas as scene
from sam3_annotator.ui.text import translate
from sam3_annotator.ui.wiring import naming
from sam3_annotator.ui.wiring.clip_hint import clip_hint
from sam3_annotator.ui.wiring.draw_hint import draw_hint

if TYPE_CHECKING:
    from sam3_annotator.domain.changes import Touched
    from sam3_annotator.domain.entities import Annotation
    from sam3_annotator.domain.ids import BlobId
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.project import Project
    from sam3_annotator.ui.tokens import Tokens
    from sam3_annotator.ui.wiring.clip_desks import ClipDesks
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.detecting import Search
    from sam3_annotator.workflow.segmenting import Attempt
    from sam3_annotator.workflow.view_state import Display, View


class SceneSync(QObject):
    """Shows objects, candidates and prompts in progress on the canvas."""

    def __init__(self, workspace: Workspace, canvas: scene.CanvasView) -> None:
        super().__init__(workspace)
        self._workspace, self._canvas = workspace, canvas
        self._highlighted: int | None = None
        self._is_running = False
        self._unreadable: set[BlobId | None] = set()
        workspace.document_changed.connect(self._unreadable.clear)
        workspace.view_changed.connect(self._view_changed)
        workspace.touched.connect(self._touched)
        workspace.document_changed.connect(self.refresh)
        workspace.attempt_changed.connect(lambda _: self._show_marks())
        workspace.search_changed.connect(self._search_changed)
        workspace.theme.changed.connect(self._use_theme)
        workspace.settings.changed.connect(lambda _: self.refresh())
        self._use_theme(workspace.theme.tokens)
        self._show_display(workspace.view.display)
        canvas.set_tool(scene.ToolName(workspace.view.tool.value))

    def refresh(self) -> None:
        """Draw everything of the shown frame again."""
        self._canvas.set_objects(self._objects())
        self._show_marks()

    def highlight(self, candidate: int | None) -> None:
        """Point out one candidate, e.g. the current one of the grid."""
        if candidate != self._highlighted:
            self._highlighted = candidate
            self._show_candidates(self._workspace.detecting.search)

    def use_clips(self, clip: ClipDesks) -> None:
        """Say how to stop a run as long as one goes through the shown clip."""

        def follow() -> None:
            if clip.is_running != self._is_running:
                self._is_running = clip.is_running
                self._show_marks()

        clip.runs.changed.connect(lambda _: follow())
        clip.concepts.changed.connect(lambda _: follow())
        self._workspace.view_changed.connect(lambda _before, _after: follow())

    # ------------------------------------------------------------------ inside

    def _view_changed(self, before: View, after: View) -> None:
        if before.tool is not after.tool:
            self._canvas.set_tool(scene.ToolName(after.tool.value))
        if before.display != after.display:
            self._show_display(after.display)
        is_elsewhere = (before.media_id, before.frame) != (after.media_id, after.frame)
        if not is_elsewhere or after.media_id is None:
            self.refresh()  # what lies on another frame is drawn once, when its picture arrives

    def _touched(self, touched: Touched) -> None:
        view = self._workspace.view
        if view.media_id is None or touched.touches(view.media_id, view.frame):
            self.refresh()

    def _search_changed(self, search: Search) -> None:
        self._show_candidates(search)
        self._show_marks()

    def _mask(self, project: Project, annotation: Annotation) -> Mask | None:
        """None for a damaged one, too; that is told once, and everything else is shown."""
        try:
            return project.mask(annotation.object_id, annotation.frame)
        except ProjectTrouble as error:
            if annotation.blob_id not in self._unreadable:
                self._unreadable.add(annotation.blob_id)
                self._workspace.troubled.emit(error)
            return None

    def _objects(self) -> tuple[scene.CanvasObject, ...]:
        workspace, view = self._workspace, self._workspace.view
        project = workspace.project
        if project is None or view.media_id is None:
            return ()
        by_category = workspace.settings.colors_by_category
        shown = []
        for item, annotation in project.on_frame(view.media_id, view.frame):
            mask = self._mask(project, annotation)
            if mask is None or mask.is_empty:
                continue
            is_selected = item.id in view.selection
            is_left_out = view.display.hides_others and bool(view.selection) and not is_selected
            category = project.categories.get(item.category_id)
            shown.append(
                scene.CanvasObject(
                    id=item.id,
                    mask=mask,
                    color=naming.object_color(item, category, by_category=by_category),
                    label=naming.object_name(project, item),
                    z=item.z_order,
                    style=naming.object_style(annotation),
                    dash=naming.object_dash(item),
                    is_selected=is_selected,
                    is_hidden=item.is_hidden or is_left_out,
                    is_locked=item.is_locked,
                )
            )
        return tuple(shown)

    def _show_candidates(self, search: Search) -> None:
        project = self._workspace.project
        open_ones = frozenset(search.open)
        color = "#ffffff"
        if project is not None:
            named = (c for c in project.categories.values() if c.name == search.concept.phrase)
            category = next(named, None)
            color = category.color if category is not None else color
        self._canvas.set_candidates(
            tuple(
                scene.CandidateMark(
                    key=index,
                    box=found.box,
                    score=found.score,
                    mask=found.mask,
                    color=color,
                    is_highlighted=index == self._highlighted,
                )
                for index, found in enumerate(search.found)
                if index in open_ones
            )
        )

    def _show_marks(self) -> None:
        attempt = self._workspace.segmenting.attempt
        search = self._workspace.detecting.search
        shows_prompts = attempt.is_open or attempt.target is not None
        prompts = attempt.prompts if shows_prompts else PromptSet()
        self._canvas.set_marks(
            scene.Marks(
                clicks=prompts.clicks,
                box=prompts.box,
                exemplars=search.concept.exemplars,
                preview=self._preview(attempt),
                hint=self._hint(attempt),
            )
        )

    def _preview(self, attempt: Attempt) -> scene.Preview | None:
        color = self._workspace.theme.tokens.accent
        if attempt.is_open and attempt.mask is not None:
            return scene.Preview(attempt.mask, color)
        if attempt.hover is not None:
            return scene.Preview(attempt.hover, color, is_hover=True)
        return None

    def _hint(self, attempt: Attempt) -> scene.Hint:
        if not attempt.is_open:
            told = clip_hint(self._workspace, is_running=self._is_running)
            return told if told != scene.Hint() else draw_hint(self._workspace)
        parts = [self._target_name(attempt)]
        clicks = len(attempt.prompts.clicks)
        if clicks:
            parts.append(translate("Hint", "%n click(s)", "", clicks))
        if attempt.prompts.box is not None:
            parts.append(translate("Hint", "box"))
        keys: list[tuple[str, str]] = []
        if attempt.is_waiting:
            parts.append(translate("Hint", "the model is working"))
        elif len(attempt.choices) > 1:
            parts.append(
                translate("Hint", "mask {n} of {total}").format(
                    n=attempt.chosen + 1, total=len(attempt.choices)
                )
            )
            words = {"prompt.next_choice": translate("Hint", "next")}
            keys.extend(self._workspace.keymap.hints(words))
        keys += [("Enter", translate("Hint", "accept")), ("Esc", translate("Hint", "drop"))]
        return scene.Hint(" · ".join(parts), tuple(keys))

    def _target_name(self, attempt: Attempt) -> str:
        project, view = self._workspace.project, self._workspace.view
        if project is not None and attempt.target is not None:
            try:
                return naming.object_name(project, project.object(attempt.target))
            except Rejected:
                pass
        if project is not None and view.category_id is not None:
            name = project.category(view.category_id).name
            return translate("Hint", "new {category}").format(category=name)
        return translate("Hint", "new object")

    def _show_display(self, display: Display) -> None:
        self._canvas.set_display(
            scene.Display(
                fill_opacity=display.opacity,
                shows_fill=display.shows_fill,
                shows_outlines=display.shows_outlines,
                shows_labels=display.shows_labels,
                tone=scene.Tone(display.brightness, display.contrast, display.gamma),
            )
        )

    def _use_theme(self, tokens: Tokens) -> None:
        self._canvas.set_theme(canvas_theme(tokens))


def canvas_theme(tokens: Tokens) -> scene.CanvasTheme:
    """The canvas's share of the theme's colours."""
    return scene.CanvasTheme(
        canvas=tokens.canvas,
        panel=tokens.panel,
        line=tokens.line,
        text=tokens.text,
        dim=tokens.dim,
        accent=tokens.accent,
        good=tokens.good,
        bad=tokens.bad,
    )
