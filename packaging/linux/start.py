"""Where the frozen program starts: the same as the command ``sam3-annotator``."""

from __future__ import annotations

import multiprocessing
import sys

from sam3_annotator.cli import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
