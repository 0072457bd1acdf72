"""Keep the translations in step with the program.

``python packaging/translations.py update`` brings new and changed texts into
``resources/i18n/*.ts`` (finished translations stay, texts that are gone go); translate what it
lists as unfinished; ``release`` makes the ``*.qm`` files that the program loads.

Texts are found in the syntax tree and not by ``lupdate``, which overlooks a call as soon as an
argument is itself a call (``translate("A", "%n file(s)", "", len(files))``). Texts of the layers
below the window have no context of their own: every template that is given to a wording or to an
error belongs to the context ``Wording``.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "sam3_annotator"
I18N = ROOT / "resources" / "i18n"
LANGUAGES = {"en": 2, "zh_CN": 1}
"""Languages, and how many plural forms each has; English needs only its plurals."""

WORDING = "Wording"
"""As in ``sam3_annotator.ui.text``."""
CALLS = {"translate", "QT_TRANSLATE_NOOP"}
SILENT = {"cli", "training"}
"""Packages whose texts never reach the window."""

Key = tuple[str, str]
"""Context and English source."""
Forms = tuple[str, ...]
"""One translation, or one for each plural form."""


@cache
def texts() -> tuple[Key, ...]:
    """Every text of the window, by context and in the order of the files."""
    found: dict[Key, None] = {}
    makers = wording_makers()
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] in SILENT:
            continue
        for call in _calls(path):
            words = [_constant(argument) for argument in call.args]
            if _called(call) in CALLS and len(words) >= 2 and None not in words[:2]:
                found[str(words[0]), str(words[1])] = None
            elif _called(call) in makers:
                found.update({(WORDING, word): None for word in words if word})
    return tuple(sorted(found, key=lambda key: key[0]))


def wording_makers() -> set[str]:
    """Names of the classes and functions whose constant arguments are templates of wordings."""
    tree = ast.parse((PACKAGE / "errors.py").read_text(encoding="utf-8"))
    errors = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    return errors | {"Wording", "counted"}


def _calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return sorted(calls, key=lambda node: (node.lineno, node.col_offset))


def wanted(language: str) -> list[Key]:
    """The texts that a language has to translate."""
    return [key for key in texts() if language != "en" or "%n" in key[1]]


def read(path: Path) -> dict[Key, Forms]:
    """Finished translations of a file."""
    found: dict[Key, Forms] = {}
    for context in ET.parse(path).iter("context"):  # noqa: S314 - our own file
        name = context.findtext("name", "")
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is None or translation.get("type") == "unfinished":
                continue
            forms = tuple(form.text or "" for form in translation.iter("numerusform"))
            found[name, message.findtext("source", "")] = forms or (translation.text or "",)
    return found


def update(language: str) -> list[Key]:
    """Rewrite a language's file; returns what is still to be translated."""
    path = I18N / f"{language}.ts"
    known = read(path) if path.exists() else {}
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    contexts: dict[str, ET.Element] = {}
    unfinished = []
    for key in wanted(language):
        if key[0] not in contexts:
            contexts[key[0]] = ET.SubElement(root, "context")
            ET.SubElement(contexts[key[0]], "name").text = key[0]
        message = ET.SubElement(contexts[key[0]], "message")
        ET.SubElement(message, "source").text = key[1]
        forms = LANGUAGES[language] if "%n" in key[1] else 0
        _fill(message, known.get(key), forms)
        if key not in known:
            unfinished.append(key)
    ET.indent(root)
    head = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    text = ET.tostring(root, encoding="unicode")
    path.write_text(f"{head}{text}\n", encoding="utf-8")
    return unfinished


def release(language: str) -> None:
    """Compile a language's file.

    Running programs have the old one mapped into their memory: it is replaced, not written over.
    """
    beside = Path(sys.executable).with_name("pyside6-lrelease")
    tool = str(beside) if beside.exists() else "pyside6-lrelease"
    source = I18N / f"{language}.ts"
    part = source.with_suffix(".part.qm")
    command = [tool, "-silent", str(source), "-qm", str(part)]
    subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603 - Qt's own tool
    part.replace(source.with_suffix(".qm"))


def _called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _constant(node: ast.expr) -> str | None:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(node.value) if is_text and isinstance(node, ast.Constant) else None


def _fill(message: ET.Element, known: Forms | None, forms: int) -> None:
    translation = ET.SubElement(message, "translation")
    if known is None:
        translation.set("type", "unfinished")
    if not forms:
        translation.text = known[0] if known else None
        return
    message.set("numerus", "yes")
    for index in range(forms):
        form = ET.SubElement(translation, "numerusform")
        form.text = known[min(index, len(known) - 1)] if known else None


if __name__ == "__main__":
    for code in LANGUAGES:
        if sys.argv[1] == "release":
            release(code)
        else:
            for left in update(code):
                print(f"{code}: not translated: {left}")
