"""Lists the licences of everything the program runs with, from the installed distributions.

    python packaging/licences.py THIRD_PARTY.md           write the list
    python packaging/licences.py --check THIRD_PARTY.md   end with 1 when the list is out of date
    python packaging/licences.py --texts FOLDER           copy every licence text, for bundles

A distribution whose licence nobody has looked at ends it with 1, and so does a GPL or AGPL one.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_ROOT = "sam3-annotator"
_NOTES = Path(__file__).with_name("third_party_notes.md")
_TEXT_NAMES = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)

_CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: MIT License": "MIT",
}
_SPELLINGS = {
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "FreeBSD": "BSD-2-Clause",
    "MIT License": "MIT",
}
_GOOD = re.compile(
    r"^[(]*(Apache-2\.0|BSD-[23]-Clause|BSL-1\.0|MIT|MIT-CMU|MPL-2\.0|PSF-2\.0|0BSD|Zlib|CC0-1\.0|"
    r"Unlicense|LGPL-[0-9.]+-(only|or-later))( WITH .*)?[)]*$"
)
"""What may be in: permissive, file-wise copyleft, and libraries that stay exchangeable."""

_LIBRARIES = {
    "x264": "GPL-2.0-or-later",
    "x265": "GPL-2.0-or-later",
    "avcodec": "LGPL (FFmpeg)",
    "mp3lame": "LGPL-2.0-or-later",
    "gnutls": "LGPL-2.1-or-later",
    "gmp": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "nettle": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "unistring": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "asound": "LGPL-2.1-or-later",
    "gfortran": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "gomp": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "quadmath": "LGPL-2.1-or-later",
}
"""Copyleft libraries that wheels are known to carry: start of the file name after ``lib``."""


class UnclearError(Exception):
    """A licence that somebody has to look at."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One distribution.

    Attributes:
        name: as its makers write it.
        version: installed.
        licence: SPDX expression.
        libraries: copyleft libraries found among its files, with their licences.
    """

    name: str
    version: str
    licence: str
    libraries: tuple[str, ...]


def closure(name: str) -> list[Distribution]:
    """A distribution's dependencies, direct and indirect, as installed here, by name."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(line) for line in distribution(name).requires or []]
    while waiting:
        wanted = waiting.pop()
        key = canonicalize_name(wanted.name)
        extras = wanted.extras or {""}
        if wanted.marker and not any(wanted.marker.evaluate({"extra": e}) for e in extras):
            continue
        if key not in found:
            found[key] = distribution(wanted.name)
            for line in found[key].requires or []:
                needed = Requirement(line)
                if not needed.marker or any(
                    needed.marker.evaluate({"extra": extra}) for extra in extras
                ):
                    needed.marker = None
                    waiting.append(needed)
    return [found[key] for key in sorted(found)]


def entry_of(dist: Distribution) -> Entry:
    """What the list says about a distribution.

    Raises:
        UnclearError: its licence is unknown or not among those we take.
    """
    return Entry(dist.name, dist.version, licence_of(dist), libraries_in(dist))


def licence_of(dist: Distribution) -> str:
    """The declared licence as an SPDX expression; of alternatives the first that we take.

    Raises:
        UnclearError: see :func:`entry_of`.
    """
    metadata = dist.metadata
    declared: str = (metadata.get_all("License-Expression") or [""])[0]
    if not declared:
        classifiers = metadata.get_all("Classifier") or []
        known = [_CLASSIFIERS[one] for one in classifiers if one in _CLASSIFIERS]
        declared = " AND ".join(known) or (metadata.get_all("License") or [""])[0].strip()
    declared = _SPELLINGS.get(declared, declared)
    for choice in declared.split(" OR "):
        if all(_GOOD.match(part.strip()) for part in choice.split(" AND ")):
            return choice.strip("() ") if " OR " in declared else declared
    raise UnclearError(f"{dist.name} {dist.version}: {declared[:80] or 'says no licence'!r}")


def libraries_in(dist: Distribution) -> tuple[str, ...]:
    """Copyleft shared libraries among a distribution's files."""
    found = set()
    for file in dist.files or ():
        stem = file.name.removeprefix("lib").lower()
        if ".so" not in stem and not stem.endswith((".dll", ".dylib")):
            continue
        found |= {f"{key}: {what}" for key, what in _LIBRARIES.items() if stem.startswith(key)}
    return tuple(sorted(found))


def page(entries: list[Entry]) -> str:
    """The whole list, with the notes written by hand below it."""
    rows = [f"| {one.name} | {one.version} | {one.licence} |" for one in entries]
    carried = [f"| {one.name} | {'<br>'.join(one.libraries)} |" for one in entries if one.libraries]
    return "\n".join(
        [
            "# What the program is made of",
            "",
            "Written by `packaging/licences.py` from the metadata of the installed distributions",
            "(Linux, CPU build of torch). The wheel itself contains only our code and resources;",
            "the installable folder and the .deb contain all of this.",
            "",
            "| distribution | version | licence |",
            "|---|---|---|",
            *rows,
            "",
            "Copyleft libraries found inside these distributions' Linux wheels:",
            "",
            "| distribution | libraries |",
            "|---|---|",
            *carried,
            "",
            _NOTES.read_text(encoding="utf-8"),
        ]
    )


def copy_texts(dists: list[Distribution], folder: Path) -> int:
    """Copy every licence text into a folder per distribution; how many there were."""
    count = 0
    for dist in dists:
        for file in dist.files or ():
            is_text = file.suffix.lower() in {"", ".txt", ".md", ".rst"}
            if is_text and _TEXT_NAMES.search(file.name):
                inside = [part for part in file.parts[1:] if part not in {"..", "licenses"}]
                target = folder.joinpath(canonicalize_name(dist.name), *inside)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), target)
                count += 1
    return count


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description="List the licences of what the program runs with.")
    parser.add_argument("path", type=Path)
    parser.add_argument("--check", action="store_true", help="compare names and licences only")
    parser.add_argument("--texts", action="store_true", help="PATH is a folder for the texts")
    options = parser.parse_args()
    dists = closure(_ROOT)
    try:
        entries = [entry_of(dist) for dist in dists]
    except UnclearError as trouble:
        print(f"licences: {trouble}", file=sys.stderr)
        return 1
    if options.texts:
        print(f"{copy_texts(dists, options.path)} licence texts: {options.path}")
        return 0
    text = page(entries)
    if not options.check:
        options.path.write_text(text, encoding="utf-8")
        print(f"{len(entries)} distributions: {options.path}")
        return 0
    if without_versions(options.path.read_text(encoding="utf-8")) != without_versions(text):
        print(f"licences: {options.path} is out of date; write it again", file=sys.stderr)
        return 1
    return 0


def without_versions(text: str) -> str:
    """The list with the versions left out, which may differ from machine to machine."""
    return re.sub(r"^(\| [^|]+ \|) [^|]+ (\| [^|]+ \|)$", r"\1\2", text, flags=re.MULTILINE)


if __name__ == "__main__":
    sys.exit(main())
