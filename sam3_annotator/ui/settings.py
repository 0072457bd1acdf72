"""What the program remembers between two runs, as typed properties over Qt's settings store."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from sam3_annotator import paths

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_RECENT = 10


class ThemeMode(str, Enum):
    """Which palette the window uses."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class WorkKind(str, Enum):
    """A kind of work; the layout of the window is remembered for each."""

    LABEL = "label"
    CLIP = "clip"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which weights to load, and where.

    Attributes:
        weights: path of a weights file or folder, or "mini" for the bundled model.
        device: "auto", "cpu", "cuda", ...
        dtype: "auto", "float32", "bfloat16" or "float16".
    """

    weights: str = "mini"
    device: str = "auto"
    dtype: str = "auto"


class Settings(QObject):
    """Typed view of the user's settings file.

    Args:
        path: an INI file; by default the one in the user's configuration folder.

    Signals:
        changed: the name of the property that changed.
    """

    changed = Signal(str)

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        where = path or paths.config_dir() / "settings.ini"
        self._store = QSettings(str(where), QSettings.Format.IniFormat)

    @property
    def theme(self) -> ThemeMode:
        """Light, dark, or as the system says."""
        try:
            return ThemeMode(self._text("theme", ThemeMode.SYSTEM.value))
        except ValueError:
            return ThemeMode.SYSTEM

    @theme.setter
    def theme(self, mode: ThemeMode) -> None:
        self._put("theme", mode.value)

    @property
    def language(self) -> str:
        """Language code, or "" to follow the system."""
        return self._text("language", "")

    @language.setter
    def language(self, code: str) -> None:
        self._put("language", code)

    @property
    def author(self) -> str:
        """The name written beside this person's work."""
        return self._text("author", "")

    @author.setter
    def author(self, name: str) -> None:
        self._put("author", name)

    @property
    def model(self) -> ModelChoice:
        """The weights to load at the next start."""
        default = ModelChoice()
        return ModelChoice(
            self._text("model/weights", default.weights),
            self._text("model/device", default.device),
            self._text("model/dtype", default.dtype),
        )

    @model.setter
    def model(self, choice: ModelChoice) -> None:
        self._store.setValue("model/weights", choice.weights)
        self._store.setValue("model/device", choice.device)
        self._put("model/dtype", choice.dtype, name="model")

    @property
    def prefetches(self) -> bool:
        """Whether the neighbours of the shown picture are encoded ahead."""
        return self._text("prefetch", "yes") == "yes"

    @prefetches.setter
    def prefetches(self, value: bool) -> None:
        self._put("prefetch", "yes" if value else "no", name="prefetches")

    @property
    def colors_by_category(self) -> bool:
        """Whether objects have their category's colour instead of one of their own."""
        return self._text("colors_by", "object") == "category"

    @colors_by_category.setter
    def colors_by_category(self, value: bool) -> None:
        self._put("colors_by", "category" if value else "object", name="colors_by_category")

    @property
    def recomputes(self) -> bool:
        """Whether a correction on a clip recomputes the frames around it at once."""
        return self._text("clip/recompute", "no") == "yes"

    @recomputes.setter
    def recomputes(self, value: bool) -> None:
        self._put("clip/recompute", "yes" if value else "no", name="recomputes")

    @property
    def agreement(self) -> tuple[float, int]:
        """When recomputed masks count as the old ones: least overlap (IoU), frames in a row."""
        try:
            least = float(self._text("clip/agreement_iou", "0.95"))
            frames = int(self._text("clip/agreement_frames", "3"))
        except ValueError:
            return 0.95, 3
        return min(max(least, 0.5), 1.0), max(frames, 1)

    @agreement.setter
    def agreement(self, value: tuple[float, int]) -> None:
        self._put("clip/agreement_frames", str(value[1]), name="agreement")
        self._put("clip/agreement_iou", f"{value[0]:.3f}", name="agreement")

    @property
    def reviews_close_up(self) -> bool:
        """Whether going down the review queue zooms to each object."""
        return self._text("review/close_up", "no") == "yes"

    @reviews_close_up.setter
    def reviews_close_up(self, value: bool) -> None:
        self._put("review/close_up", "yes" if value else "no", name="reviews_close_up")

    @property
    def recent(self) -> tuple[Path, ...]:
        """Project files opened lately, newest first."""
        return tuple(Path(text) for text in self._strings("recent"))

    def add_recent(self, project: Path) -> None:
        """Put a project file at the head of the recent ones."""
        kept = [project, *(path for path in self.recent if path != project)][:MAX_RECENT]
        self._put("recent", json.dumps([str(path) for path in kept]))

    def forget_recent(self, project: Path) -> None:
        """Drop a project file that is no longer there."""
        self._put("recent", json.dumps([str(p) for p in self.recent if p != project]))

    @property
    def shortcuts(self) -> Mapping[str, tuple[str, ...]]:
        """Shortcuts the user changed: action id to key sequences (none: no shortcut)."""
        try:
            stored = json.loads(self._text("shortcuts", "{}"))
            return {str(k): tuple(str(key) for key in keys) for k, keys in stored.items()}
        except (ValueError, AttributeError, TypeError):
            return {}

    @shortcuts.setter
    def shortcuts(self, changed: Mapping[str, tuple[str, ...]]) -> None:
        self._put("shortcuts", json.dumps({key: list(keys) for key, keys in changed.items()}))

    def layout(self, work: WorkKind) -> tuple[QByteArray, QByteArray] | None:
        """Window geometry and dock state last used for this kind of work, or None."""
        geometry = self._store.value(f"layout/{work.value}/geometry")
        state = self._store.value(f"layout/{work.value}/state")
        if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
            return geometry, state
        return None

    def save_layout(self, work: WorkKind, geometry: QByteArray, state: QByteArray) -> None:
        """Remember the window as it is for this kind of work."""
        self._store.setValue(f"layout/{work.value}/geometry", geometry)
        self._store.setValue(f"layout/{work.value}/state", state)

    def forget_layout(self, work: WorkKind) -> None:
        """Go back to the default layout for this kind of work."""
        self._store.remove(f"layout/{work.value}")

    def flush(self) -> None:
        """Write to disk now."""
        self._store.sync()

    def _text(self, key: str, default: str) -> str:
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def _strings(self, key: str) -> list[str]:
        try:
            stored = json.loads(self._text(key, "[]"))
        except ValueError:
            return []
        return [str(item) for item in stored] if isinstance(stored, list) else []

    def _put(self, key: str, value: str, *, name: str = "") -> None:
        if self._text(key, "\0") != value:
            self._store.setValue(key, value)
            self.changed.emit(name or key)
