"""Writes the golden project of the present schema: python -m tests.golden.make_project PATH."""

from __future__ import annotations

import sys
from pathlib import Path

from sam3_annotator.domain.commands import AddComment, AddMedia, SetFlags, SetMask
from sam3_annotator.domain.entities import FrameFlag
from tests.support.projects import Made, picture, square

if __name__ == "__main__":
    made = Made(Path(sys.argv[1]))
    made.document.do(AddMedia((picture(),)))
    made.document.do(SetMask(made.objects[0], 5, square(12, 9)))
    made.document.do(SetFlags((made.objects[1],), 3, 6, FrameFlag.ABSENT))
    made.document.do(AddComment(made.media, 5, "blurred", made.objects[0]))
    made.close()
