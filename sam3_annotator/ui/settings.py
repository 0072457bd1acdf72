"""What the program remembers between two runs, as typed properties over Qt's settings store."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from sam3_annotator import paths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")
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


class Setting(Generic[T]):
    """One thing remembered: a typed attribute of :class:`Settings`, kept as text.

    Args:
        key: in the settings file.
        default: where nothing is stored, or nothing that can be read.
        read: text to value; raises ValueError or TypeError for what somebody else has written.
        write: value to text.
    """

    def __init__(
        self, key: str, default: T, read: Callable[[str], T], write: Callable[[T], str]
    ) -> None:
        self._key, self._default, self._name = key, default, key
        self._read, self._write = read, write

    def __set_name__(self, owner: type[Settings], name: str) -> None:
        """Learn what the attribute is called."""
        self._name = name

    @overload
    def __get__(self, settings: None, owner: type[Settings]) -> Setting[T]: ...

    @overload
    def __get__(self, settings: Settings, owner: type[Settings]) -> T: ...

    def __get__(self, settings: Settings | None, owner: type[Settings]) -> T | Setting[T]:
        """The value that is stored."""
        if settings is None:
            return self
        try:
            return self._read(settings.text(self._key, self._write(self._default)))
        except (ValueError, TypeError):
            return self._default

    def __set__(self, settings: Settings, value: T) -> None:
        """Store a value and tell, if it is another one."""
        settings.put(self._name, {self._key: self._write(value)})


def _text(key: str) -> Setting[str]:
    return Setting(key, "", str, str)


def _choice(key: str, yes: str, no: str, *, default: bool) -> Setting[bool]:
    return Setting(key, default, lambda text: text == yes, lambda value: yes if value else no)


class Settings(QObject):
    """Typed view of the user's settings file.

    Args:
        path: an INI file; by default the one in the user's configuration folder.

    Attributes:
        theme: light, dark, or as the system says.
        language: language code, or "" to follow the system.
        author: the name written beside this person's work.
        prefetches: whether the neighbours of the shown picture are encoded ahead.
        colors_by_category: whether objects have their category's colour instead of their own.
        recomputes: whether a correction on a clip recomputes the frames around it at once.
        reviews_close_up: whether going down the review queue zooms to each object.
        shortcuts: those the user changed: action id to key sequences (none: no shortcut).

    Signals:
        changed: the name of the attribute that changed.
    """

    changed = Signal(str)

    theme = Setting("theme", ThemeMode.SYSTEM, ThemeMode, lambda mode: mode.value)
    language = _text("language")
    author = _text("author")
    prefetches = _choice("prefetch", "yes", "no", default=True)
    colors_by_category = _choice("colors_by", "category", "object", default=False)
    recomputes = _choice("clip/recompute", "yes", "no", default=False)
    reviews_close_up = _choice("review/close_up", "yes", "no", default=False)
    shortcuts: Setting[Mapping[str, tuple[str, ...]]] = Setting(
        "shortcuts",
        {},
        lambda text: _keys(json.loads(text)),
        lambda keys: json.dumps({action: list(some) for action, some in keys.items()}),
    )

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        where = path or paths.config_dir() / "settings.ini"
        self._store = QSettings(str(where), QSettings.Format.IniFormat)

    @property
    def model(self) -> ModelChoice:
        """The weights to load at the next start."""
        default = ModelChoice()
        return ModelChoice(
            self.text("model/weights", default.weights),
            self.text("model/device", default.device),
            self.text("model/dtype", default.dtype),
        )

    @model.setter
    def model(self, choice: ModelChoice) -> None:
        self.put("model", {f"model/{name}": text for name, text in asdict(choice).items()})

    @property
    def agreement(self) -> tuple[float, int]:
        """When recomputed masks count as the old ones: least overlap (IoU), frames in a row."""
        try:
            least = float(self.text("clip/agreement_iou", "0.95"))
            frames = int(self.text("clip/agreement_frames", "3"))
        except ValueError:
            return 0.95, 3
        return min(max(least, 0.5), 1.0), max(frames, 1)

    @agreement.setter
    def agreement(self, value: tuple[float, int]) -> None:
        least, frames = f"{value[0]:.3f}", str(value[1])
        self.put("agreement", {"clip/agreement_frames": frames, "clip/agreement_iou": least})

    @property
    def recent(self) -> tuple[Path, ...]:
        """Project files opened lately, newest first."""
        try:
            stored = json.loads(self.text("recent", "[]"))
        except ValueError:
            return ()
        return tuple(Path(str(one)) for one in stored) if isinstance(stored, list) else ()

    def add_recent(self, project: Path) -> None:
        """Put a project file at the head of the recent ones."""
        self._put_recent([project, *(path for path in self.recent if path != project)])

    def forget_recent(self, project: Path) -> None:
        """Drop a project file that is no longer there."""
        self._put_recent([path for path in self.recent if path != project])

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

    def text(self, key: str, default: str) -> str:
        """What is stored under a key."""
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def put(self, name: str, texts: Mapping[str, str]) -> None:
        """Store texts by key; tells ``name`` if any is another one than before."""
        changed = {key: text for key, text in texts.items() if self.text(key, "\0") != text}
        for key, text in changed.items():
            self._store.setValue(key, text)
        if changed:
            self.changed.emit(name)

    def _put_recent(self, files: list[Path]) -> None:
        self.put("recent", {"recent": json.dumps([str(path) for path in files[:MAX_RECENT]])})


def _keys(stored: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(stored, dict):
        raise TypeError("no table of keys")
    return {str(action): tuple(map(str, keys)) for action, keys in stored.items()}
