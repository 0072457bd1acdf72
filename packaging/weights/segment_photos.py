r"""Add pseudo-masks of the photos, and cut-outs made from them, to the training material.

    python packaging/weights/segment_photos.py runs/material \
        resources/weights/mini_image.safetensors

Writes ``photos/<name>.segments.png`` (uint8 numbers) and ``cutouts/photo/<name>@<n>--0.png``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from sam3_annotator.model.mini_image import load_mini_image
from sam3_annotator.training.pseudo_masks import regions

LONGEST_SPRITE_PX = 256
LONGEST_PHOTO_PX = 1024
LEAST_SIDE_PX = 40


def cut_out(rgb: np.ndarray, mask: np.ndarray) -> Image.Image | None:
    """RGBA cut-out of one region with a soft border; None where it touches the photo's border."""
    solid = mask > 0.5
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    height, width = solid.shape
    if top < 2 or left < 2 or bottom > height - 2 or right > width - 2:
        return None
    if min(bottom - top, right - left) < LEAST_SIDE_PX:
        return None
    alpha = ((mask - 0.3) / 0.4).clip(0, 1) * 255
    rgba = np.dstack([rgb, alpha.astype(np.uint8)])[top:bottom, left:right]
    picture = Image.fromarray(rgba, "RGBA")
    picture.thumbnail((LONGEST_SPRITE_PX, LONGEST_SPRITE_PX), Image.Resampling.LANCZOS)
    return picture


def main(argv: list[str] | None = None) -> None:
    """Segment every photo of the material that has no pseudo-masks yet."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("material", type=Path)
    parser.add_argument("weights", type=Path)
    arguments = parser.parse_args(argv)
    model = load_mini_image(arguments.weights)
    cutouts = arguments.material / "cutouts" / "photo"
    cutouts.mkdir(parents=True, exist_ok=True)
    for path in sorted((arguments.material / "photos").glob("*.jpg")):
        if path.with_name(path.stem + ".segments.png").exists():
            continue
        picture = Image.open(path).convert("RGB")
        picture.thumbnail((LONGEST_PHOTO_PX, LONGEST_PHOTO_PX))
        rgb = np.asarray(picture)
        found = regions(model, rgb)[:255]
        labels = np.zeros(rgb.shape[:2], np.uint8)
        # Large regions first, so that parts of things stay visible on top of them.
        for number, mask in enumerate(sorted(found, key=lambda m: -float(m.sum())), start=1):
            labels[mask > 0.5] = number
            piece = cut_out(rgb, mask)
            if piece is not None:
                piece.save(cutouts / f"{path.stem}@{number}--0.png")
        full = Image.fromarray(labels).resize(Image.open(path).size, Image.Resampling.NEAREST)
        full.save(path.with_name(path.stem + ".segments.png"))
        print(f"{path.stem}: {len(found)} regions", flush=True)


if __name__ == "__main__":
    main()
