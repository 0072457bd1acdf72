"""SAM 3 Annotator: label pictures and clips with SAM 3."""

__version__ = "0.1.0"
