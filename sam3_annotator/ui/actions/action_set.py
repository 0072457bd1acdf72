"""ActionSet: the table turned into QActions, kept in step with the situation and the keymap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from sam3_annotator.ui.abilities import missing
from sam3_annotator.ui.actions.spec import INSIDE, ActionSpec, Menu, Scope, Situation, reason_of
from sam3_annotator.ui.icons import icon
from sam3_annotator.ui.keymap import Keymap, shown
from sam3_annotator.ui.text import plain, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

    from sam3_annotator.ui.tokens import Tokens
    from sam3_annotator.ui.wiring.desks import Desks


class ActionSet(QObject):
    """Every QAction of one window.

    Args:
        specs: the table.
        desks: what the actions call.
        keymap: their keys.
        window: where window-wide shortcuts live.
        canvas: where the canvas's shortcuts live.
    """

    def __init__(
        self,
        specs: Sequence[ActionSpec],
        desks: Desks,
        keymap: Keymap,
        window: QWidget,
        canvas: QWidget,
    ) -> None:
        super().__init__(window)
        self.specs = tuple(specs)
        self.keymap = keymap
        self._actions: dict[str, QAction] = {}
        self._tools = QActionGroup(self)
        self._now = Situation()
        for spec in self.specs:
            home = canvas if spec.scope is Scope.CANVAS else window
            self._actions[spec.id] = self._make(spec, desks, home)
        self.use_keymap()
        self.follow(Situation())

    def __getitem__(self, action: str) -> QAction:
        return self._actions[action]

    def follow(self, now: Situation) -> None:
        """Enable what makes sense now, and name what Undo and Redo would do.

        What cannot be used says in its tool tip why.
        """
        is_new_model = now.model != self._now.model
        self._now = now
        for spec in self.specs:
            action = self._actions[spec.id]
            was_enabled = action.isEnabled()
            action.setEnabled(spec.when(now) and not missing(now.model, spec.needs))
            if action.isEnabled() != was_enabled or (spec.needs and is_new_model):
                action.setToolTip(self._tip(spec))
            if spec.is_checkable or spec.tool is not None:
                is_on = spec.tool is now.tool if spec.tool else spec.id in now.layers_on
                action.setChecked(is_on)
        undo, redo = now.undo_title, now.redo_title
        undo_text = translate("Actions", "&Undo {step}") if undo else translate("Actions", "&Undo")
        redo_text = translate("Actions", "&Redo {step}") if redo else translate("Actions", "&Redo")
        self._name("edit.undo", undo_text.format(step=undo.replace("&", "&&")))
        self._name("edit.redo", redo_text.format(step=redo.replace("&", "&&")))

    def why_not(self, keys: QKeySequence) -> str:
        """Why what these keys ask for cannot be done now; "" where it can, or nobody knows."""
        owner = self.keymap.owner(keys.toString(QKeySequence.SequenceFormat.PortableText))
        spec = next((spec for spec in self.specs if spec.id == owner), None)
        return "" if spec is None else self._reason(spec)

    def use_theme(self, tokens: Tokens) -> None:
        """Draw icons in another theme's colours."""
        for spec in self.specs:
            if spec.icon:
                self._actions[spec.id].setIcon(icon(spec.icon, tokens))

    def use_keymap(self) -> None:
        """Take over the keys after the keymap changed."""
        for spec in self.specs:
            action, keys = self._actions[spec.id], self.keymap.keys(spec.id)
            action.setShortcuts([QKeySequence(one) for one in keys])
            action.setToolTip(self._tip(spec))
            action.setStatusTip("")

    def fill_menus(self, bar: QMenuBar) -> dict[Menu, QMenu]:
        """Add the menus, in order; the result lets callers append to them."""
        own = [menu for menu in Menu if menu not in INSIDE and menu is not Menu.NONE]
        menus: dict[Menu, QMenu] = {}
        for menu in own:
            menus[menu] = bar.addMenu(translate("Menu", menu.value))
        for spec in self.specs:
            if spec.menu is Menu.NONE:
                continue
            is_first = spec.menu not in menus
            if spec.opens_group:
                menus[INSIDE[spec.menu] if is_first else spec.menu].addSeparator()
            if is_first:
                inside = menus[INSIDE[spec.menu]].addMenu(translate("Menu", spec.menu.value))
                menus[spec.menu] = inside
            menus[spec.menu].addAction(self._actions[spec.id])
        for shown_menu in menus.values():
            shown_menu.setToolTipsVisible(True)
        return menus

    def _make(self, spec: ActionSpec, desks: Desks, home: QWidget) -> QAction:
        action = QAction(translate("Actions", spec.text), self)
        action.setObjectName(spec.id)
        action.setMenuRole(QAction.MenuRole.NoRole)
        action.setIconVisibleInMenu(False)
        if spec.scope is Scope.CANVAS:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if spec.tool is not None:
            action.setCheckable(True)
            self._tools.addAction(action)
        elif spec.is_checkable:
            action.setCheckable(True)
        action.triggered.connect(lambda: spec.calls(desks))
        home.addAction(action)
        return action

    def _tip(self, spec: ActionSpec) -> str:
        name, keys = plain_text(spec), self.keymap.keys(spec.id)
        hint = f"{name} ({shown(keys[0])})" if keys else name
        why_not = self._reason(spec)
        return f"{hint}\n{why_not}" if why_not else hint

    def _reason(self, spec: ActionSpec) -> str:
        """Why an action cannot be used now; "" where it can."""
        why_not = missing(self._now.model, spec.needs)
        return why_not or ("" if spec.when(self._now) else reason_of(spec.when))

    def _name(self, action: str, text: str) -> None:
        if action in self._actions:
            self._actions[action].setText(text)


def plain_text(spec: ActionSpec) -> str:
    """What an action is called, without mnemonic and dots."""
    return plain(translate("Actions", spec.text))
