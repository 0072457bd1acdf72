"""The list of licences takes what it knows and stops at what nobody has looked at."""

from __future__ import annotations

from email.message import Message
from pathlib import PurePosixPath

import pytest

from tests.packaging.scripts import script

licences = script("licences")


class Distribution:
    """What the list asks of an installed distribution."""

    name, version = "thing", "1.0"

    def __init__(self, files=(), **headers):
        self.files = [PurePosixPath(file) for file in files]
        self.metadata = Message()
        for name, value in headers.items():
            self.metadata[name.replace("_", "-")] = value


@pytest.mark.parametrize(
    ("headers", "licence"),
    [
        ({"License_Expression": "MIT"}, "MIT"),
        ({"License_Expression": "MPL-2.0 AND MIT"}, "MPL-2.0 AND MIT"),
        ({"License_Expression": "GPL-3.0-only OR MIT"}, "MIT"),
        ({"License": "LGPL-3.0-only OR GPL-2.0-only"}, "LGPL-3.0-only"),
        ({"License": "FreeBSD"}, "BSD-2-Clause"),
        ({"Classifier": "License :: OSI Approved :: MIT License"}, "MIT"),
    ],
)
def test_known_licences_are_taken(headers, licence):
    assert licences.licence_of(Distribution(**headers)) == licence


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"License_Expression": "GPL-3.0-or-later"},
        {"License_Expression": "AGPL-3.0-only"},
        {"License_Expression": "MIT AND GPL-2.0-only"},
        {"License": "see the file"},
    ],
)
def test_others_are_not(headers):
    with pytest.raises(licences.UnclearError, match=r"thing 1\.0"):
        licences.licence_of(Distribution(**headers))


def test_copyleft_libraries_inside_are_found():
    files = ["av.libs/libx264-d6533a8d.so.165", "av.libs/libvpx-edb6de90.so.12", "av/x264.py"]
    assert licences.libraries_in(Distribution(files)) == ("x264: GPL-2.0-or-later",)


def test_versions_do_not_put_the_list_out_of_date():
    one, two = (licences.Entry("thing", version, "MIT", ()) for version in ("1.0", "2.0"))
    strip = licences.without_versions
    assert strip(licences.page([one])) == strip(licences.page([two]))
    other = licences.Entry("thing", "1.0", "BSD-3-Clause", ())
    assert strip(licences.page([one])) != strip(licences.page([other]))
