"""Make ``docs/screenshots``: the program itself, run on its sample with its bundled model.

``python packaging/screenshots.py docs/screenshots`` takes all; a name after the folder takes one.
Every picture is taken by a process of its own, because scale and language belong to a process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QDialog

    from sam3_annotator.app import Program

LIMIT_MS = 300_000
COLORS = 256


@dataclass(frozen=True)
class Shot:
    """One picture.

    Attributes:
        width, height: of the window, in points.
        scale: device pixels per point.
        scene: name of the function below that prepares the window.
    """

    name: str
    scene: str
    width: int = 1440
    height: int = 900
    scale: int = 1
    theme: str = "dark"
    language: str = "en"


SHOTS = (
    Shot("welcome", "welcome", theme="light", width=1280, height=720),
    Shot("label_dark", "labelling"),
    Shot("label_light", "labelling", theme="light"),
    Shot("label_1280x720", "labelling", width=1280, height=720),
    Shot("label_4k", "labelling", width=1920, height=1080, scale=2),
    Shot("label_chinese", "labelling", theme="light", language="zh_CN"),
    Shot("clip_light", "clip", theme="light"),
    Shot("command_palette", "palette", width=1280, height=720),
    Shot("categories", "categories", theme="light", width=1280, height=720),
    Shot("shortcuts_chinese", "shortcuts", language="zh_CN", width=1280, height=720),
)

BOXES = (
    ("person", (70, 10, 425, 512)),
    ("helmet", (295, 345, 505, 512)),
    ("rocket", (355, 0, 460, 300)),
    ("flag", (0, 0, 100, 240)),
)
"""What is labelled on the first sample picture (512 x 512): category and box, in pixels."""

RABBIT = (220, 250, 525, 560)
"""A box around the rabbit on the first frame of the sample clip."""
TRACKED = 14


def take_all(folder: Path, names: list[str]) -> None:
    """Take the pictures of these names, or all, one process each."""
    folder.mkdir(parents=True, exist_ok=True)
    for shot in SHOTS:
        if names and shot.name not in names:
            continue
        with tempfile.TemporaryDirectory() as home:
            environment = {
                **os.environ,
                "QT_QPA_PLATFORM": "offscreen",
                "QT_SCALE_FACTOR": str(shot.scale),
                **{f"XDG_{kind}_HOME": home for kind in ("CONFIG", "DATA", "CACHE", "STATE")},
            }
            command = [sys.executable, __file__, "--one", shot.name, str(folder)]
            subprocess.run(command, check=True, env=environment)  # noqa: S603 - ourselves
        print(folder / f"{shot.name}.png")


def take(shot: Shot, folder: Path) -> None:
    """Take one picture in this process."""
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    from sam3_annotator.app import Program, real_session  # noqa: PLC0415
    from sam3_annotator.ui.settings import ModelChoice, Settings, ThemeMode  # noqa: PLC0415

    app = QApplication(sys.argv[:1])
    settings = Settings()
    settings.theme, settings.language = ThemeMode(shot.theme), shot.language
    settings.prefetches = False
    program = Program(app, settings, real_session)
    program.window.resize(shot.width, shot.height)
    program.start([], ModelChoice())
    until(lambda: program.workspace.model is not None)
    picture = SCENES[shot.scene](program)
    save(picture, folder / f"{shot.name}.png")
    program.window.close()
    program.stop()


def until(is_so: Callable[[], bool]) -> None:
    """Let the program run until something is so."""
    from PySide6.QtCore import QEventLoop, QTimer  # noqa: PLC0415

    loop, clock, limit = QEventLoop(), QTimer(), QTimer()
    clock.timeout.connect(lambda: loop.quit() if is_so() else None)
    limit.setSingleShot(True)
    limit.timeout.connect(loop.quit)
    clock.start(20)
    limit.start(LIMIT_MS)
    loop.exec()
    if not is_so():
        raise TimeoutError("the program did not get there")


def settle() -> None:
    """Let everything be drawn."""
    from PySide6.QtCore import QEventLoop, QTimer  # noqa: PLC0415

    loop = QEventLoop()
    QTimer.singleShot(400, loop.quit)
    loop.exec()


def save(picture: QPixmap, path: Path) -> None:
    """Write with few colours, so that the repository stays small."""
    from PIL import Image  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.png"
        picture.save(str(whole))
        with Image.open(whole) as image:
            few = image.convert("RGB").quantize(COLORS, dither=Image.Dither.FLOYDSTEINBERG)
            few.save(path, optimize=True)


# ---------------------------------------------------------------------------- scenes


def welcome(program: Program) -> QPixmap:
    """The page of the first start."""
    settle()
    return program.window.grab()


def labelling(program: Program) -> QPixmap:
    """Four objects made with boxes, one being corrected with a click."""
    from sam3_annotator.domain.geometry import Box, Point  # noqa: PLC0415

    workspace, desks = program.workspace, program.window.desks
    desks.files.open_sample()
    until(lambda: workspace.project is not None and len(workspace.project.media) >= 5)
    until(lambda: program.window.controllers.pictures.picture is not None)
    for name, box in BOXES:
        workspace.state.update(category_id=desks.categories.named(name))
        workspace.segmenting.draw_box(Box(*map(float, box)))
        until(lambda: not workspace.segmenting.attempt.is_waiting)
        desks.gestures.accept()
    (view, project) = workspace.view, workspace.project
    if project is None or view.media_id is None:
        raise RuntimeError("the sample is not open")
    first = project.objects(view.media_id)[0].id
    workspace.state.update(selection=(first,))
    workspace.segmenting.click(Point(45.0, 350.0), is_positive=True)
    until(lambda: not workspace.segmenting.attempt.is_waiting)
    settle()
    return program.window.grab()


def clip(program: Program) -> QPixmap:
    """The rabbit of the sample clip, tracked for some frames where the model can track."""
    from sam3_annotator.domain.geometry import Box  # noqa: PLC0415
    from sam3_annotator.engine.protocol import Capability  # noqa: PLC0415

    workspace, desks = program.workspace, program.window.desks
    desks.files.open_sample()
    until(lambda: workspace.project is not None and len(workspace.project.media) >= 6)
    until(lambda: not desks.work.works)
    media_id = desks.navigation.order[-1]
    desks.navigation.go_to(media_id)
    until(lambda: workspace.segmenting.attempt.frame is not None)
    workspace.state.update(category_id=desks.categories.named("rabbit"))
    workspace.segmenting.draw_box(Box(*map(float, RABBIT)))
    until(lambda: not workspace.segmenting.attempt.is_waiting)
    desks.gestures.accept()
    project = workspace.project
    if project is None:
        raise RuntimeError("the sample is not open")
    rabbit = project.objects(media_id)[0].id
    workspace.state.update(selection=(rabbit,))
    settle()
    if workspace.can(Capability.TRACK):
        program.window.table["clip.forward"].trigger()
        until(lambda: len(project.masklet(rabbit)) >= TRACKED or not desks.work.works)
        for work in desks.work.works:
            work.cancel()
        until(lambda: not desks.work.works)
        desks.navigation.go_to_frame(TRACKED - 3)
    settle()
    return program.window.grab()


def palette(program: Program) -> QPixmap:
    """The command palette over the window."""
    labelling(program)
    dialog = program.window.dialogs.open_palette()
    return over(program, dialog)


def categories(program: Program) -> QPixmap:
    """The category editor over the window."""
    labelling(program)
    return over(program, program.window.dialogs.open_categories())


def shortcuts(program: Program) -> QPixmap:
    """The shortcut editor over the window."""
    labelling(program)
    return over(program, program.window.dialogs.open_shortcuts())


def over(program: Program, dialog: QDialog) -> QPixmap:
    """The window with a dialog in front of it, as a screen would show them."""
    from PySide6.QtGui import QPainter  # noqa: PLC0415

    settle()
    picture, front = program.window.grab(), dialog.grab()
    painter = QPainter(picture)
    left = (program.window.width() - dialog.width()) // 2
    top = min(48, (program.window.height() - dialog.height()) // 2)
    painter.drawPixmap(left, max(0, top), front)
    painter.setPen(program.theme.tokens.line)
    painter.drawRect(left, max(0, top), dialog.width(), dialog.height())
    painter.end()
    dialog.close()
    return picture


SCENES: dict[str, Callable[[Program], QPixmap]] = {
    "welcome": welcome,
    "labelling": labelling,
    "clip": clip,
    "palette": palette,
    "categories": categories,
    "shortcuts": shortcuts,
}

if __name__ == "__main__":
    if sys.argv[1] == "--one":
        take(next(shot for shot in SHOTS if shot.name == sys.argv[2]), Path(sys.argv[3]))
    else:
        take_all(Path(sys.argv[1]), sys.argv[2:])
