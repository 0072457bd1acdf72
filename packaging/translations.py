"""Keep the translations in step with the program.

``python packaging/translations.py update`` brings new and changed texts into
``resources/i18n/*.ts``; ``release`` makes the ``*.qm`` files that the program loads.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
I18N = ROOT / "resources" / "i18n"
LANGUAGES = {"en": ["-pluralonly"], "zh_CN": []}


def tool(name: str) -> str:
    """The tool beside this Python, or on the path."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else name


def update() -> None:
    """Collect every text of the window's code."""
    sources = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("sam3_annotator/ui/**/*.py"))
    for language, options in LANGUAGES.items():
        command = [tool("pyside6-lupdate"), *options, "-no-obsolete", "-locations", "none"]
        command += ["-source-language", "en", "-target-language", language, *sources]
        command += ["-ts", str(I18N / f"{language}.ts")]
        subprocess.run(command, check=True, cwd=ROOT)


def release() -> None:
    """Compile."""
    for language in LANGUAGES:
        source = I18N / f"{language}.ts"
        target = source.with_suffix(".qm")
        subprocess.run(
            [tool("pyside6-lrelease"), str(source), "-qm", str(target)], check=True, cwd=ROOT
        )


if __name__ == "__main__":
    {"update": update, "release": release}[sys.argv[1]]()
