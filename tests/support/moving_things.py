"""Clips with truth: things cut out of the sample pictures move over other sample pictures.

They cross, hide wholly, leave and return, have look-alikes, move slowly and fast, and the camera
moves. Everything is drawn from fixed seeds, so a clip is the same wherever it is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
from PIL import Image

from sam3_annotator import paths

if TYPE_CHECKING:
    from pathlib import Path

WIDTH, HEIGHT, FRAMES = 480, 270, 40
SEED = 20
NOISE = 2.5
"""Deviation of the camera's noise, in 8-bit steps."""
CLIPS = ("crossing", "crossing twins", "hidden", "leaving", "slow", "fast", "camera", "alike")

_ELLIPSES = {
    "saucer": ("coffee", (278, 230), (201, 158), 8.0),
    "helmet": ("astronaut", (387, 432), (106, 86), -4.0),
    "coin": ("coins", (347, 187), (31, 31), 0.0),
    "woman": ("astronaut", (228, 102), (72, 88), 0.0),
}
_SHUTTLE = (
    "398,12 412,0 430,0 439,16 441,40 454,56 455,262 438,268 420,240 404,264 370,270 386,216 "
    "357,222 384,176 381,70 386,42 396,46"
)
_CAT = "45,0 395,0 372,40 360,84 365,130 348,196 305,255 245,278 180,272 98,222 45,152 32,60"
_OUTLINES = {"shuttle": ("astronaut", _SHUTTLE), "cat": ("cat", _CAT)}


@dataclass(frozen=True)
class Actor:
    """A thing and its way through a clip; actors listed later stand in front.

    Attributes:
        keys: (share of the clip, x, y), the middle in pixels, straight in between.
        size: longer side in pixels.
        spin: degrees that it turns during the clip.
        grow: its size at the end, as a share of that at the start.
        name: what tables call it; "" for something that nobody tracks.
        rides: whether the camera's motion moves it.
    """

    picture: str
    keys: tuple[tuple[float, float, float], ...]
    size: int
    spin: float = 0.0
    grow: float = 1.0
    name: str = ""
    rides: bool = False


@dataclass(frozen=True)
class Scene:
    """One clip's script; ``camera`` is (x, y) in pixels that the view moves during it."""

    ground: str
    actors: tuple[Actor, ...]
    camera: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class MovingClip:
    """Frames with truth.

    Attributes:
        frames: (T, H, W, 3) uint8 RGB.
        truth: what is to be seen of each thing, (T, H, W) bool, by its name.
        whole: (T,) pixels of the thing inside the picture, were nothing in front, by its name.
    """

    name: str
    frames: np.ndarray
    truth: dict[str, np.ndarray] = field(default_factory=dict)
    whole: dict[str, np.ndarray] = field(default_factory=dict)


def _straight(start: tuple[float, float], stop: tuple[float, float]):
    return ((0.0, *start), (1.0, *stop))


