"""``sam3-annotator weights``: look at, convert, download and list model weights."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sam3_annotator.cli.layout import gigabytes, progress_line, table
from sam3_annotator.cli.program import COMMANDS, FAILED, INTERRUPTED, OK

if TYPE_CHECKING:
    import argparse

    from sam3_annotator.inference.weights import Inspection, KnownWeights

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name

_SHOWN = 8


def add_parser(subparsers: Subparsers) -> None:
    """Add ``weights`` with its four actions."""
    parser = subparsers.add_parser("weights", help=COMMANDS["weights"])
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    inspect = actions.add_parser("inspect", help="say what a file is and whether it fits")
    inspect.add_argument("file", type=Path, help="a weights file, or a folder with shards")
    inspect.add_argument("--hash", action="store_true", help="also work out its SHA-256")
    inspect.add_argument("--json", action="store_true", help="print JSON")
    inspect.set_defaults(run_action=_inspect)

    convert = actions.add_parser("convert", help="write a file as safetensors, once")
    convert.add_argument("file", type=Path)
    convert.add_argument("--output", type=Path, help="default: in your weights folder")
    convert.add_argument("--dtype", choices=["fp32", "bf16", "fp16"], help="default: as stored")
    convert.set_defaults(run_action=_convert)

    download = actions.add_parser("download", help="fetch published weights from the model hub")
    download.add_argument("name", help="sam3, or sam2.1_tiny, sam2.1_small, sam2.1_base+ ...")
    download.add_argument("--folder", type=Path, help="default: your weights folder")
    download.add_argument("--endpoint", help="another hub than huggingface.co")
    download.add_argument(
        "--ask-token",
        action="store_true",
        help="type a hub token; by default HF_TOKEN or the login of the hub's own tool is used",
    )
    download.set_defaults(run_action=_download)

    known = actions.add_parser("list", help="list the weights on this machine")
    known.add_argument("--json", action="store_true", help="print JSON")
    known.set_defaults(run_action=_list)


def run(arguments: argparse.Namespace) -> int:
    """Run the chosen action."""
    code: int = arguments.run_action(arguments)
    return code


def facts(inspection: Inspection) -> dict[str, Any]:
    """What ``inspect --json`` prints."""
    return {
        "path": str(inspection.path),
        "family": inspection.family.name,
        "title": inspection.family.title,
        "usable": inspection.family.usable,
        "fits": inspection.fits,
        "layout": inspection.layout.value,
        "container": inspection.container,
        "size_bytes": inspection.size_bytes,
        "tensors": inspection.tensors,
        "parameters": inspection.values,
        "dtypes": dict(inspection.dtypes),
        "parts": list(inspection.parts),
        "abilities": inspection.abilities.words().split(", "),
        "missing": list(inspection.missing),
        "unexpected": list(inspection.unexpected),
        "misshapen": list(inspection.misshapen),
        "inert": list(inspection.inert),
        "metadata": dict(inspection.metadata),
    }


def _inspect(arguments: argparse.Namespace) -> int:
    from sam3_annotator.inference.weights import (  # noqa: PLC0415 - imports torch
        inspect,
        mini_part,
        sha256_of,
    )

    if part := mini_part(arguments.file):
        return _say_part(arguments.file, part, as_json=arguments.json)
    inspection = inspect(arguments.file)
    found = facts(inspection)
    if arguments.hash:
        found["sha256"] = sha256_of(arguments.file)
    if arguments.json:
        print(json.dumps(found, indent=1))
    else:
        print(_page(inspection, found))
    return OK if inspection.fits else FAILED


def _say_part(file: Path, part: str, *, as_json: bool) -> int:
    """A trained part of the bundled model, which is opened in its place there."""
    is_usable = part != "detector"
    if as_json:
        found = {"path": str(file), "family": "mini", "part": part, "usable": is_usable}
        print(json.dumps(found, indent=1))
    else:
        verdict = f"Usable as it is: --weights {file}" if is_usable else "Not usable by itself yet."
        print(f"{file}\n{table([('family', 'mini'), ('part', part)])}\n{verdict}")
    return OK if is_usable else FAILED


def _page(inspection: Inspection, found: dict[str, Any]) -> str:
    dtypes = ", ".join(f"{count} x {dtype}" for dtype, count in inspection.dtypes.items())
    rows = [
        ("family", f"{inspection.family.title} ({inspection.layout.value} names)"),
        ("can do", inspection.abilities.words()),
        ("file", f"{inspection.container}, {gigabytes(inspection.size_bytes)}"),
        ("tensors", f"{inspection.tensors:,} ({dtypes})"),
        ("parameters", f"{inspection.values:,}"),
        ("parts", ", ".join(inspection.parts) or "none is complete"),
        ("missing", _names(inspection.missing)),
        ("unexpected", _names(inspection.unexpected)),
        ("other shape", _names(inspection.misshapen)),
        ("no effect", _names(inspection.inert)),
    ]
    if "sha256" in found:
        rows.append(("sha256", found["sha256"]))
    trouble = inspection.trouble()
    verdict = f"Not usable: {trouble}" if trouble else "Usable."
    return f"{inspection.path}\n{table(rows)}\n{verdict}"


def _names(names: tuple[str, ...]) -> str:
    if not names:
        return "none"
    more = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{len(names)}: {', '.join(names[:_SHOWN])}{more}"


def _convert(arguments: argparse.Namespace) -> int:
    from sam3_annotator.inference.conversion import convert  # noqa: PLC0415 - imports torch

    with progress_line("converting") as report:
        target = convert(
            arguments.file, dtype=arguments.dtype, target=arguments.output, on_progress=report
        )
    print(target)
    return OK


def _download(arguments: argparse.Namespace) -> int:
    from sam3_annotator import paths  # noqa: PLC0415 - with the next, slow to import
    from sam3_annotator.errors import WeightsTrouble  # noqa: PLC0415
    from sam3_annotator.inference.download import SOURCES, download  # noqa: PLC0415

    if arguments.name not in SOURCES:
        known = ", ".join(SOURCES)
        raise WeightsTrouble(f"Nothing is published as {arguments.name}.", f"Known: {known}.")
    token = getpass.getpass("Hub token: ") if arguments.ask_token else None
    try:
        with progress_line(f"downloading {arguments.name}") as report:
            target = download(
                SOURCES[arguments.name],
                arguments.folder or paths.weights_dir(),
                token=token,
                endpoint=arguments.endpoint,
                on_progress=report,
            )
    except KeyboardInterrupt:
        print("Stopped; the same command goes on where it stopped.", file=sys.stderr)
        return INTERRUPTED
    print(target)
    return OK


def _list(arguments: argparse.Namespace) -> int:
    from sam3_annotator.inference.weights import known_weights  # noqa: PLC0415 - imports torch

    known = known_weights()
    if arguments.json:
        print(json.dumps([_entry(weights) for weights in known], indent=1))
        return OK
    if not known:
        print("No weights on this machine.")
    for weights in known:
        print(f"{weights.name}  [{weights.origin.value}]  {weights.title}, {_size(weights)}")
        print(f"    {weights.path}")
        if weights.trouble:
            print(f"    not usable: {weights.trouble}")
        else:
            print(f"    can do: {weights.abilities.words()}")
    return OK


def _size(weights: KnownWeights) -> str:
    if weights.inspection is not None:
        return gigabytes(weights.inspection.size_bytes)
    return "unreadable" if weights.trouble else gigabytes(weights.path.stat().st_size)


def _entry(weights: KnownWeights) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": weights.name,
        "origin": weights.origin.value,
        "title": weights.title,
        "path": str(weights.path),
        "abilities": weights.abilities.words().split(", "),
        "trouble": weights.trouble,
    }
    if weights.inspection is not None:
        entry["inspection"] = facts(weights.inspection)
    return entry
