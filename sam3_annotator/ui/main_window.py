"""The main window: puts the parts, the controllers and the action table together.

It owns no facts: rows belong to the document, what is shown to the view state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QStatusBar
from typing_extensions import override

from sam3_annotator.ui.actions.action_set import ActionSet
from sam3_annotator.ui.actions.situation_sync import SituationSync
from sam3_annotator.ui.actions.spec import Menu, menu_keys
from sam3_annotator.ui.actions.table import ACTIONS
from sam3_annotator.ui.actions.table_tools import TOOL_GROUPS
from sam3_annotator.ui.actions.transport_buttons import fill_transport
from sam3_annotator.ui.ask import Ask
from sam3_annotator.ui.context_menus import ContextMenus
from sam3_annotator.ui.dialog_desk import DialogDesk, Outside
from sam3_annotator.ui.docks import Docks, scrolled
from sam3_annotator.ui.icons import app_icon
from sam3_annotator.ui.keymap import Keymap
from sam3_annotator.ui.parts import Parts
from sam3_annotator.ui.report_desk import ReportDesk
from sam3_annotator.ui.text import translate
from sam3_annotator.ui.welcome import WelcomePage
from sam3_annotator.ui.wiring.controllers import Controllers
from sam3_annotator.ui.wiring.layout import Layout
from sam3_annotator.ui.wiring.welcome_sync import WelcomeSync

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent

    from sam3_annotator.ui.services import Services
    from sam3_annotator.ui.tokens import Tokens
    from sam3_annotator.ui.wiring.workspace import Workspace

DEFAULT_SIZE_PX = (1440, 900)


class MainWindow(QMainWindow):
    """One window on one project.

    Args:
        workspace: what its controllers share.
        services: what only the composition root can do (downloads, the doctor).
    """

    def __init__(self, workspace: Workspace, services: Services) -> None:
        super().__init__()
        self.workspace = workspace
        self.setObjectName("main_window")
        self.setWindowIcon(app_icon())
        self.resize(*DEFAULT_SIZE_PX)
        tokens = workspace.theme.tokens
        self.ask = Ask(self)
        defaults = {one.id: one.shortcuts for one in ACTIONS}
        workspace.keymap = Keymap(defaults, workspace.settings.shortcuts, menu_keys())
        self.parts = Parts.make(tokens)
        self.controllers = Controllers.make(workspace, self.parts, self.ask)
        self.desks = self.controllers.desks
        self.table = ActionSet(
            ACTIONS,
            self.desks,
            workspace.keymap,
            self,
            self.parts.canvas,
        )
        self.table.use_theme(tokens)
        fill_transport(self.parts.timeline.transport, self.table)
        self.docks = Docks(self, tokens)
        self._assemble()
        self.welcome = self._make_welcome(tokens)
        self.layout_memory = Layout(workspace, self.desks.navigation, self, self.docks)
        self.dialogs = DialogDesk(
            self, workspace, self.desks, self.table, Outside(self.ask, services)
        )
        self.reports = ReportDesk(self, workspace, self.desks.review, self.ask)
        self._situation = SituationSync(workspace, self.desks, self.table)
        self.installEventFilter(self._situation)
        self._connect()
        self.layout_memory.restore()
        self._show_document()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.desks.files.may_close():
            event.ignore()
            return
        self.layout_memory.save()
        self.workspace.close_document()
        self.workspace.settings.flush()
        super().closeEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape that no panel needed stops what is going on, else the canvas gets the keyboard."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif not self.desks.gestures.stop():
            self.parts.canvas.setFocus()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self.welcome.dropEvent(event)

    # ------------------------------------------------------------------ assembling

    def _assemble(self) -> None:
        parts = self.parts
        self.setAcceptDrops(True)
        self.setMenuWidget(parts.top_bar)
        self.setCentralWidget(parts.stage)
        self._add_tools()
        self._add_docks()
        bar = QStatusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.addPermanentWidget(parts.status, 1)
        self.setStatusBar(bar)
        menus = self.table.fill_menus(parts.top_bar.menus)
        self._panels = menus[Menu.VIEW].addMenu(translate("Menu", "Panels"))
        for dock in self.docks:
            self._panels.addAction(dock.toggleViewAction())
        self._panels.addAction(parts.tool_strip.toggleViewAction())

    def _add_tools(self) -> None:
        strip = self.parts.tool_strip
        for group in TOOL_GROUPS:
            strip.add_group(self.table[f"tool.{tool.value}"] for tool in group)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, strip)

    def _add_docks(self) -> None:
        parts, right = self.parts, Qt.DockWidgetArea.RightDockWidgetArea
        for name, title, widget in (
            ("objects", translate("Panels", "Objects"), parts.objects),
            ("properties", translate("Panels", "Properties"), parts.properties),
            ("review", translate("Panels", "Review"), scrolled(parts.review)),
            ("history", translate("Panels", "History"), parts.history),
            ("candidates", translate("Panels", "Candidates"), parts.candidates),
        ):
            self.docks.add(name, title, widget, right)
        bottom = Qt.DockWidgetArea.BottomDockWidgetArea
        self.docks.add("strip", translate("Panels", "Pictures"), parts.strip, bottom)

    def _make_welcome(self, tokens: Tokens) -> WelcomePage:
        starts = (
            ("file.open_pictures", "image", translate("WelcomePage", "pick some pictures")),
            ("file.open_folder", "folder", translate("WelcomePage", "a folder of pictures")),
            ("file.open_clip", "clip", translate("WelcomePage", "track objects in a film")),
            ("file.open_project", "project", translate("WelcomePage", "go on where you were")),
            ("file.new_project", "plus", translate("WelcomePage", "an empty one")),
            (
                "file.open_sample",
                "sample",
                translate("WelcomePage", "pictures and a clip"),
            ),
        )
        page = WelcomePage([(self._action(one), icon, line) for one, icon, line in starts], tokens)
        self.parts.stage.addWidget(page)
        WelcomeSync(self.workspace, self.desks, page)
        return page

    def _action(self, action: str) -> QAction:
        return self.table[action]

    def _connect(self) -> None:
        workspace = self.workspace
        workspace.theme.changed.connect(self._use_theme)
        workspace.document_changed.connect(self._show_document)
        self.desks.window.wanted.connect(self._wanted)
        menus = ContextMenus(self, workspace, self.desks, self.table)
        self.parts.objects.menu_requested.connect(menus.open_for_objects)
        self.parts.thumbnails.menu_requested.connect(menus.open_for_media)
        self.parts.timeline.lanes.menu_wanted.connect(menus.open_for_lane)
        pictures = self.controllers.pictures
        pictures.failed.connect(lambda _, error: self.dialogs.offer_search(error))

    def fit_screen(self) -> None:
        """Fill a screen that is too small for the window; to be called before it is shown."""
        room = self.screen().availableSize()
        if self.width() > room.width() or self.height() > room.height():
            self.resize(self.size().boundedTo(room))
            self.setWindowState(self.windowState() | Qt.WindowState.WindowMaximized)

    def _wanted(self, what: str) -> None:
        if what == "quit":
            self.close()
        elif what == "reset_layout":
            self.layout_memory.reset()
        elif what == "review_layout":
            self.layout_memory.toggle_review()
        elif what in ("next_panel", "previous_panel"):
            step = 1 if what == "next_panel" else -1
            self.docks.pass_keyboard(self.parts.canvas, step)
        elif what == "full_screen":
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _use_theme(self, tokens: Tokens) -> None:
        self.table.use_theme(tokens)
        self.docks.use_theme(tokens)
        self.parts.tool_strip.use_theme(tokens)
        self.welcome.use_theme(tokens)

    def _show_document(self) -> None:
        document = self.workspace.document
        has_document = document is not None
        name = "" if document is None else f"{document.path.stem} – "  # noqa: RUF001 - a dash
        self.setWindowTitle(f"{name}SAM 3 Annotator")
        stage = self.parts.canvas if has_document else self.welcome
        self.parts.stage.setCurrentWidget(stage)
        if not has_document:
            self.layout_memory.leave()
        for dock in self.docks:
            dock.setVisible(has_document)
        self._panels.setEnabled(has_document)
        self.parts.tool_strip.setVisible(has_document)
        self.parts.find_bar.setVisible(has_document)
        if has_document:
            self.layout_memory.restore()
            self.parts.canvas.setFocus()
