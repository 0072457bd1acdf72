"""Texts below the window: English to everyone, and still known by template and values."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from sam3_annotator.errors import FileTrouble, Rejected
from sam3_annotator.wording import Wording, from_json, to_json

NESTED = Wording("Remove {what}", what=Wording("{count} objects", count=3))


def test_a_wording_is_its_english_text():
    assert Wording("Add {name}", name="bus 2") == "Add bus 2"
    assert hash(Wording("Add {name}", name="bus 2")) == hash("Add bus 2")
    assert NESTED == "Remove 3 objects"


def test_braces_without_values_are_left_alone():
    assert Wording("/photos/{old}/a.png") == "/photos/{old}/a.png"
    assert Wording("{path} is gone", path="/{x}") == "/{x} is gone"


def test_a_wording_from_a_table_is_filled_in_later():
    kept = Wording("Status: {page}")
    assert Wording(kept, page="here") == "Status: here"
    assert Wording(kept, page="here").template == "Status: {page}"


def test_values_that_are_not_plain_become_texts():
    assert Wording("{path}", path=Path("a")).values == {"path": "a"}
    assert Wording("{size:.1f}", size=1.25).values == {"size": 1.25}


@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_a_copy_remembers(again):
    found = again(NESTED)
    assert (found, found.template, found.values) == (NESTED, NESTED.template, NESTED.values)


def test_json_gives_back_what_it_was_given():
    found = from_json(to_json(NESTED))
    assert isinstance(found, Wording)
    assert (found.template, found.values["what"].template) == ("Remove {what}", "{count} objects")
    assert type(from_json(to_json("plain {text}"))) is str


@pytest.mark.parametrize("kept", ["7", "{", "[]", '["{a}", 3]', '["{a} {b}", {"a": 1}]'])
def test_other_json_is_no_wording(kept):
    with pytest.raises(ValueError, match=r"\S"):
        from_json(kept)


def test_an_error_is_told_in_english_and_remembers():
    error = FileTrouble("{path} is empty.", "Fill {path}.", path=Path("a.png"))
    assert str(error) == "a.png is empty. Fill a.png."
    assert (error.message.template, error.remedy.template) == ("{path} is empty.", "Fill {path}.")
    assert str(Rejected("There is nothing to undo.")) == "There is nothing to undo."
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
