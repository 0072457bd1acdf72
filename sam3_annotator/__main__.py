"""``python -m sam3_annotator``: the same as the command ``sam3-annotator``."""

from __future__ import annotations

import sys

from sam3_annotator.cli import main

if __name__ == "__main__":
    sys.exit(main())
