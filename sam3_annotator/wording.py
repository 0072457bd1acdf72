"""Wording: an English text that remembers how it was made, so that the window can say it otherwise.

Below the window nobody knows which language its user reads. So texts for people are written as a
template and its values; to everyone but the window they are plain English strings.
"""

from __future__ import annotations

import json
from functools import reduce
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from typing_extensions import Self

Value = str | int | float


class Wording(str):
    """An English text with the template and the values it was made of.

    Equal to the same text as a plain string. Cutting it or joining it to others gives plain
    strings, which stay English everywhere: put one wording into another as a value instead.

    Args:
        template: English, in the manner of ``str.format``: ``"{path} is empty."``. A wording
            stands for its template, so that texts kept in tables can be filled in later.
        values: what the names in the template stand for; may be wordings themselves; anything
            but strings and numbers is kept as its text. Without any the template is taken as it
            is, braces included.

    Attributes:
        template: what the window looks up.
        values: what it fills in.
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, Value]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Fill in the values."""
        if isinstance(template, Wording):
            values = {**template.values, **values}
            template = template.template
        kept = {name: _kept(value) for name, value in values.items()}
        wording = super().__new__(cls, template.format(**kept) if kept else template)
        wording.template, wording.values = template, MappingProxyType(kept)
        return wording

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """How a copy is made."""
        return (self.template,), dict(self.values)

    def __getstate__(self) -> None:
        """Nothing beyond the arguments."""


def counted(count: int, one: str, many: str, /, **values: object) -> Wording:
    """The template that fits a number, which it may name as ``{count}``."""
    return Wording(one if count == 1 else many, count=count, **values)


def listed(parts: Iterable[str]) -> str:
    """Texts as one, with commas between them; a wording where any of them is one."""
    first, *rest = [*parts] or [""]
    return reduce(lambda some, one: Wording("{some}, {one}", some=some, one=one), rest, first)


def to_json(text: str) -> str:
    """A text as it can be kept in a file; :func:`from_json` gives it back, wording or not."""
    return json.dumps(_packed(text), ensure_ascii=False, separators=(",", ":"))


def from_json(kept: str) -> str:
    """What :func:`to_json` was given.

    Raises:
        ValueError: ``kept`` was not made by it.
    """
    try:
        text = _unpacked(json.loads(kept))
    except (AttributeError, LookupError, TypeError) as error:
        raise ValueError(kept) from error
    if not isinstance(text, str):
        raise ValueError(kept)  # noqa: TRY004 - it is the text in the file that is wrong
    return text


def _kept(value: object) -> Value:
    """An error among the values would keep its whole traceback alive."""
    return value if isinstance(value, str | int | float) else str(value)


def _packed(value: Value) -> object:
    if isinstance(value, Wording):
        return [value.template, {name: _packed(one) for name, one in value.values.items()}]
    return value


def _unpacked(value: object) -> object:
    if isinstance(value, list):
        template, values = value
        return Wording(template, **{name: _unpacked(one) for name, one in values.items()})
    return value
