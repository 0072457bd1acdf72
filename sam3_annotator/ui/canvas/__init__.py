"""The canvas: one picture, the masks on it, and the tools that point at it.

It knows neither the document nor the engine: it shows frozen values and emits signals.

Values to hand in (``scene.py``)
    ``CanvasObject(id, mask, color="#rrggbb", label="", z=0, style=ObjectStyle.MODEL, dash=0,
    is_selected=False, is_hidden=False, is_locked=False)``; ``ObjectStyle`` is ``HUMAN``,
    ``MODEL``, ``INTERPOLATED``, ``IMPORTED`` or ``LOW_CONFIDENCE``.
    ``CandidateMark(key, box, score, mask=None, color, is_accepted=False, is_highlighted=False)``
    ``Preview(mask, color, is_hover=False)``
    ``Marks(clicks=(), box=None, exemplars=(), preview=None, hint=Hint())`` - prompts in progress
    ``Hint(text="", keys=(("Tab", "next"), ...))`` - the line at the bottom left
    ``Display(fill_opacity, shows_fill, shows_outlines, shows_labels, tone=Tone(...))``
    ``CanvasTheme`` - colours; ``DARK`` and ``LIGHT`` are given
    ``PALETTE`` - eight colours that stay apart for colour-blind people

``CanvasView(QWidget)`` - every setter is cheap to call again with an equal value
    ``set_picture(picture: (H, W, 3) uint8 RGB | Pyramid | None, key=None)``; a ``Pyramid`` may be
    built on another thread (``pyramid.py``); the view is kept while ``key`` stays equal
    ``set_objects(tuple[CanvasObject, ...])``  ``set_candidates(tuple[CandidateMark, ...])``
    ``set_marks(Marks)``  ``set_display(Display)``  ``set_theme(CanvasTheme)``
    ``set_tool(ToolName)``  ``tool_name``  ``set_tool_options(ToolOptions)``  ``tool_options``
    ``edit_vertices(Mask)`` - polygon tool on an existing outline, ends in ``vertices_edited``
    ``drop_draft()`` - forget a half-drawn gesture and a stroke the document refused
    ``fit()``  ``zoom_to(scale)``  ``zoom_by(factor)``  ``center_on(Box)``  ``viewport``

Signals (points and boxes in original-image pixels)
    ``prompt_clicked(Point, bool is_positive)``  ``box_drawn(Box)``
    ``prompt_scribbled(tuple[Point], bool is_positive)`` - goes on from the click placed last
    ``exemplar_drawn(Box, bool is_positive)``
    ``stroke_finished(Mask, bool is_erase)`` - brush and eraser; stays visible until the next
    ``set_objects`` or ``drop_draft``
    ``shape_finished(Mask, bool is_subtract)`` - polygon, lasso and magic fill
    ``vertices_edited(Mask)``  ``split_drawn(Point, Point)``
    ``object_picked(ObjectId | None, bool extend)``  ``area_picked(tuple[ObjectId], bool extend)``
    ``candidate_picked(int key)`` - select tool on a candidate outside every object
    ``pointer_hovered(Point | None)`` - at most once per 16 ms
    ``object_hovered(ObjectId | None)``
    ``tool_options_changed(ToolOptions)`` - brush size by keys or wheel
    ``zoom_changed(float)``  ``view_changed()``
    ``accept_requested()``  ``drop_requested()`` - Enter and Esc that no tool needed
    ``space_tapped()`` - Space pressed and released without panning
"""

from __future__ import annotations

from sam3_annotator.ui.canvas.pyramid import Pyramid, Tone
from sam3_annotator.ui.canvas.scene import (
    DARK,
    LIGHT,
    PALETTE,
    CandidateMark,
    CanvasObject,
    CanvasTheme,
    Display,
    Hint,
    Marks,
    ObjectStyle,
    Preview,
)
from sam3_annotator.ui.canvas.tools import ToolName, ToolOptions
from sam3_annotator.ui.canvas.view import CanvasView

__all__ = [
    "DARK",
    "LIGHT",
    "PALETTE",
    "CandidateMark",
    "CanvasObject",
    "CanvasTheme",
    "CanvasView",
    "Display",
    "Hint",
    "Marks",
    "ObjectStyle",
    "Preview",
    "Pyramid",
    "Tone",
    "ToolName",
    "ToolOptions",
]
