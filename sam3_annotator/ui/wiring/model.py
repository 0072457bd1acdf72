"""ModelDesk: loads weights on the model thread, says what is loaded and what it can do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sam3_annotator.engine.protocol import (
    Capability,
    FreeMemory,
    LoadModel,
    ModelLoaded,
    Priority,
    Progress,
)
from sam3_annotator.engine.session import Crashed, Failed
from sam3_annotator.ui.abilities import ability_words
from sam3_annotator.ui.text import in_words, translate, worded
from sam3_annotator.workflow.desk import Listener, silent

if TYPE_CHECKING:
    from sam3_annotator.engine.protocol import Item, ModelInfo
    from sam3_annotator.engine.session import Ending
    from sam3_annotator.ui.settings import ModelChoice
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace

_GB = 1e9


class ModelDesk(QObject):
    """Owns nothing but the wish; what is loaded is the workspace's ``model``.

    Signals:
        described: one line for the device chip.
        loading_changed: whether weights are being loaded.
    """

    described = Signal(str)
    loading_changed = Signal(bool)

    def __init__(self, workspace: Workspace, work: WorkDesk) -> None:
        super().__init__(workspace)
        self._workspace, self._work = workspace, work
        self.is_loading = False
        self.trouble = ""
        workspace.engine.desk.on_idle_changed = lambda _: self._describe()

    def load(self, choice: ModelChoice) -> None:
        """Load weights; the window goes on working meanwhile, with the old model if there is one.

        The choice is remembered once it has loaded, so that a broken file is not tried for ever.
        """
        self.is_loading, self.trouble = True, ""
        self.loading_changed.emit(self.is_loading)
        title = translate("ModelDesk", "loading the model")

        def on_item(item: Item) -> None:
            if isinstance(item, Progress):
                self._work.advance("model", item.done, item.total)  # the title says it, translated
            elif isinstance(item, ModelLoaded):
                self._loaded(item.info, choice)

        ticket = self._workspace.engine.desk.ask(
            LoadModel(choice.weights, choice.device, choice.dtype),
            lane="model",
            priority=Priority.CLICK,
            listener=Listener(on_item, self._ended),
        )
        self._work.begin("model", title, lambda: self._workspace.engine.desk.cancel(ticket))
        self._describe()

    def free_memory(self) -> None:
        """Give back what the model keeps only to be fast."""
        self._workspace.engine.desk.ask(
            FreeMemory(), lane="free", priority=Priority.CLICK, listener=Listener(silent, silent)
        )
        self._workspace.said.emit(translate("ModelDesk", "Cached embeddings were dropped."))

    def _loaded(self, info: ModelInfo, choice: ModelChoice) -> None:
        self._workspace.settings.model = choice
        self._workspace.use_model(info)
        shown = self._workspace.frame_ref()
        self._workspace.segmenting.open_frame(shown)
        self._workspace.said.emit(
            translate("ModelDesk", "{model} is ready on {device}.").format(
                model=info.name, device=_shown(info.device)
            )
        )

    def _ended(self, ending: Ending) -> None:
        self.is_loading = False
        self._work.end("model")
        if isinstance(ending, Failed | Crashed):
            self.trouble = worded(ending.error)
        self.loading_changed.emit(self.is_loading)
        self._describe()

    def _describe(self) -> None:
        self.described.emit(self.one_line())

    def one_line(self) -> str:
        """The model, its device and the memory in use: "SAM 3 · cuda:0 · 4.1 / 24 GB"."""
        model = self._workspace.model
        if model is None:
            if self.is_loading:
                return translate("ModelDesk", "loading the model…")
            return translate("ModelDesk", "no model")
        parts = [model.name, _shown(model.device)]
        if model.device == "cpu":
            cores = os.cpu_count() or 1
            parts.append(translate("ModelDesk", "%n core(s)", "", cores))
        else:
            memory = self._workspace.engine.engine.memory
            if memory.total_bytes:
                used, total = memory.used_bytes / _GB, memory.total_bytes / _GB
                parts.append(f"{used:.1f} / {total:.0f} GB")
        return " · ".join(parts)

    def abilities(self) -> str:
        """What the loaded model can and cannot do, in a sentence each."""
        model = self._workspace.model
        if model is None:
            return self.trouble
        words = ability_words()
        can = [words[one] for one in Capability if one in model.capabilities]
        cannot = [words[one] for one in Capability if one not in model.capabilities]
        lines = [translate("ModelDesk", "Can: {list}.").format(list=in_words(can))]
        if cannot:
            lines.append(
                translate("ModelDesk", "Cannot: {list}. SAM 3 weights can.").format(
                    list=in_words(cannot)
                )
            )
        return " ".join(lines)


def _shown(device: str) -> str:
    """A device as people write it."""
    return "CPU" if device == "cpu" else device
