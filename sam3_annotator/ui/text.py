"""The one way texts for people are written down, so that they can be translated.

English is the source. ``pyside6-lupdate`` finds every call named ``translate``; the first
argument is the context (the class or module the text belongs to).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from sam3_annotator import paths
from sam3_annotator.errors import AnnotatorError
from sam3_annotator.wording import Wording, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QApplication

LANGUAGES: tuple[tuple[str, str], ...] = (("en", "English"), ("zh_CN", "简体中文"))
"""Code and own name of every language the window speaks."""


WORDING = "Wording"
"""Context of the texts that come from below the window."""

_MARK = re.compile(r"\(&.\)")
"""A mnemonic as languages without Latin letters write it: behind the word, in brackets."""


def translate(context: str, text: str, comment: str = "", n: int = -1) -> str:
    """The text in the user's language.

    Args:
        context: class or module the text belongs to.
        text: English source; ``%n`` stands for ``n``.
        comment: help for the translator where one English text has two meanings.
        n: number the text speaks of, for plural forms; -1 for none.
    """
    return QCoreApplication.translate(context, text, comment or None, n)


def worded(said: str | BaseException) -> str:
    """What a layer below the window says, in the user's language.

    Args:
        said: a wording, or an error that holds one; anything else is shown as it is.
    """
    if isinstance(said, BaseException):
        said = said.told if isinstance(said, AnnotatorError) else str(said)
    if not isinstance(said, Wording):
        return said
    text = translate(WORDING, said.template)
    if not said.values:
        return text
    values = {name: worded(v) if isinstance(v, str) else v for name, v in said.values.items()}
    return text.format(**values)


def in_words(parts: Iterable[str]) -> str:
    """Texts as one, with the commas of the user's language."""
    return worded(listed(parts))


def plain(text: str) -> str:
    """The text of a menu entry without its mnemonic and dots, for everywhere else."""
    return _MARK.sub("", text).replace("&", "").rstrip("…")


def system_language() -> str:
    """The code of ours that suits the system's language; English where none does."""
    return "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"


def install_language(app: QApplication, code: str) -> list[QTranslator]:
    """Make every text shown from now on appear in the language ``code``.

    Args:
        app: the application that owns the translators.
        code: "" follows the system.

    Returns:
        The installed translators; ``app.removeTranslator`` undoes each.
    """
    chosen = code or system_language()
    installed: list[QTranslator] = []
    folders = (QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath),)
    places = [*(("qtbase_" + chosen, folder) for folder in folders)]
    places.append((chosen, str(paths.resource("i18n"))))
    for name, folder in places:
        translator = QTranslator(app)
        if translator.load(name, folder):
            app.installTranslator(translator)
            installed.append(translator)
    return installed


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """Mark a text for translation without translating it yet; ``lupdate`` knows this name."""
    del context
    return text
