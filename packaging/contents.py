"""Checks that a built wheel and sdist hold what they should, and nothing else.

    python packaging/contents.py dist/*.whl dist/*.tar.gz

The measure is what git tracks: every tracked file of the package and its resources must be in the
wheel, byte for byte, and nothing that is not tracked. Run from the root of a checkout.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

_WHEEL_LIMIT_BYTES = 45_000_000
_PACKAGE = "sam3_annotator"
SDIST_EXTRAS = {
    "CHANGELOG.md",
    "LICENSE",
    "PKG-INFO",
    "README.md",
    "THIRD_PARTY.md",
    "pyproject.toml",
}
"""What the sdist holds beside the package and its resources."""

_GENERATED = re.compile(r"\.dist-info/(METADATA|WHEEL|RECORD|entry_points\.txt|licenses/.+)$")
_NAMES_A_FILE = re.compile(r"`([\w/.-]+\.(?:safetensors|gz|jpg|mp4))`")


def tracked() -> set[str]:
    """Files of the package and its resources that git tracks, by path in the checkout."""
    git = ["git", "ls-files", "-z", _PACKAGE, "resources"]
    done = subprocess.run(git, capture_output=True, text=True, check=True)  # noqa: S603 - fixed words
    return {name for name in done.stdout.split("\0") if name}


def wheel_troubles(wheel: Path, source: set[str]) -> list[str]:
    """What is wrong with a wheel, in sentences."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        inside = {n for n in names if not _GENERATED.search(n)}
        wanted = {_in_wheel(name): name for name in source}
        changed = [
            target
            for target, name in wanted.items()
            if target in inside and archive.read(target) != Path(name).read_bytes()
        ]
    troubles = _compared(wheel.name, set(wanted), inside)
    troubles += [f"{wheel.name}: {name} differs from the checkout" for name in sorted(changed)]
    licences = {PurePosixPath(name).name for name in names if ".dist-info/licenses/" in name}
    troubles += [
        f"{wheel.name}: {name} is not among its licences"
        for name in ("LICENSE", "THIRD_PARTY.md", "NOTICE.md", "SOURCES.md")
        if name not in licences
    ]
    if wheel.stat().st_size > _WHEEL_LIMIT_BYTES:
        troubles.append(f"{wheel.name}: more than {_WHEEL_LIMIT_BYTES:,} bytes")
    return troubles


def sdist_troubles(sdist: Path, source: set[str]) -> list[str]:
    """What is wrong with an sdist, in sentences."""
    with tarfile.open(sdist) as archive:
        inside = {m.name.partition("/")[2] for m in archive.getmembers() if m.isfile()}
    inside.discard(".gitignore")  # hatchling adds it, for builds from the sdist
    return _compared(sdist.name, source | SDIST_EXTRAS, inside)


def promise_troubles(source: set[str]) -> list[str]:
    """Files that a notice of our resources names in its table, and that are not there."""
    notices = [n for n in sorted(source) if n.startswith("resources/") and n.endswith(".md")]
    return [
        f"{notice} names {name}, which is not there"
        for notice in notices
        for name in _first_column(Path(notice).read_text(encoding="utf-8"))
        if str(PurePosixPath(notice).parent / name) not in source
    ]


def _first_column(text: str) -> list[str]:
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    return [match[1] for cell in cells if (match := _NAMES_A_FILE.search(cell))]


def _in_wheel(name: str) -> str:
    return f"{_PACKAGE}/{name}" if name.startswith("resources/") else name


def _compared(where: str, wanted: set[str], inside: set[str]) -> list[str]:
    missing = [f"{where}: {name} is missing" for name in sorted(wanted - inside)]
    extra = [f"{where}: {name} should not be in it" for name in sorted(inside - wanted)]
    return missing + extra


def main(paths: list[Path]) -> int:
    """Check each archive; print its size and what is wrong."""
    source = tracked()
    troubles = promise_troubles(source)
    for path in paths:
        is_wheel = path.suffix == ".whl"
        troubles += (wheel_troubles if is_wheel else sdist_troubles)(path, source)
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    for trouble in troubles:
        print(f"contents: {trouble}", file=sys.stderr)
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main([Path(word) for word in sys.argv[1:]]))
