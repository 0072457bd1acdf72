"""``sam3-annotator bench``: how fast a model is on this machine, as one table to copy."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from sam3_annotator import __version__
from sam3_annotator.cli.layout import gigabytes
from sam3_annotator.cli.program import COMMANDS, OK

if TYPE_CHECKING:
    from sam3_annotator.inference.predictor import Predictor
    from sam3_annotator.inference.speed import Timing

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name


def add_parser(subparsers: Subparsers) -> None:
    """Add ``bench``."""
    parser = subparsers.add_parser(
        "bench",
        help=COMMANDS["bench"],
        description=(
            "Times what a user waits for, with the weights given or with random ones of full size "
            "(as fast as real ones, and no file is needed)."
        ),
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--weights", default="mini", help="file, folder or name (default: mini)")
    chosen.add_argument(
        "--random",
        metavar="NAME",
        help="random weights of full size: sam3, sam2.1_tiny, sam2.1_large and so on",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, xpu, mps")
    parser.add_argument("--dtype", default="auto", choices=["auto", "fp32", "bf16", "fp16"])
    parser.add_argument(
        "--objects", type=counts, default=(1, 5, 16), help="followed at once (default: 1,5,16)"
    )
    parser.add_argument(
        "--batch",
        type=counts,
        default=(),
        help="how many of them to compute together, each in turn: 1,2,4,8 "
        "(default: what was chosen for the device)",
    )
    parser.add_argument("--rounds", type=int, default=10, help="of every row (default: 10)")
    parser.add_argument(
        "--seconds", type=float, default=20.0, help="at most for every row (default: 20)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def counts(text: str) -> tuple[int, ...]:
    """``"1,5,16"`` as numbers.

    Raises:
        argparse.ArgumentTypeError: one of them is no number from 1 on.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not all(word.isdecimal() and int(word) > 0 for word in words):
        raise argparse.ArgumentTypeError(f"expected numbers like 1,5,16, got {text}")
    return tuple(int(word) for word in words)


def run(arguments: argparse.Namespace) -> int:
    """Load, measure, print."""
    import torch  # noqa: PLC0415 - heavy; only this command's run needs it

    from sam3_annotator.inference import speed  # noqa: PLC0415

    with torch.inference_mode():
        started = time.perf_counter()
        predictor = _loaded(arguments)
        device = predictor.backend.device
        speed.wait_for(device)
        loading_s = time.perf_counter() - started
        speed.reset_peak(device)
        stopwatch = speed.Stopwatch(device, max(1, arguments.rounds), arguments.seconds)
        rows = []
        for row in speed.measure(predictor, stopwatch, arguments.objects, arguments.batch):
            if sys.stderr.isatty():
                print(f"{row.name}: {row.wall_s * 1e3:.1f} ms", file=sys.stderr)
            rows.append(row)
        peak = speed.peak_bytes(device)
    facts = _facts(arguments, predictor, loading_s, peak)
    if arguments.json:
        print(json.dumps({**facts, "rows": [asdict(row) for row in rows]}, indent=1))
    else:
        print(page(facts, rows))
    return OK


def _loaded(arguments: argparse.Namespace) -> Predictor:
    from sam3_annotator.inference.predictor import Predictor  # noqa: PLC0415 - imports torch

    if not arguments.random:
        return Predictor.load(arguments.weights, arguments.device, arguments.dtype)
    from sam3_annotator.inference.device import choose  # noqa: PLC0415
    from sam3_annotator.inference.random_weights import random_backend  # noqa: PLC0415

    return Predictor(random_backend(arguments.random, choose(arguments.device, arguments.dtype)))


def _facts(
    arguments: argparse.Namespace, predictor: Predictor, loading_s: float, peak_bytes: int
) -> dict[str, object]:
    from sam3_annotator.inference import speed  # noqa: PLC0415 - imports torch
    from sam3_annotator.inference.device import choose  # noqa: PLC0415

    info = predictor.info
    return {
        "program": f"SAM 3 Annotator {__version__}",
        "date": dt.datetime.now(tz=dt.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "model": info.name,
        "weights": info.weights_hash[:16],
        "device": choose(arguments.device, info.dtype).title,
        "precision": info.dtype,
        "machine": speed.machine_line(),
        "picture": f"{speed.WIDTH} x {speed.HEIGHT}",
        "loading_s": loading_s,
        "peak_bytes": peak_bytes,
    }


def page(facts: dict[str, object], rows: list[Timing]) -> str:
    """The measurements as a table in Markdown, which also reads well as it is."""
    peak = int(str(facts["peak_bytes"]))
    memory = gigabytes(peak) if peak else "unknown on this system"
    loading = f"{float(str(facts['loading_s'])):.2f} s"
    lines = [
        f"{facts['program']}, {facts['model']} ({facts['weights']}), {facts['date']}",
        f"{facts['device']}; {facts['machine']}",
        f"picture {facts['picture']}; loaded in {loading}; peak memory with weights {memory}",
        "",
    ]
    width = max(len(row.name) for row in rows)
    head = ("median ms", "best ms", "processor ms", "rounds")
    lines.append(f"| {'':{width}} | {' | '.join(head)} | |")
    lines.append(
        f"|{'-' * (width + 2)}|" + "".join(f"{'-' * (len(h) + 1)}:|" for h in head) + "---|"
    )
    for row in rows:
        times = (row.wall_s, row.best_s, row.best_processor_s)
        cells = [f"{seconds * 1e3:{len(h)}.1f}" for seconds, h in zip(times, head, strict=False)]
        cells.append(f"{row.rounds:{len(head[3])}d}")
        lines.append(f"| {row.name:{width}} | {' | '.join(cells)} | {row.note} |")
    lines.append("")
    lines.append(
        "Median and best on the clock; processor: all threads together, best round. "
        "On N idle cores the clock shows about an N-th of it."
    )
    return "\n".join(lines)
