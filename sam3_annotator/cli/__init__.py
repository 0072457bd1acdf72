"""The command line: ``sam3-annotator``; with no command it opens the window."""

from __future__ import annotations

from sam3_annotator.cli.program import main

__all__ = ["main"]
