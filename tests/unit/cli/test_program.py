from __future__ import annotations

import os
import subprocess
import sys
import types

import pytest

from sam3_annotator import __version__
from sam3_annotator.cli import main, program
from sam3_annotator.errors import FileTrouble


def _loaded_by(*words):
    """Names of the modules that a command loads, in a process of its own."""
    code = (
        "import sys; from sam3_annotator.cli import main; code = main(sys.argv[1:]);"
        "print('LOADED', *sys.modules); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
    )
    line = next(line for line in done.stdout.splitlines() if line.startswith("LOADED"))
    return done.returncode, set(line.split())


@pytest.mark.parametrize("words", [("--version",), ("--help",), ("weights", "--help")])
def test_asking_for_help_loads_neither_torch_nor_qt(words):
    code, loaded = _loaded_by(*words)
    assert code == 0
    assert not loaded & {"torch", "PySide6", "numpy", "huggingface_hub"}


def test_threads_of_torch_sleep_while_they_wait(monkeypatch):
    """Set before torch is imported, and not against the user's own choice."""
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    assert main(["--version"]) == 0
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    assert main(["--version"]) == 0
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"sam3-annotator {__version__}"


def test_every_command_in_the_table_has_a_module(capsys):
    for name in program.COMMANDS:
        assert main([name, "--help"]) == 0
        assert f"sam3-annotator {name}" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["fly"], ["--fly"], ["weights"], ["weights", "fly"]])
def test_wrong_usage_ends_with_2(words, capsys):
    assert main(words) == 2
    assert "usage:" in capsys.readouterr().err


@pytest.fixture
def command(monkeypatch):
    """A command called ``probe`` whose work a test gives."""
    module = types.ModuleType("sam3_annotator.cli.probe")
    module.add_parser = lambda subparsers: subparsers.add_parser("probe")
    monkeypatch.setitem(sys.modules, "sam3_annotator.cli.probe", module)
    monkeypatch.setitem(program.COMMANDS, "probe", "a probe")
    return module


def _raising(error):
    def run(_arguments):
        raise error

    return run


def test_our_errors_are_told_in_one_line_with_the_remedy(command, capsys):
    command.run = _raising(FileTrouble("There is no a.jpg.", "Check the path."))
    assert main(["probe"]) == 1
    assert capsys.readouterr().err == "sam3-annotator: There is no a.jpg. Check the path.\n"


def test_what_the_system_refuses_is_told_in_one_line(command, capsys):
    command.run = _raising(PermissionError(13, "Permission denied", "/root/x"))
    assert main(["probe"]) == 1
    said = "sam3-annotator: [Errno 13] Permission denied: '/root/x'\n"
    assert capsys.readouterr().err == said


def test_bugs_are_not_hidden(command):
    command.run = _raising(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        main(["probe"])


def test_interrupting_ends_with_130(command):
    command.run = _raising(KeyboardInterrupt())
    assert main(["probe"]) == 130


def test_the_code_of_the_command_is_returned(command):
    command.run = lambda _arguments: 7
    assert main(["probe"]) == 7


@pytest.fixture
def window(monkeypatch):
    """Arguments with which the window was opened."""
    opened = []
    app = types.ModuleType("sam3_annotator.app")
    app.main = lambda words: opened.append(words) or 0
    monkeypatch.setitem(sys.modules, "sam3_annotator.app", app)
    return opened


def test_without_arguments_the_window_opens(window):
    assert main([]) == 0
    assert window == [[]]


def test_paths_alone_open_the_window_with_them(window, tmp_path):
    assert main([str(tmp_path)]) == 0
    assert window == [[str(tmp_path)]]


@pytest.mark.parametrize(
    "words", [["--sample"], ["--theme", "dark"], [".", "--weights", "mini", "--theme", "light"]]
)
def test_options_of_the_window_open_it(window, words):
    assert main(words) == 0
    assert window == [words]


def test_a_word_that_is_nothing_is_answered_with_the_commands(window, capsys):
    assert main(["exprot", "p.s3a"]) == 2
    assert not window
    assert "'export'" in capsys.readouterr().err


def test_a_file_called_like_a_command_does_not_hide_it(window, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weights").mkdir()
    assert main(["weights"]) == 2
    assert not window


def test_the_reader_of_our_output_may_leave_early():
    done = subprocess.run(
        f"{sys.executable} -m sam3_annotator doctor --help | head -c 5",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "usage"
    assert "Traceback" not in done.stderr
