"""A whole program with the fake engine: real threads, real files, real window, no model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from sam3_annotator.app import Program
from sam3_annotator.domain.geometry import Box, Point
from sam3_annotator.ui.ask import with_suffix_of
from sam3_annotator.ui.settings import ModelChoice, Settings, ThemeMode
from tests.support.fake_session import FakeSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sam3_annotator.engine.session import Session
    from sam3_annotator.ui.main_window import MainWindow
    from sam3_annotator.ui.wiring.desks import Desks
    from sam3_annotator.ui.wiring.workspace import Workspace

SIZE = (160, 120)


class Answers:
    """Stands in for the system's dialogs: says what the test told it to."""

    def __init__(self) -> None:
        self.paths: list[Path] = []
        self.says_yes = True
        self.asked: list[str] = []

    def files(self, title, kinds, start=None):
        self.asked.append(title)
        return list(self.paths)

    def file(self, title, kinds, start=None):
        self.asked.append(title)
        return self.paths[0] if self.paths else None

    def folder(self, title, start=None):
        self.asked.append(title)
        return self.paths[0] if self.paths else None

    def new_file(self, title, kinds, start=None, *, is_asked_later=False):
        self.asked.append(title)
        return with_suffix_of(self.paths[0], kinds) if self.paths else None

    def confirm(self, question, detail, yes):
        self.asked.append(question)
        return self.says_yes


@dataclass
class Running:
    """A program under test."""

    program: Program
    session: FakeSession
    answers: Answers
    settings: Settings

    @property
    def window(self) -> MainWindow:
        return self.program.window

    @property
    def workspace(self) -> Workspace:
        return self.program.workspace

    @property
    def desks(self) -> Desks:
        return self.window.desks

    @property
    def project(self):
        return self.workspace.project

    def masks(self):
        """Every mask on the shown frame, by the object's name."""
        view = self.workspace.view
        return {
            item.id: self.project.mask(item.id, view.frame)
            for item, _ in self.project.on_frame(view.media_id, view.frame)
        }


@pytest.fixture
def pictures(tmp_path) -> Path:
    """A folder with four pictures of different colours."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(4):
        pixels = np.full((SIZE[1], SIZE[0], 3), 40 + 50 * number, np.uint8)
        Image.fromarray(pixels).save(folder / f"p{number}.png")
    return folder


@pytest.fixture
def launch(qtbot, qapp, tmp_path) -> Iterator[Callable[..., Running]]:
    """Starts programs; stops them and checks that nothing is left running."""
    started: list[Running] = []

    def start(
        *files: Path,
        theme: ThemeMode = ThemeMode.DARK,
        language: str = "en",
        make_session: Callable[[], Session] | None = None,
        settings: Settings | None = None,
    ) -> Running:
        settings = settings or Settings(tmp_path / f"settings{len(started)}.ini")
        settings.theme, settings.language, settings.author = theme, language, "Ada"
        session = FakeSession(lambda _: SIZE)
        program = Program(qapp, settings, make_session or (lambda: session))
        running = Running(program, session, Answers(), settings)
        for question in ("files", "file", "folder", "new_file", "confirm"):
            setattr(program.window.ask, question, getattr(running.answers, question))
        started.append(running)
        qtbot.addWidget(program.window)
        with qtbot.waitSignal(program.workspace.model_changed, timeout=60_000):
            program.start(list(files), ModelChoice())
        return running

    yield start
    for running in started:
        running.session.gate.set()
        running.window.close()
        assert running.program.stop()
        for translator in running.program._translators:
            qapp.removeTranslator(translator)


@pytest.fixture
def labelling(launch, pictures, qtbot) -> Running:
    """A program with four pictures open, the first one shown and encoded."""
    running = launch(pictures)
    qtbot.waitUntil(lambda: running.window.controllers.pictures.picture is not None)
    qtbot.waitUntil(lambda: running.workspace.segmenting._encoded is not None)
    return running


def click(running: Running, x: float, y: float, *, is_positive: bool = True) -> None:
    """A click on the picture, in its pixels."""
    running.window.parts.canvas.prompt_clicked.emit(Point(x, y), is_positive)


def box(running: Running, x0: float, y0: float, x1: float, y1: float) -> None:
    """A box drawn on the picture."""
    running.window.parts.canvas.box_drawn.emit(Box(x0, y0, x1, y1))


def trigger(running: Running, qtbot, action: str) -> None:
    """Do what a menu entry does, as soon as it is enabled."""
    qtbot.waitUntil(running.window.table[action].isEnabled)
    running.window.table[action].trigger()
