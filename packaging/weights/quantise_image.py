r"""Store the extracted SAM 2 hiera-tiny with mixed widths, as the image part of ``mini``.

    python packaging/weights/quantise_image.py runs/sam2_tiny_fp32.safetensors \
        resources/weights/mini_image.safetensors

Widths follow a measurement: rounding one tensor at a time to 8 bits and looking at the image
embedding shows that the last stage (45 % of all values) is an order of magnitude less sensitive
than the first two (3 %).
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from safetensors.torch import load_file

from sam3_annotator.model.quantized import write_quantized

# First pattern that matches decides; tensors with fewer values than SMALLEST stay float16.
WIDTHS = (
    (r"trunk\.blocks\.(10|11)\.(?!proj)", 6),
    (r"trunk\.blocks\.10\.proj", 9),
    (r"trunk\.blocks\.[012]\.", 12),
    (r"trunk\.blocks\.[3-9]\.", 9),
    (r"trunk\.patch_embed", 12),
    (r"image_encoder\.neck", 12),
    (r"sam_mask_decoder", 9),
)
SMALLEST = 4096


def widths_of(shapes: dict[str, tuple[int, ...]]) -> dict[str, int]:
    """Bits per value of every matrix that is coded."""
    chosen = {}
    for key, shape in shapes.items():
        size = 1
        for side in shape:
            size *= side
        if len(shape) < 2 or size < SMALLEST or "embed" in key.rpartition(".")[2]:
            continue
        bits = next((bits for pattern, bits in WIDTHS if re.search(pattern, key)), None)
        if bits is not None:
            chosen[key] = bits
    return chosen


def main(argv: list[str] | None = None) -> None:
    """Quantise one file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args(argv)
    tensors = load_file(arguments.source)
    widths = widths_of({key: tuple(value.shape) for key, value in tensors.items()})
    metadata = {"family": "sam2_tiny", "part": "image", "licence": "Apache-2.0"}
    arguments.target.parent.mkdir(parents=True, exist_ok=True)
    write_quantized(arguments.target, tensors, widths, metadata)
    print(f"{arguments.target}: {arguments.target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
