"""The built artefacts do the main job; ``make test-package``, with DIST=folder if not ``dist``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.scripts import CHECKOUT, FOLDER, script

pytestmark = [pytest.mark.packaging, pytest.mark.slow, pytest.mark.timeout(1800)]

DIST = Path(os.environ.get("DIST", CHECKOUT / "dist"))


def run(*words):
    subprocess.run([*map(str, words)], cwd=CHECKOUT, check=True)


def smoke(program):
    has_display = bool(os.environ.get("DISPLAY")) and shutil.which("xdotool") is not None
    script("smoke").smoke((str(program),), on_display=has_display)


def test_the_list_of_licences_is_up_to_date():
    run(sys.executable, FOLDER / "licences.py", "--check", CHECKOUT / "THIRD_PARTY.md")


def test_the_wheel(tmp_path):
    build = ("-m", "build", "--no-isolation", "--outdir", tmp_path)
    run(sys.executable, *build, CHECKOUT)
    archives = sorted(tmp_path.iterdir())
    assert [path.suffix for path in archives] == [".whl", ".gz"]
    run(sys.executable, FOLDER / "contents.py", *archives)
    run(sys.executable, FOLDER / "try_wheel.py", archives[0])


def test_the_folder():
    program = DIST / "sam3-annotator" / "sam3-annotator"
    if not program.exists():
        pytest.skip(f"{program} was not built (packaging/linux/onedir.sh)")
    smoke(program)


def test_the_deb(tmp_path):
    packages = sorted(DIST.glob("sam3-annotator_*.deb"))
    if not packages:
        pytest.skip(f"no .deb in {DIST} (packaging/linux/deb.sh)")
    run("dpkg-deb", "--extract", packages[-1], tmp_path)
    for name in (
        "usr/share/applications/sam3-annotator.desktop",
        "usr/share/mime/packages/sam3-annotator.xml",
        "usr/share/icons/hicolor/scalable/apps/sam3-annotator.svg",
        "usr/share/doc/sam3-annotator/copyright",
    ):
        assert (tmp_path / name).is_file()
    target = (tmp_path / "usr/bin/sam3-annotator").readlink()
    smoke(tmp_path / target.relative_to("/"))
