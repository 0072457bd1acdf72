"""What the desktop is told about us fits what the program writes."""

from __future__ import annotations

import configparser
import re
from xml.etree import ElementTree as ET

from sam3_annotator.domain.media_paths import PROJECT_SUFFIX
from sam3_annotator.store.database import APPLICATION_ID
from tests.packaging.scripts import CHECKOUT, FOLDER

NAMESPACE = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}


def mime_type():
    tree = ET.parse(FOLDER / "linux" / "sam3-annotator.xml")
    return tree.find("m:mime-type", NAMESPACE)


def test_projects_are_known_by_name_and_by_content():
    found = mime_type()
    assert found.find("m:glob", NAMESPACE).get("pattern") == f"*{PROJECT_SUFFIX}"
    magic = found.find("m:magic/m:match/m:match", NAMESPACE)
    assert int(magic.get("value"), 16) == APPLICATION_ID
    assert magic.get("offset") == "68"


def test_the_desktop_entry_opens_projects():
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(FOLDER / "linux" / "sam3-annotator.desktop", encoding="utf-8")
    section = entry["Desktop Entry"]
    assert section["Exec"].split()[0] == "sam3-annotator"
    assert mime_type().get("type") in section["MimeType"].split(";")


def test_the_deb_asks_for_what_setup_installs():
    """Both lists were found on a bare Debian; a library added to one belongs into the other."""
    library = re.compile(r"\blib[a-z0-9.+-]+")
    setup = (FOLDER / "system_packages.sh").read_text()
    names = re.search(r"packages=\((.*?)\)", setup, re.DOTALL)[1]
    depends = re.search(r"^Depends: (.*)$", (FOLDER / "linux" / "deb.sh").read_text(), re.MULTILINE)
    wanted = set(library.findall(depends[1])) - {"libc6", "libglib2.0-0t64"}
    assert wanted == set(library.findall(names))
    assert (CHECKOUT / "resources" / "icons" / "app.svg").exists()
