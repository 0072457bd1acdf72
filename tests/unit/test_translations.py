"""Every text of the window is translated, whole, and compiled."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIELD = re.compile(r"\{[^{}]*\}|%n")


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location(
        "translations", ROOT / "packaging" / "translations.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["en", "zh_CN"])
def language(request):
    return request.param


def test_no_text_is_unfinished(tool, language):
    known = tool.read(tool.I18N / f"{language}.ts")
    missing = [key for key in tool.wanted(language) if key not in known]
    assert not missing, f"python packaging/translations.py update, then translate {missing}"


def test_no_translation_is_left_over(tool, language):
    wanted = set(tool.wanted(language))
    assert [key for key in tool.read(tool.I18N / f"{language}.ts") if key not in wanted] == []


def test_fields_are_kept(tool, language):
    for (context, source), forms in tool.read(tool.I18N / f"{language}.ts").items():
        for form in forms:
            assert form, (context, source)
            assert sorted(FIELD.findall(form)) == sorted(FIELD.findall(source)), (context, source)


def test_the_compiled_file_is_the_newest(tool, language, tmp_path, monkeypatch):
    compiled = (tool.I18N / f"{language}.qm").read_bytes()
    copy = tmp_path / f"{language}.ts"
    copy.write_bytes((tool.I18N / f"{language}.ts").read_bytes())
    monkeypatch.setattr(tool, "I18N", tmp_path)
    tool.release(language)
    assert copy.with_suffix(".qm").read_bytes() == compiled


def test_a_call_inside_a_call_is_found(tool):
    assert ("FileDesk", "%n file(s) could not be used.") in tool.texts()


def test_texts_below_the_window_are_found(tool):
    found = {text for context, text in tool.texts() if context == tool.WORDING}
    assert "{path} is empty (0 bytes)." in found, "message of an error"
    assert "Copy it again from its source." in found, "remedy"
    assert {"Delete mask", "Delete {count} masks"} <= found, "one of two by a number"
    assert "is a Git LFS pointer, not the weights themselves" in found, "in a table"


def test_no_error_below_the_window_is_told_in_a_ready_made_text(tool):
    """An f-string has lost its values; only a template can be translated."""
    makers = tool.wording_makers()
    ready_made = [
        f"{path.relative_to(tool.PACKAGE)}:{call.lineno}"
        for path in sorted(tool.PACKAGE.rglob("*.py"))
        if path.relative_to(tool.PACKAGE).parts[0] not in tool.SILENT
        for call in tool._calls(path)
        if tool._called(call) in makers
        and any(isinstance(argument, ast.JoinedStr) for argument in call.args)
    ]
    assert ready_made == []