_ZIGZAG = tuple((i / 8, 70 + 340 * (i % 2), 60 + 150 * ((i // 2) % 2)) for i in range(9))
_ROUND = tuple(
    (i / 16, 240 + 150 * np.cos(i * np.pi / 4), 135 - 80 * np.sin(i * np.pi / 4)) for i in range(17)
)

SCENES = {
    "crossing": Scene("rocket", (
        Actor("saucer", _straight((90, 140), (390, 150)), 130, 40, name="saucer"),
        Actor("helmet", _straight((400, 110), (80, 165)), 110, -30, name="helmet"),
    )),
    "crossing twins": Scene("coffee", (
        Actor("coin", _straight((70, 90), (410, 180)), 84, 30, name="coin"),
        Actor("coin", _straight((410, 95), (70, 170)), 84, -30, name="its twin"),
    )),
    "hidden": Scene("astronaut", (
        Actor("cat", _straight((60, 150), (425, 125)), 105, 10, name="cat"),
        Actor("saucer", ((0, 240, 130), (1, 240, 130)), 250),
        Actor("shuttle", _straight((430, 70), (330, 200)), 100, 60, name="shuttle"),
    )),
    "leaving": Scene("cat", (
        Actor("saucer", _straight((330, 170), (380, 120)), 120, 50, name="saucer"),
        Actor("helmet", ((0, 190, 140), (0.3, -80, 150), (0.55, -80, 110), (1, 230, 110)), 120, 40,
              name="helmet"),
    )),
    "slow": Scene("rocket", (
        Actor("woman", _straight((150, 120), (190, 150)), 130, 12, 1.25, name="woman"),
        Actor("saucer", _straight((350, 160), (320, 130)), 140, 70, 0.8, name="saucer"),
    )),
    "fast": Scene("astronaut", (
        Actor("coin", _ZIGZAG, 66, 200, name="coin"),
        Actor("helmet", _ROUND, 90, 120, name="helmet"),
    )),
    "camera": Scene("coffee", (
        Actor("woman", _straight((240, 150), (240, 150)), 120, name="woman", rides=True),
        Actor("cat", _straight((90, 110), (400, 190)), 100, 20, name="cat"),
    ), (190, 60)),
    "alike": Scene("rocket", (
        Actor("coin", _straight((60, 70), (420, 60)), 76, 20, name="coin"),
        Actor("coin", ((0, 110, 200), (0.35, -60, 200), (0.6, -60, 180), (1, 150, 200)), 76, 20,
              name="left and back"),
        Actor("coin", _straight((230, 190), (440, 190)), 76, -20, name="hidden"),
        Actor("saucer", ((0, 335, 190), (1, 335, 190)), 150),
    )),
}  # fmt: skip


def moving_clip(name: str, frames: int = FRAMES) -> MovingClip:
    """Draw the clip called ``name``, one of :data:`CLIPS`."""
    scene = SCENES[name]
    ground = _ground(scene)
    sprites = [_cutout(actor.picture, actor.size) for actor in scene.actors]
    named = [actor.name for actor in scene.actors if actor.name]
    truth = {one: np.zeros((frames, HEIGHT, WIDTH), np.bool_) for one in named}
    whole = {one: np.zeros(frames, np.int64) for one in named}
    pictures = np.zeros((frames, HEIGHT, WIDTH, 3), np.uint8)
    noise = np.random.default_rng(SEED)
    for frame in range(frames):
        share = frame / max(1, frames - 1)
        picture = _view(ground, scene, share)
        for actor, sprite in zip(scene.actors, sprites, strict=True):
            pasted = _placed(sprite, actor, scene, share)
            alpha = pasted[..., 3:] / 255.0
            picture = picture * (1 - alpha) + pasted[..., :3] * alpha
            covered = alpha[..., 0] > 0.5
            for one in named:
                truth[one][frame] &= ~covered
            if actor.name:
                truth[actor.name][frame] = covered
                whole[actor.name][frame] = np.count_nonzero(covered)
        picture = picture + noise.normal(0, NOISE, picture.shape)
        pictures[frame] = np.clip(picture, 0, 255).astype(np.uint8)
    return MovingClip(name, pictures, truth, whole)


def write_film(frames: np.ndarray, path: Path) -> None:
    """Encode frames (T, H, W, 3) as H.264 with B-frames, 25 per second, hardly any loss."""
    with av.open(str(path), "w") as container:
        options = {"crf": "14", "g": "12", "threads": "1"}
        stream = container.add_stream("libx264", rate=25, options=options)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 25)
        for index, picture in enumerate(frames):
            video = av.VideoFrame.from_ndarray(picture, format="rgb24")
            video.pts, video.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(video))
        container.mux(stream.encode(None))


def _picture(name: str) -> np.ndarray:
    path = paths.resource(f"sample/pictures/{name}.jpg")
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def _ground(scene: Scene) -> np.ndarray:
    """The scenery, large enough for the camera's way, a little out of focus."""
    picture = _picture(scene.ground)
    need = WIDTH + abs(scene.camera[0]) + 4, HEIGHT + abs(scene.camera[1]) + 4
    scale = max(need[0] / picture.shape[1], need[1] / picture.shape[0])
    size = int(np.ceil(picture.shape[1] * scale)), int(np.ceil(picture.shape[0] * scale))
    return cv2.GaussianBlur(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), (0, 0), 0.8)


def _view(ground: np.ndarray, scene: Scene, share: float) -> np.ndarray:
    matrix = np.float32([[1, 0, -scene.camera[0] * share], [0, 1, -scene.camera[1] * share]])
    return cv2.warpAffine(ground, matrix, (WIDTH, HEIGHT)).astype(np.float64)


def _cutout(name: str, size: int) -> np.ndarray:
    """(h, w, 4) uint8 with straight alpha, the longer side ``size`` pixels."""
    inside: np.ndarray
    if name in _ELLIPSES:
        source, middle, axes, angle = _ELLIPSES[name]
        picture = _picture(source)
        inside = np.zeros(picture.shape[:2], np.uint8)
        cv2.ellipse(inside, middle, axes, angle, 0, 360, 255, -1, cv2.LINE_AA)
    else:
        source, corners = _OUTLINES[name]
        picture = _picture(source)
        inside = np.zeros(picture.shape[:2], np.uint8)
        points = [[int(v) for v in corner.split(",")] for corner in corners.split()]
        cv2.fillPoly(inside, [np.array(points, np.int32)], 255, cv2.LINE_AA)
    x, y, width, height = cv2.boundingRect(inside)
    rgba = np.dstack([picture, inside])[y : y + height, x : x + width]
    scale = size / max(width, height)
    small = (max(2, round(width * scale)), max(2, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.copyMakeBorder(cv2.resize(rgba, small, interpolation=method), *4 * (2,), 0)


def _placed(sprite: np.ndarray, actor: Actor, scene: Scene, share: float) -> np.ndarray:
    """(H, W, 4) float64: the thing where it is at that share of the clip."""
    times, xs, ys = (np.array(values) for values in zip(*actor.keys, strict=True))
    x, y = float(np.interp(share, times, xs)), float(np.interp(share, times, ys))
    if actor.rides:
        x, y = x - scene.camera[0] * (share - 0.5), y - scene.camera[1] * (share - 0.5)
    height, width = sprite.shape[:2]
    scale = 1 + (actor.grow - 1) * share
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), actor.spin * share, scale)
    matrix[:, 2] += x - width / 2, y - height / 2
    colour = sprite.astype(np.float32)
    return cv2.warpAffine(colour, matrix, (WIDTH, HEIGHT), borderValue=0).astype(np.float64)
