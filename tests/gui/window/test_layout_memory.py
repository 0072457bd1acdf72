"""What the window remembers of its panels is what people saw, never the page without any."""

from __future__ import annotations

import shutil

from sam3_annotator import paths


def panels(running):
    return {dock.objectName() for dock in running.window.docks if not dock.isHidden()}


def test_a_window_closed_on_the_welcome_page_forgets_no_panel(launch, pictures, qtbot):
    first = launch()
    first.window.show()
    first.window.close()
    running = launch(pictures, settings=first.settings)
    running.window.show()
    assert panels(running) == {"objects", "properties", "review", "history", "candidates", "strip"}
    assert running.window.parts.tool_strip.isVisible()


def test_a_clip_opened_first_leaves_pictures_their_panels(launch, pictures, qtbot, tmp_path):
    shutil.copy(paths.resource("sample/bunny.mp4"), tmp_path)
    first = launch(tmp_path / "bunny.mp4")
    qtbot.waitUntil(lambda: first.desks.navigation.is_clip, timeout=20_000)
    project = first.workspace.document.path
    first.window.close()
    second = launch(project, settings=first.settings)
    second.window.show()
    qtbot.waitUntil(lambda: second.desks.navigation.is_clip, timeout=20_000)
    second.window.close()
    third = launch(pictures, settings=first.settings)
    third.window.show()
    assert "objects" in panels(third)
    assert third.window.parts.tool_strip.isVisible()


def test_the_welcome_page_shows_no_panels(launch, tmp_path, qtbot):
    running = launch()
    running.window.show()
    running.desks.window.ask_for("reset_layout")
    assert panels(running) == set()
    assert not running.window._panels.isEnabled()
    running.desks.files.create(tmp_path / "empty.s3a")
    qtbot.waitUntil(lambda: "objects" in panels(running))
    assert running.window._panels.isEnabled()
