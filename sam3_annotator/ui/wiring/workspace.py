"""Workspace: what every controller of a window shares, and one signal for each kind of change."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sam3_annotator.domain.ids import FrameIndex, MediaId
from sam3_annotator.engine.protocol import Capability, FrameRef, MediaRef, ModelInfo
from sam3_annotator.errors import AnnotatorError, Rejected
from sam3_annotator.ui.bridge import DocumentBridge
from sam3_annotator.ui.keymap import Keymap
from sam3_annotator.ui.text import translate, worded
from sam3_annotator.workflow.detecting import AcceptedCandidates, Detecting, Search
from sam3_annotator.workflow.segmenting import AcceptedMask, Attempt, Segmenting
from sam3_annotator.workflow.view_state import View, ViewState

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from sam3_annotator.domain.commands import Command
    from sam3_annotator.domain.project import Project
    from sam3_annotator.ui.bridge import EngineBridge, ReadingBridge
    from sam3_annotator.ui.settings import Settings
    from sam3_annotator.ui.theme import Theme
    from sam3_annotator.workflow.document import Document, Outcome

_log = logging.getLogger(__name__)


class Explaining:
    """Swallows the errors we raise on purpose, after telling the user about them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if isinstance(error, Rejected):
            self._workspace.said.emit(worded(error))
        elif isinstance(error, AnnotatorError):
            _log.warning("%s", error)
            self._workspace.troubled.emit(error)
        else:
            return False
        return True


class Workspace(QObject):
    """The document, the view, the engine and the workflows of one window.

    Attributes:
        keymap: the keys of the window's actions, for whatever names them to people. When they
            change, ``settings.changed`` tells.

    Signals:
        document_changed: a document was opened or closed.
        closing: the open document is about to be closed; runs have to end.
        rewinding: steps are about to be taken back; what still adds to them has to end.
        touched: rows changed (:class:`~sam3_annotator.domain.changes.Touched`).
        view_changed: (before, after) of the view.
        attempt_changed, search_changed: the new moment of either workflow.
        mask_accepted, candidates_accepted: what a workflow hands over to be kept.
        model_changed: :class:`ModelInfo` or None.
        done: a command and its outcome, after :meth:`do` has carried it out.
        said: a sentence for the status bar.
        troubled: an exception to be explained in a dialog.
    """

    document_changed = Signal()
    closing = Signal()
    rewinding = Signal()
    touched = Signal(object)
    view_changed = Signal(object, object)
    attempt_changed = Signal(object)
    search_changed = Signal(object)
    mask_accepted = Signal(object)
    candidates_accepted = Signal(object)
    model_changed = Signal(object)
    done = Signal(object, object)
    said = Signal(str)
    troubled = Signal(object)

    def __init__(
        self, engine: EngineBridge, reading: ReadingBridge, settings: Settings, theme: Theme
    ) -> None:
        super().__init__()
        self.engine, self.reading = engine, reading
        self.settings, self.theme = settings, theme
        self.keymap = Keymap({})
        self.state = ViewState()
        self.state.subscribe(self._announce_view)
        self.segmenting = Segmenting(engine.desk, self._announce_attempt, self._hand_mask)
        self.detecting = Detecting(engine.desk, self._announce_search, self._hand_candidates)
        self.model: ModelInfo | None = None
        self._document: Document | None = None
        self._bridge: DocumentBridge | None = None

    # ------------------------------------------------------------------ document

    @property
    def document(self) -> Document | None:
        """The open document, or None while the welcome page shows."""
        return self._document

    @property
    def project(self) -> Project | None:
        """The rows of the open document."""
        return None if self._document is None else self._document.project

    def open_document(self, document: Document) -> None:
        """Work on this document from now on; an open one is closed first."""
        self.close_document()
        self._document = document
        self._bridge = DocumentBridge(document, self)
        self._bridge.touched.connect(self.touched)
        self.settings.add_recent(document.path)
        _log.info("opened %s", document.path)
        self.document_changed.emit()

    def close_document(self) -> None:
        """Close the open document, if any; everything in it is on disk already."""
        if self._document is None or self._bridge is None:
            return
        self.closing.emit()
        self.state.update(media_id=None, frame=FrameIndex(0), selection=(), category_id=None)
        self._bridge.close()
        document, self._document, self._bridge = self._document, None, None
        with self.explaining():
            document.close()
        self.document_changed.emit()

    def do(self, command: Command) -> Outcome | None:
        """Hand a command to the document; None when it was refused or failed (and was told)."""
        outcome = None
        with self.explaining():
            outcome = self.require_document().do(command)
        if outcome is not None:
            self.done.emit(command, outcome)
        return outcome

    def require_document(self) -> Document:
        """The open document.

        Raises:
            Rejected: none is open.
        """
        if self._document is None:
            raise Rejected(translate("Workspace", "Open pictures or a project first."))
        return self._document

    def explaining(self) -> Explaining:
        """Tell the user about whatever goes wrong inside a ``with``: a sentence, or a dialog."""
        return Explaining(self)

    # ------------------------------------------------------------------ what is shown

    @property
    def view(self) -> View:
        """The present moment of the view."""
        return self.state.view

    def path_of(self, media_id: MediaId) -> Path:
        """Absolute path of a media's file.

        Raises:
            Rejected: the media is no longer in the project.
        """
        return self.require_document().media_path(media_id)

    def media_ref(self, media_id: MediaId) -> MediaRef:
        """How the engine is told which media it is."""
        media = self.require_document().project.medium(media_id)
        path = str(self.path_of(media_id))
        return MediaRef(media_id, path, media.page, media.kind.value, media.content_hash)

    def frame_ref(self) -> FrameRef | None:
        """The frame that is shown, as the engine is told; None while there is none."""
        view = self.view
        if view.media_id is None or self._document is None:
            return None
        return FrameRef(self.media_ref(view.media_id), view.frame)

    def can(self, capability: Capability) -> bool:
        """Whether the loaded model can do something; False while none is loaded."""
        return self.model is not None and capability in self.model.capabilities

    def use_model(self, model: ModelInfo | None) -> None:
        """Tell everybody what is loaded."""
        self.model = model
        self.model_changed.emit(model)

    # ------------------------------------------------------------------ inside

    def _announce_view(self, before: View, after: View) -> None:
        self.view_changed.emit(before, after)

    def _announce_attempt(self, attempt: Attempt) -> None:
        self.attempt_changed.emit(attempt)

    def _announce_search(self, search: Search) -> None:
        self.search_changed.emit(search)

    def _hand_mask(self, accepted: AcceptedMask) -> None:
        self.mask_accepted.emit(accepted)

    def _hand_candidates(self, accepted: AcceptedCandidates) -> None:
        self.candidates_accepted.emit(accepted)
