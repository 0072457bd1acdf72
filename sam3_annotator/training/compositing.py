"""Paste cut-outs into pictures without edges that a model could learn instead of the thing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sam3_annotator.training.sprites import Photo

COVERED = 0.5  # alpha from which a pixel belongs to the pasted thing
LEAST_SMEAR_PX, MOST_SMEAR_PX = 1.5, 24.0


@dataclass(frozen=True, slots=True)
class Pose:
    """Where and how a cut-out lies in a picture.

    Attributes:
        x, y: centre, px (may be outside the picture).
        size: longest side, px.
        angle: rotation, radians.
        stretch: width is multiplied by this, height divided by it.
        mirrored: flipped left to right.
        opacity: 0 (gone) to 1.
        bend: amplitude of the wave that deforms it, share of its size.
        phase: where the wave stands, radians.
    """

    x: float
    y: float
    size: float
    angle: float = 0.0
    stretch: float = 1.0
    mirrored: bool = False
    opacity: float = 1.0
    bend: float = 0.0
    phase: float = 0.0


def recoloured(
    rgba: NDArray[np.uint8], rng: np.random.Generator, *, strength: float
) -> NDArray[np.uint8]:
    """Jitter hue, saturation, brightness and contrast; ``strength`` 0 (nothing) to 1 (strong)."""
    hsv = cv2.cvtColor(rgba[..., :3], cv2.COLOR_RGB2HSV).astype(np.float32)
    hsv[..., 0] = (hsv[..., 0] + rng.normal(0, 14 * strength)) % 180
    hsv[..., 1] *= float(np.exp(rng.normal(0, 0.35 * strength)))
    hsv[..., 2] = hsv[..., 2] * float(np.exp(rng.normal(0, 0.25 * strength))) + rng.normal(
        0, 18 * strength
    )
    rgb = cv2.cvtColor(hsv.clip(0, 255).astype(np.uint8), cv2.COLOR_HSV2RGB)
    return np.dstack([rgb, rgba[..., 3]])


def textured(
    rgba: NDArray[np.uint8], photo: Photo, rng: np.random.Generator, *, amount: float
) -> NDArray[np.uint8]:
    """Give a flat drawing surface texture and uneven light, taken from a photo and a gradient."""
    height, width = rgba.shape[:2]
    rows, columns = photo.rgb.shape[:2]
    side_y, side_x = min(height, rows), min(width, columns)
    top = int(rng.integers(rows - side_y + 1))
    left = int(rng.integers(columns - side_x + 1))
    patch = cv2.resize(photo.rgb[top : top + side_y, left : left + side_x], (width, height))
    relief = patch.astype(np.float32).mean(axis=2) - float(patch.mean())
    angle = rng.uniform(0, 2 * math.pi)
    yy, xx = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    light = (xx * math.cos(angle) + yy * math.sin(angle)) * rng.uniform(0, 45)
    shift = (relief + light) * amount
    rgb = (rgba[..., :3].astype(np.float32) + shift[..., None]).clip(0, 255).astype(np.uint8)
    return np.dstack([rgb, rgba[..., 3]])


def pasted(
    canvas: NDArray[np.uint8],
    rgba: NDArray[np.uint8],
    pose: Pose,
    smear: tuple[float, float] = (0.0, 0.0),
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Paste one cut-out.

    Args:
        canvas: (H, W, 3) uint8; not changed.
        rgba: (h, w, 4) uint8, straight alpha.
        pose: where.
        smear: how far (x, y) it moves while the shutter is open, px.

    Returns:
        The new picture, and (H, W) bool, the pixels that now show the cut-out.
    """
    height, width = canvas.shape[:2]
    if pose.opacity <= 0:
        return canvas, np.zeros((height, width), np.bool_)
    source = _shrunk(rgba, pose.size)
    if pose.bend > 0:
        source = _bent(source, pose.bend, pose.phase)
    premultiplied = source.astype(np.float32)
    premultiplied[..., :3] *= premultiplied[..., 3:] / 255
    matrix = _matrix(source.shape, pose)
    sharp = cv2.warpAffine(premultiplied, matrix, (width, height), flags=cv2.INTER_LINEAR)
    warped = _smeared(np.asarray(sharp, np.float32), smear)
    alpha = warped[..., 3:] / 255 * pose.opacity
    picture = canvas * (1 - alpha) + warped[..., :3] * pose.opacity
    return (picture + 0.5).clip(0, 255).astype(np.uint8), alpha[..., 0] >= COVERED


