"""Keeps ``docs/parity.md``: one row per comparison at full size, replaced when it is run again."""

from __future__ import annotations

import os
import platform
from datetime import datetime, timezone
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "parity.md"

_INTRODUCTION = """# Parity at full size

Largest absolute differences between our modules and transformers 5.23 with the same random
weights, float32 on a CPU, written by `make parity`. Small configurations are compared on every
push by `tests/unit/model`.

| compared | largest difference | allowed | date | machine |
|---|---|---|---|---|
"""


def record(compared: str, largest: float, allowed: float) -> None:
    """Write or replace the row called ``compared``.

    Args:
        compared: what was compared; names the row.
        largest: largest absolute difference found.
        allowed: tolerance of the test.
    """
    text = PAGE.read_text() if PAGE.exists() else _INTRODUCTION
    head, rows = _split(text)
    today = datetime.now(timezone.utc).date().isoformat()
    rows[compared] = f"| {compared} | {largest:.1e} | {allowed:.0e} | {today} | {machine()} |"
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(head + "".join(f"{rows[name]}\n" for name in sorted(rows)))


def machine() -> str:
    """Processor and number of cores, without names of hosts."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    name = models[0] if models else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores"


def _split(text: str) -> tuple[str, dict[str, str]]:
    """Everything up to the header's rule, and the rows by name."""
    head, rule, body = text.partition("|---|---|---|---|---|\n")
    rows = [line for line in body.splitlines() if line.startswith("|")]
    return head + rule, {row.split("|")[1].strip(): row for row in rows}
