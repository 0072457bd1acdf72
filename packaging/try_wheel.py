"""Installs a wheel into a fresh environment beside this one's libraries, and smokes it there.

    python packaging/try_wheel.py dist/sam3_annotator-0.1.0-py3-none-any.whl

The new environment sees the libraries of the one that runs this through a path file, so nothing is
downloaded; only our package comes from the wheel. That the wheel can be had with its dependencies
from an index is what the bundle's build shows (``packaging/linux/onedir.sh``).
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

from smoke import SmokeError, smoke


def environment_with(wheel: Path, folder: Path) -> Path:
    """A virtual environment in ``folder`` that has the wheel; the path of its program.

    Raises:
        SmokeError: the wheel cannot be installed, or is not what would be imported.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    python = str(scripts / "python")
    _run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps",
         "--no-index", "--disable-pip-version-check", str(wheel))  # fmt: skip
    site = Path(
        _run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    )
    # Editable installations hang on .pth files; those of a folder added this way are not read.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    origin = _run(python, "-P", "-c", "import sam3_annotator; print(sam3_annotator.__file__)")
    if not Path(origin.strip()).is_relative_to(site):
        raise SmokeError(f"the package comes from {origin.strip()}, not from the wheel")
    return scripts / "sam3-annotator"


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode != 0:
        raise SmokeError(f"{' '.join(words)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def main() -> int:
    """Try the wheel that the command line names."""
    wheel = Path(sys.argv[1])
    print(f"{wheel.name}, in an environment of its own:")
    try:
        with tempfile.TemporaryDirectory(prefix="wheel") as folder:
            smoke((str(environment_with(wheel, Path(folder))),))
    except SmokeError as trouble:
        print(f"try_wheel: {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