def _smeared(picture: NDArray[np.float32], smear: tuple[float, float]) -> NDArray[np.float32]:
    """Average a picture along a straight way: motion blur."""
    length = min(math.hypot(*smear), MOST_SMEAR_PX)
    if length < LEAST_SMEAR_PX:
        return picture
    reach = math.ceil(length / 2)
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    half = np.array(smear) / math.hypot(*smear) * length / 2
    first, last = (tuple((reach + way * half).round().astype(int).tolist()) for way in (-1, 1))
    cv2.line(kernel, first, last, 1.0)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.float32)


def _matrix(shape: tuple[int, ...], pose: Pose) -> NDArray[np.float64]:
    """(2, 3) map from cut-out pixels to canvas pixels."""
    height, width = shape[:2]
    scale = pose.size / max(height, width)
    along = np.diag([scale * pose.stretch * (-1 if pose.mirrored else 1), scale / pose.stretch])
    cos, sin = math.cos(pose.angle), math.sin(pose.angle)
    linear = np.array([[cos, -sin], [sin, cos]]) @ along
    shift = np.array([pose.x, pose.y]) - linear @ np.array([width / 2, height / 2])
    return np.column_stack([linear, shift])


def _shrunk(rgba: NDArray[np.uint8], size: float) -> NDArray[np.uint8]:
    """The cut-out no larger than needed: area-averaged, so that small copies do not alias."""
    longest = max(rgba.shape[:2])
    if size >= longest:
        return rgba
    share = size / longest
    target = (max(2, round(rgba.shape[1] * share)), max(2, round(rgba.shape[0] * share)))
    return np.asarray(cv2.resize(rgba, target, interpolation=cv2.INTER_AREA), np.uint8)


def _bent(rgba: NDArray[np.uint8], amplitude: float, phase: float) -> NDArray[np.uint8]:
    """Deform by two crossed sine waves; the border is padded so that nothing is cut off."""
    pad = math.ceil(amplitude * max(rgba.shape[:2])) + 1
    padded = cv2.copyMakeBorder(rgba, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
    height, width = padded.shape[:2]
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    reach = amplitude * max(rgba.shape[:2])
    map_x = xx + np.float32(reach) * np.sin(yy * np.float32(5.5 / height) + np.float32(phase))
    map_y = yy + np.float32(reach) * np.sin(xx * np.float32(4.5 / width) + np.float32(1.7 * phase))
    return np.asarray(cv2.remap(padded, map_x, map_y, cv2.INTER_LINEAR), np.uint8)


@dataclass(frozen=True, slots=True)
class View:
    """The part of a photo that a picture shows.

    Attributes:
        x, y: centre in the photo, px.
        span: photo pixels along the picture's side.
        angle: rotation, radians.
    """

    x: float
    y: float
    span: float
    angle: float = 0.0


def background(photo: Photo, view: View, side: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Look at a photo.

    Returns:
        (side, side, 3) uint8 picture and (side, side) uint8 pseudo-masks; beyond the photo's
        border it is mirrored, its masks are not.
    """
    scale = side / view.span
    cos, sin = math.cos(view.angle) * scale, math.sin(view.angle) * scale
    linear = np.array([[cos, -sin], [sin, cos]])
    shift = np.array([side / 2, side / 2]) - linear @ np.array([view.x, view.y])
    matrix = np.column_stack([linear, shift])
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    rgb = cv2.warpAffine(
        photo.rgb, matrix, (side, side), flags=flags, borderMode=cv2.BORDER_REFLECT_101
    )
    segments = cv2.warpAffine(photo.segments, matrix, (side, side), flags=cv2.INTER_NEAREST)
    return np.asarray(rgb, np.uint8), np.asarray(segments, np.uint8)


def weathered(rgb: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """What a camera does to the whole picture: light, blur, noise, compression."""
    picture: NDArray[np.floating] = rgb.astype(np.float32)
    picture = picture * rng.uniform(0.8, 1.15) + rng.normal(0, 6)
    blur = rng.uniform(0, 1.1)
    if blur > 0.35:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), blur), np.float32)
    noise = rng.uniform(0, 7)
    picture = picture + rng.normal(0, 1, picture.shape).astype(np.float32) * noise
    clean = picture.clip(0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = int(rng.integers(35, 95))
        coded = cv2.imencode(".jpg", clean, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        clean = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return clean
