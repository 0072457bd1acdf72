"""Light and dark: the colour tokens, the Fusion palettes and the small style sheet made of them."""

from __future__ import annotations

from dataclasses import asdict
from string import Template
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette

from sam3_annotator.ui.icons import themed_file
from sam3_annotator.ui.settings import ThemeMode
from sam3_annotator.ui.tokens import DARK, LIGHT, TEXT_PX, Tokens

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_FAMILIES = ("Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "Cantarell", "Ubuntu")


class Theme(QObject):
    """The theme in use; one per application.

    Signals:
        changed: the new :class:`Tokens`, after palette and style sheet are in place.
    """

    changed = Signal(object)

    def __init__(self, app: QApplication, mode: ThemeMode = ThemeMode.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._mode = mode
        self._tokens = DARK
        app.setStyle("Fusion")
        app.setFont(_app_font(app.font()))
        app.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.use(mode)

    @property
    def tokens(self) -> Tokens:
        """The colours in use now."""
        return self._tokens

    @property
    def mode(self) -> ThemeMode:
        """What was asked for; "system" follows the desktop."""
        return self._mode

    def use(self, mode: ThemeMode) -> None:
        """Switch to light, dark or the system's choice."""
        self._mode = mode
        self._apply(_tokens_for(mode, self._app.styleHints().colorScheme()))

    def _follow_system(self, scheme: Qt.ColorScheme) -> None:
        if self._mode is ThemeMode.SYSTEM:
            self._apply(_tokens_for(self._mode, scheme))

    def _apply(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._app.setPalette(palette_of(tokens))
        self._app.setStyleSheet(style_sheet(tokens))
        self.changed.emit(tokens)


def palette_of(tokens: Tokens) -> QPalette:
    """The Fusion palette of a theme."""
    role, palette = QPalette.ColorRole, QPalette()
    colors = {
        role.Window: tokens.panel,
        role.WindowText: tokens.text,
        role.Base: tokens.background if tokens.is_dark else tokens.raised,
        role.AlternateBase: tokens.panel,
        role.Text: tokens.text,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.bad,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.PlaceholderText: tokens.dim,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Light: tokens.raised,
        role.Midlight: tokens.hover,
        role.Mid: tokens.line,
        role.Dark: tokens.line,
        role.Shadow: tokens.background,
        role.Accent: tokens.accent,
    }
    for which, color in colors.items():
        palette.setColor(which, QColor(color))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, _faded(tokens))
    return palette


def style_sheet(tokens: Tokens) -> str:
    """The style sheet of a theme; kept to what palettes cannot say."""
    arrow = themed_file("chevron-down", tokens.dim).as_posix()
    check = themed_file("check", tokens.on_accent).as_posix()
    return Template(_SHEET).substitute(asdict(tokens), arrow=arrow, check=check)


def _faded(tokens: Tokens) -> QColor:
    text, panel = QColor(tokens.text), QColor(tokens.panel)
    return QColor.fromRgb(
        *((a * 42 + b * 58) // 100 for a, b in zip(_rgb(text), _rgb(panel), strict=True))
    )


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()


def _tokens_for(mode: ThemeMode, scheme: Qt.ColorScheme) -> Tokens:
    if mode is ThemeMode.LIGHT:
        return LIGHT
    if mode is ThemeMode.DARK:
        return DARK
    return LIGHT if scheme is Qt.ColorScheme.Light else DARK


def _app_font(system: QFont) -> QFont:
    font = QFont(system)
    font.setFamilies([*_FAMILIES, system.family()])
    font.setPixelSize(TEXT_PX)
    return font


_SHEET = """
QMainWindow { background: $panel; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 8px; }
#top_bar, #status_bar { background: $panel; }
#top_bar { border-bottom: 1px solid $line; }
#status_bar { border-top: 1px solid $line; }
#status_bar QLabel { color: $dim; font-size: 12px; }
#status_button { padding: 0 10px; min-height: 18px; max-height: 18px; font-size: 12px; }
QStatusBar::item { border: none; }
QMenuBar { background: transparent; spacing: 0; }
QMenuBar::item { padding: 6px 10px; border-radius: 6px; color: $dim; background: transparent; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $hover; color: $text; }
QMenu { background: $raised; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $faint; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }
#tool_strip { background: $panel; border: none; border-right: 1px solid $line; spacing: 4px;
  padding: 8px 3px; }
#tool_strip::separator { background: $line; height: 1px; margin: 4px 8px; }
QDockWidget { background: $panel; }
QDockWidget > QWidget { background: $panel; }
QTabBar::tab { background: transparent; color: $dim; padding: 8px 10px 7px; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:hover { color: $text; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QPushButton { background: $raised; border: 1px solid $line; border-radius: 6px;
  padding: 5px 12px; min-height: 16px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $line; }
QPushButton:focus { border-color: $accent; }
QPushButton:default, QPushButton[primary="true"] { background: $accent; color: $on_accent;
  border-color: $accent; }
QPushButton:disabled { color: $faint; background: $panel; border-color: $line; }
QPushButton[flat="true"] { background: transparent; border: none; }
QToolButton { background: transparent; border: none; border-radius: 6px; padding: 4px; }
QToolButton:hover { background: $hover; }
QToolButton:checked { background: $accent; }
QToolButton:focus { border: 1px solid $accent; }
QToolButton[boxed="true"] { background: $raised; border: 1px solid $line; }
QToolButton[boxed="true"]:hover { background: $hover; }
QToolButton[primary="true"] { background: $accent; border-color: $accent; }
QToolButton[primary="true"]:hover { background: $accent; }
QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QPlainTextEdit, QTextEdit, QKeySequenceEdit {
  border: 1px solid $line; border-radius: 6px; padding: 4px 8px; min-height: 18px;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus,
QTextEdit:focus { border-color: $accent; }
QLineEdit[small="true"] { border: none; background: transparent; padding: 0 4px; min-height: 12px; }
QPlainTextEdit, QTextEdit { background: palette(base); padding: 6px; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button,
QDoubleSpinBox::down-button { width: 0; border: none; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator, QAbstractItemView::indicator { width: 14px; height: 14px;
  border: 1px solid $dim; border-radius: 4px; background: palette(base); }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked { background: $accent;
  border-color: $accent; image: url("$check"); }
QCheckBox::indicator:disabled { border-color: $line; }
QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox:disabled { color: $faint; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url("$arrow"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { border: 1px solid $line; background: $raised; padding: 4px; }
QTreeView, QListView, QTableView { border: none; background: transparent; outline: none; }
QTreeView::item, QListView::item { padding: 4px 2px; border-radius: 4px; }
QTreeView::item:hover, QListView::item:hover { background: $hover; }
QTreeView::item:selected, QListView::item:selected { background: $raised; color: $text; }
QListView[boxed="true"], QTreeView[boxed="true"], QTableView[boxed="true"] {
  border: 1px solid $line; border-radius: 6px; }
QHeaderView::section { background: $panel; color: $dim; border: none;
  border-bottom: 1px solid $line; padding: 4px 8px; font-size: 11px; }
QProgressBar { background: $line; border: none; border-radius: 2px; max-height: 4px;
  min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; min-height: 24px;
  min-width: 24px; }
QScrollBar::handle:hover { background: $dim; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
#find_bar { background: $background; border: 1px solid $line; border-radius: 8px; }
#find_bar[focused="true"] { border-color: $accent; }
#find_bar QLineEdit { border: none; background: transparent; padding: 0; }
#find_bar QPushButton { padding: 3px 10px; }
#find_bar QPushButton[sign="plus"] { color: $good; border-color: $good; background: transparent; }
#find_bar QPushButton[sign="minus"] { color: $bad; border-color: $bad; background: transparent; }
#find_bar QPushButton:disabled { color: $faint; border-color: $line; background: transparent; }
#chip { border: 1px solid $line; border-radius: 8px; padding: 4px 8px; color: $dim;
  background: transparent; font-size: 12px; }
#chip:hover { color: $text; background: $hover; }
#welcome { background: $canvas; }
#card { background: $panel; border: 1px solid $line; border-radius: 8px; }
QPushButton[card="true"] { text-align: left; padding: 8px 12px; border-radius: 8px;
  min-height: 40px; }
QLabel[role="title"] { font-size: 22px; font-weight: 600; }
QLabel[role="heading"] { font-size: 15px; font-weight: 600; }
QLabel[role="section"] { color: $dim; font-size: 11px; letter-spacing: 1px; }
QLabel[role="dim"] { color: $dim; }
QLabel[role="small"] { color: $dim; font-size: 11px; }
QLabel[role="good"] { color: $good; }
QLabel[role="warn"] { color: $warn; }
QLabel[role="bad"] { color: $bad; }
#notice { background: $raised; border: 1px solid $line; border-radius: 8px; }
"""
