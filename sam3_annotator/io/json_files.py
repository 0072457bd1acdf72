"""Reads JSON that strangers wrote: bounded in size and depth, finite numbers only."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.media import unreadable
from sam3_annotator.io.reads import READS
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from pathlib import Path

SIZE_LIMIT_BYTES = 2 << 30


def read_json(path: Path, *, limit_bytes: int = SIZE_LIMIT_BYTES) -> dict[str, Any]:
    """Return the object at the top of a JSON file.

    Raises:
        FileTrouble: missing or unreadable.
        ExchangeTrouble: too large, not UTF-8, not JSON, nested too deeply, a number that is not
            finite, or something else than an object at the top.
    """
    try:
        size = path.stat().st_size
        if size > limit_bytes:
            raise ExchangeTrouble(
                "{path} is {size:.1f} GB, more than the {limit:.1f} GB that are read.",
                "Split it into several files.",
                path=path,
                size=size / 1e9,
                limit=limit_bytes / 1e9,
            )
        with READS.of(path):
            data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        found = json.loads(data, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError as error:
        raise ExchangeTrouble(
            "{path} is nested too deeply to be an annotation file.", path=path
        ) from error
    except UnicodeDecodeError as error:
        raise ExchangeTrouble(
            "{path} is not UTF-8 text.", "Save it as UTF-8.", path=path
        ) from error
    except json.JSONDecodeError as error:
        raise ExchangeTrouble(
            "{path} is not JSON: {what} in line {line}, column {column}.",
            path=path,
            what=error.msg,
            line=error.lineno,
            column=error.colno,
        ) from error
    except ValueError as error:
        raise ExchangeTrouble("{path}: {error}", path=path, error=error) from error
    if not isinstance(found, dict):
        raise ExchangeTrouble(
            "{path} holds {kind} where an object with images and annotations is expected.",
            path=path,
            kind=_kind(found),
        )
    return found


def record_list(path: Path, document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the list of objects called ``name``; empty when absent.

    Raises:
        ExchangeTrouble: it is something else than a list of objects.
    """
    records = document.get(name, [])
    if not isinstance(records, list):
        raise ExchangeTrouble(
            '{path}: "{name}" is {kind}, a list is expected.',
            path=path,
            name=name,
            kind=_kind(records),
        )
    for position, record in enumerate(records):
        if not isinstance(record, dict):
            raise ExchangeTrouble(
                '{path}: entry {position} of "{name}" is {kind}, an object is expected.',
                path=path,
                position=position,
                name=name,
                kind=_kind(record),
            )
    return records


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number an annotation can hold.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large a number.")
    return number


def _kind(value: object) -> str:
    names = {
        list: Wording("a list"),
        dict: Wording("an object"),
        str: Wording("text"),
        bool: Wording("true or false"),
    }
    if value is None:
        return Wording("nothing")
    return names.get(type(value), Wording("a number"))
