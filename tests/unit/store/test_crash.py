"""Killed in the middle, and out of space: what was acknowledged is there."""

from __future__ import annotations

import signal
import subprocess
import sys
from random import Random

import pytest

from sam3_annotator.workflow.document import Document
from tests.support.projects import Made, state_of

_VICTIM = """
import sys
from pathlib import Path
from random import Random
from sam3_annotator.domain.commands import AddObjects, FrameMask, NewObject, SetMask
from sam3_annotator.errors import Rejected
from sam3_annotator.workflow.document import Document
from tests.support.projects import square, state_of

document = Document.open(Path(sys.argv[1]), "eve")
random = Random(int(sys.argv[2]))
for number in range(200):
    kind = random.randrange(6)
    try:
        if kind == 0:
            document.undo()
        elif kind == 1:
            document.redo()
        elif kind == 2:
            new = NewObject(1, 1, (FrameMask(0, square(number % 50, 9)),))
            document.do(AddObjects((new,)))
        else:
            document.do(SetMask(1, random.randrange(20), square(random.randrange(50), 3)))
    except Rejected:
        pass
    print(number, state_of(document), flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_nothing_acknowledged_is_missing_after_kill_9(tmp_path):
    made = Made(tmp_path / "p.s3a")
    made.close()
    random = Random(7)
    for round_ in range(20):
        lines_read = random.randrange(1, 120)
        with subprocess.Popen(
            [sys.executable, "-c", _VICTIM, str(made.path), str(round_)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as child:
            for _ in range(lines_read):
                acknowledged = child.stdout.readline()
            child.send_signal(signal.SIGKILL)
            rest = child.stdout.read().splitlines()
            child.wait()
        told = [acknowledged.strip(), *(line.strip() for line in rest)]
        states = [line.split(" ", 1)[1] for line in told if " " in line]
        document = Document.open(made.path, "anna")
        database = document._file.database
        with database.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert not connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        # One gesture may have reached the disk without being acknowledged, never more.
        assert states[-1] in {state_of(document), *_neighbours(document)}
        document.close()


def _neighbours(document: Document) -> list[str]:
    """What the project said before the last gesture, whichever it was."""
    found = []
    if document.undo_title:
        document.undo()
        found.append(state_of(document))
        document.redo()
    if document.redo_title:
        document.redo()
        found.append(state_of(document))
        document.undo()
    return found


_LIMITED = """
import resource, signal, sys
from pathlib import Path
from sam3_annotator.domain.commands import SetMask
from sam3_annotator.errors import FileTrouble
from sam3_annotator.workflow.document import Document
from tests.support.projects import snapshot, square

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
document = Document.open(Path(sys.argv[1]), "anna")
limit = Path(sys.argv[1]).stat().st_size + 200_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
done = 0
while True:
    before = snapshot(document)
    try:
        document.do(SetMask(1, done % 20, square(done % 50, done % 40)))
    except FileTrouble as trouble:
        assert trouble.remedy
        break
    done += 1
assert snapshot(document) == before
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
document.do(SetMask(1, 19, square(1, 1)))
after = snapshot(document)
document.undo()
assert snapshot(document) == before
document.redo()
document.close()
document = Document.open(Path(sys.argv[1]), "anna")
assert snapshot(document) == after
document.close()
print(done)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs RLIMIT_FSIZE")
def test_a_disk_that_is_really_full_loses_nothing_and_goes_on(tmp_path):
    made = Made(tmp_path / "p.s3a")
    made.close()
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(made.path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 3
