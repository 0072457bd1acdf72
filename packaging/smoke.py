"""Does the main job with a built artefact, as a person would; the first failure ends it.

    python3 packaging/smoke.py [--display] PROGRAM...

``PROGRAM`` is the command to test: ``sam3-annotator``, the program inside the frozen folder, or
several words such as ``python -m sam3_annotator``. Needs the standard library only. The sample
material is the checkout's; settings, caches and results go to a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_CHECKOUT = Path(__file__).resolve().parents[1]
_PICTURES = _CHECKOUT / "resources" / "sample" / "pictures"
_CLIP = _CHECKOUT / "resources" / "sample" / "bunny.mp4"
_CAT = "230,150"
"""A point on the cat, in pixels of ``cat.jpg`` (451 x 300)."""
_LIMIT_S = 300


class SmokeError(Exception):
    """The artefact did not do what it should."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """A program and the folder it may write to.

    Attributes:
        command: its words.
        folder: empty, ours.
    """

    command: tuple[str, ...]
    folder: Path

    def run(self, *words: str | Path) -> str:
        """Run it in the folder; what it printed.

        Raises:
            SmokeError: it ended with another code than 0, or did not end.
        """
        line = [*self.command, *map(str, words)]
        try:
            done = subprocess.run(  # noqa: S603 - testing what the caller named
                line,
                cwd=self.folder,
                env=self.environment(),
                capture_output=True,
                text=True,
                timeout=_LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise SmokeError(f"{words[0]} did not end in {_LIMIT_S} s.") from error
        if done.returncode != 0:
            said = f"{done.stdout}\n{done.stderr}".strip()[-3000:]
            raise SmokeError(f"{' '.join(line)} ended with {done.returncode}:\n{said}")
        return done.stdout

    def environment(self) -> dict[str, str]:
        """Own user folders, no checkout on the path, no display unless one is asked for."""
        dropped = ("PYTHONPATH", "PYTHONHOME", "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        folders = {
            f"XDG_{n}_HOME": str(self.folder / n.lower())
            for n in ("CONFIG", "DATA", "CACHE", "STATE")
        }
        return {**kept, **folders, "QT_QPA_PLATFORM": "offscreen"}


def says_its_version(artefact: Artefact) -> None:
    """``--version`` names the version of this checkout."""
    said = artefact.run("--version").strip()
    source = (_CHECKOUT / "sam3_annotator" / "__init__.py").read_text(encoding="utf-8")
    version = source.split('__version__ = "')[1].split('"')[0]
    expect(said == f"sam3-annotator {version}", f"--version said {said!r}, not {version}")


def is_healthy(artefact: Artefact) -> None:
    """The doctor finds all libraries, decoders and the bundled weights."""
    report = json.loads(artefact.run("doctor", "--json"))
    expect(not report["problems"], f"the doctor says: {report['problems']}")
    expect("missing" not in report["video"]["decoders"], f"decoders: {report['video']['decoders']}")


def segments_a_picture(artefact: Artefact) -> None:
    """One click with the bundled weights finds the cat."""
    artefact.run("predict", _PICTURES / "cat.jpg", "--click", _CAT, "--output", "cat.json")
    document = _read(artefact, "cat.json")
    areas = [round(one["area"]) for one in document["annotations"]]
    expect(len(areas) == 1, f"one click gave {len(areas)} objects")
    share = areas[0] / (451 * 300)
    expect(0.02 < share < 0.9, f"the object covers {share:.1%} of the picture")


def goes_through_a_project(artefact: Artefact) -> None:
    """COCO in, project, COCO out: the same object comes back, pixel by pixel."""
    artefact.run("import", "cat.s3a", "cat.json", "--pictures", _PICTURES)
    said = artefact.run("export", "cat.s3a", "--output", "again.json")
    expect("equal" in said, f"the export was not read back equal: {said}")
    before, after = (_read(artefact, name)["annotations"][0] for name in ("cat.json", "again.json"))
    expect(before["segmentation"] == after["segmentation"], "the mask changed on its way")


def follows_in_a_clip(artefact: Artefact) -> None:
    """The clip is decoded and an object is followed for a few frames."""
    box = ("--box", "200,60,420,300")
    artefact.run("track", _CLIP, "--output", "masks.json", *box, "--stop", "2", "--quiet")
    document = _read(artefact, "masks.json")
    expect(bool(document["annotations"]), "nothing was followed through the clip")


def works_in_the_window(artefact: Artefact) -> None:
    """A scripted user works in a window that nobody sees, and closes it."""
    said = artefact.run("demo", "--headless", "--output", "demo")
    expect("read back: equal, pixel by pixel" in said, f"the demo ended with: {said[-500:]}")
    pictures = list((artefact.folder / "demo").glob("*.png"))
    expect(bool(pictures), "the demo made no screenshots")


def opens_on_the_display(artefact: Artefact) -> None:
    """A real window appears on the display (X11, needs xdotool) and quits by its key."""
    environment = {
        **artefact.environment(),
        "DISPLAY": os.environ["DISPLAY"],
        "QT_QPA_PLATFORM": "xcb",
    }
    line = [*artefact.command, "--sample", "--weights", "mini"]
    with subprocess.Popen(  # noqa: S603 - testing what the caller named
        line, cwd=artefact.folder, env=environment
    ) as process:
        try:
            found = _xdotool("search", "--sync", "--onlyvisible", "--name", "SAM 3 Annotator")
            _xdotool("windowfocus", "--sync", found.split()[0], "key", "ctrl+q")
            expect(process.wait(60) == 0, f"the window ended with {process.returncode}")
        except subprocess.SubprocessError as error:
            raise SmokeError(f"the window: {error}") from error
        finally:
            process.kill()


def _xdotool(*words: str) -> str:
    tool = shutil.which("xdotool")
    expect(tool is not None, "xdotool is not installed")
    done = subprocess.run(  # noqa: S603 - found by name above
        [str(tool), *words], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


STEPS: tuple[Callable[[Artefact], None], ...] = (
    says_its_version,
    is_healthy,
    segments_a_picture,
    goes_through_a_project,
    follows_in_a_clip,
    works_in_the_window,
)


def expect(is_so: bool, otherwise: str) -> None:  # noqa: FBT001 - reads like an assertion
    """End the step unless something holds.

    Raises:
        SmokeError: it does not.
    """
    if not is_so:
        raise SmokeError(otherwise)


def smoke(command: tuple[str, ...], *, on_display: bool = False) -> None:
    """Take every step with one artefact, and print how long each took.

    Raises:
        SmokeError: at the first step that fails.
    """
    steps = (*STEPS, opens_on_the_display) if on_display else STEPS
    with tempfile.TemporaryDirectory(prefix="smoke") as folder:
        artefact = Artefact(command, Path(folder))
        for step in steps:
            started = time.perf_counter()
            step(artefact)
            name = step.__name__.replace("_", " ")
            print(f"  {name:28} {time.perf_counter() - started:6.1f} s", flush=True)


def _read(artefact: Artefact, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((artefact.folder / name).read_text(encoding="utf-8"))
    return document


def main() -> int:
    """Test what the command line names."""
    parser = argparse.ArgumentParser(description="Test a built artefact.")
    parser.add_argument("--display", action="store_true", help="open a real window too (X11)")
    parser.add_argument("program", nargs="+", help="the command to test, in words")
    options = parser.parse_args()
    program = shutil.which(options.program[0])
    if program is None:
        print(f"smoke: there is no program {options.program[0]}", file=sys.stderr)
        return 2
    try:
        words = (str(Path(program).absolute()), *options.program[1:])
        smoke(words, on_display=options.display)
    except SmokeError as trouble:
        print(f"smoke: {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
