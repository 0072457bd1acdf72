"""Keymap: which keys belong to which action, the user's changes included; refuses conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from sam3_annotator.errors import Rejected
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def normalized(keys: str) -> str:
    """A key sequence in Qt's portable notation, however it was written."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText)


def shown(keys: str) -> str:
    """A key sequence as this system writes it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def brief(keys: str) -> str:
    """A key sequence where there is little room: "⇧G"."""
    return shown(keys).replace("Shift+", "⇧")


class Keymap:
    """The keys of every action.

    Args:
        defaults: action id to its keys as the program comes.
        changed: the user's changes, action id to keys; keys that are taken by now are left out.
        menu_keys: what opens the menus of the bar; no action can have one of them.
    """

    def __init__(
        self,
        defaults: Mapping[str, tuple[str, ...]],
        changed: Mapping[str, tuple[str, ...]] | None = None,
        menu_keys: Iterable[str] = (),
    ) -> None:
        self._menu_keys = frozenset(normalized(one) for one in menu_keys)
        self._defaults = {
            action: tuple(normalized(one) for one in keys) for action, keys in defaults.items()
        }
        self._changed: dict[str, tuple[str, ...]] = {}
        for action, keys in (changed or {}).items():
            if action in self._defaults:
                try:
                    self.set(action, keys)
                except Rejected:
                    continue

    def keys(self, action: str) -> tuple[str, ...]:
        """The keys of an action; none when it has no shortcut."""
        return self._changed.get(action, self._defaults.get(action, ()))

    def behind(self, action: str) -> str:
        """The first key of an action, to stand behind what it does: " (G)"; "" without a key."""
        keys = self.keys(action)
        return translate("Keymap", " ({keys})").format(keys=shown(keys[0])) if keys else ""

    def hints(self, words: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """The first key of each action that has one, and what the action is called in ``words``."""
        named = ((self.keys(action), word) for action, word in words.items())
        return tuple((brief(keys[0]), word) for keys, word in named if keys)

    @property
    def changed(self) -> Mapping[str, tuple[str, ...]]:
        """Only what differs from the defaults, for the settings file."""
        return dict(self._changed)

    def owner(self, keys: str) -> str | None:
        """The action that a key sequence belongs to."""
        wanted = normalized(keys)
        return next((a for a in self._defaults if wanted in self.keys(a)), None)

    def set(self, action: str, keys: Iterable[str]) -> None:
        """Give an action these keys and no others.

        Raises:
            Rejected: a key sequence belongs to another action or a menu, or is none.
        """
        wanted = tuple(normalized(one) for one in keys)
        for one in wanted:
            if not one:
                raise Rejected(translate("Keymap", "This is not a key combination."))
            if one in self._menu_keys:
                raise Rejected(
                    translate("Keymap", "{keys} opens a menu already.").format(keys=shown(one))
                )
            owner = self._clash(action, one)
            if owner is not None:
                raise Rejected(
                    translate("Keymap", "{keys} already belongs to “{action}”.").format(
                        keys=shown(one), action=owner
                    )
                )
        if wanted == self._defaults.get(action, ()):
            self._changed.pop(action, None)
        else:
            self._changed[action] = wanted

    def reset(self, action: str | None = None) -> None:
        """Give one action, or all, their default keys back.

        Raises:
            Rejected: a default key of the action is in use by another one.
        """
        if action is None:
            self._changed.clear()
            return
        self.set(action, self._defaults[action])

    def _clash(self, action: str, keys: str) -> str | None:
        for other in self._defaults:
            if other != action and any(_collide(keys, taken) for taken in self.keys(other)):
                return other
        return None


def _collide(first: str, second: str) -> bool:
    """Whether two sequences are equal or one begins with the other ("Ctrl+K" and "Ctrl+K, C")."""
    a, b = first.split(", "), second.split(", ")
    shorter = min(len(a), len(b))
    return a[:shorter] == b[:shorter]
