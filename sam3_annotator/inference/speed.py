"""How long a loaded model takes for each thing a user waits for, and how much memory it needs."""

from __future__ import annotations

import gc
import importlib
import os
import platform
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import torch

from sam3_annotator.engine.protocol import Capability
from sam3_annotator.inference.exact_masks import answer_masks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from sam3_annotator.inference.clip_tracking import ClipTracker
    from sam3_annotator.inference.predictor import Encoded, Predictor
    from sam3_annotator.model.tracker import Tracker

HEIGHT, WIDTH = 1080, 1920
_BOX = (600.0, 300.0, 1100.0, 800.0)
_OTHER_BOX = (1300.0, 200.0, 1700.0, 600.0)
_POINT = (850.0, 550.0)
_FILLED = 8
"""Frames after which the recent memories of every family are full."""


@runtime_checkable
class Tracks(Protocol):
    """A backend that follows objects in batches."""

    @property
    def tracker(self) -> Tracker | None:
        """Its memory tracker; None when the weights have no memory."""
        ...


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one thing takes.

    Attributes:
        name: what was done.
        wall_s: median time on the clock.
        best_s: shortest time on the clock.
        processor_s: median time of all threads together; on N idle cores the wall time is about
            an N-th of it, however busy the machine was when it was measured.
        best_processor_s: the shortest of those.
        rounds: how often it was done, warm-up aside.
        note: what else there is to say.
    """

    name: str
    wall_s: float
    best_s: float
    processor_s: float
    best_processor_s: float
    rounds: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Repeats an action until it was timed often or long enough.

    Attributes:
        device: waited for at the end of every round.
        rounds: repetitions wanted, at least one is done.
        seconds: no new round starts when this much time has gone into an action.
    """

    device: torch.device
    rounds: int = 10
    seconds: float = 20.0

    def time(
        self, name: str, action: Callable[[], object], *, warm_up: int = 1, note: str = ""
    ) -> Timing:
        """Time an action.

        Args:
            name: for the result.
            action: done once per round.
            warm_up: rounds done first and not counted; they end early with the time.
            note: for the result; where the time did not suffice for the warm-up that is said.
        """
        start = time.perf_counter()
        done = 0
        while done < warm_up and time.perf_counter() - start < self.seconds:
            self._once(action)
            done += 1
        walls: list[float] = []
        works: list[float] = []
        while not walls or self._has_time(len(walls), start):
            wall, work = self._once(action)
            walls.append(wall)
            works.append(work)
        if done < warm_up:
            short = f"after {done} of {warm_up} warm-up rounds"
            note = f"{note}, {short}" if note else short
        median = statistics.median
        return Timing(name, median(walls), min(walls), median(works), min(works), len(walls), note)

    def _has_time(self, rounds: int, start: float) -> bool:
        return rounds < self.rounds and time.perf_counter() - start < self.seconds

    def _once(self, action: Callable[[], object]) -> tuple[float, float]:
        wall, work = time.perf_counter(), time.process_time()
        action()
        wait_for(self.device)
        return time.perf_counter() - wall, time.process_time() - work


def wait_for(device: torch.device) -> None:
    """Return when the device has done everything it was asked for."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "xpu":
        torch.xpu.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def measure(
    predictor: Predictor,
    stopwatch: Stopwatch,
    objects: Sequence[int] = (1, 5, 16),
    batches: Sequence[int] = (),
) -> Iterator[Timing]:
    """Time everything the model can do, one row after the other.

    Args:
        predictor: loaded.
        stopwatch: for its device.
        objects: how many to follow at once; a row for each.
        batches: how many of them to compute together, rows for each; empty for what was chosen for
            the device, and ignored by models that follow objects one by one.
    """
    picture = made_up_picture(HEIGHT, WIDTH)
    can = predictor.info.capabilities
    yield stopwatch.time("encode a picture", lambda: predictor.encode(picture))
    encoded = predictor.encode(picture)
    if Capability.CLICK in can:
        yield from _clicks(predictor, encoded, stopwatch)
    if Capability.PHRASE in can:
        yield from _phrases(predictor, encoded, stopwatch)
    if Capability.EXEMPLAR in can:
        yield _exemplars(predictor, encoded, stopwatch)
    del encoded
    if Capability.TRACK in can:
        yield from _clips(predictor, picture, stopwatch, objects, batches)


def _clicks(predictor: Predictor, encoded: Encoded, stopwatch: Stopwatch) -> Iterator[Timing]:
    yield stopwatch.time(
        "answer a click, picture encoded",
        lambda: predictor.segment(encoded, points=[_POINT], labels=[1]),
        note="three masks in picture pixels",
    )
    yield stopwatch.time(
        "answer a box, picture encoded", lambda: predictor.segment(encoded, box=_BOX)
    )


def _phrases(predictor: Predictor, encoded: Encoded, stopwatch: Stopwatch) -> Iterator[Timing]:
    """An answer to a phrase never asked before, and to one whose encoding is kept."""
    asked = iter(range(sys.maxsize))
    yield stopwatch.time(
        "answer a new phrase, picture encoded",
        lambda: predictor.detect(encoded, text=f"red thing {next(asked) % 1000}"),
    )
    yield stopwatch.time(
        "answer a known phrase, picture encoded",
        lambda: predictor.detect(encoded, text="red thing"),
    )


def _exemplars(predictor: Predictor, encoded: Encoded, stopwatch: Stopwatch) -> Timing:
    boxes = [_BOX, _OTHER_BOX]
    return stopwatch.time(
        "answer two exemplars, picture encoded",
        lambda: predictor.detect(encoded, boxes=boxes, box_labels=[1, 0]),
    )


def _clips(
    predictor: Predictor,
    picture: NDArray[np.uint8],
    stopwatch: Stopwatch,
    objects: Sequence[int],
    batches: Sequence[int],
) -> Iterator[Timing]:
    encode = predictor.backend.clip_tracker(2).encode
    encoding = stopwatch.time("encode a clip's frame", lambda: encode(picture))
    yield encoding
    for suffix in _batch_sizes(predictor, batches):
        for count in objects:
            things = f"{_things(count)}{suffix}"
            masks = made_up_objects(count, HEIGHT, WIDTH)
            timing = _following(predictor, picture, stopwatch, things, masks)
            yield timing
            yield _sum(f"a clip's frame, {things}", encoding, timing)
            gc.collect()
    if not predictor.backend.clip_tracker(2).shares_features:  # it looks closer at small objects
        speck = _speck()
        plain = np.where(speck[..., None], np.uint8(230), np.uint8(60)).repeat(3, axis=2)
        yield _following(predictor, plain, stopwatch, "1 small object", {0: speck})


def _speck() -> NDArray[np.bool_]:
    """A small disc in the middle of the picture, (HEIGHT, WIDTH) bool."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    inside: NDArray[np.bool_] = (x - WIDTH / 2) ** 2 + (y - HEIGHT / 2) ** 2 < (HEIGHT / 25) ** 2
    return inside


def _batch_sizes(predictor: Predictor, wanted: Sequence[int]) -> Iterator[str]:
    """Set one size of batches after the other; yields what to add to the names of rows."""
    tracker = predictor.backend.tracker if isinstance(predictor.backend, Tracks) else None
    if tracker is None or not wanted:
        yield ""
        return
    chosen = tracker.batch_size
    for size in wanted:
        tracker.batch_size = size
        yield f", batches of {size}"
    tracker.batch_size = chosen


def _following(
    predictor: Predictor,
    picture: NDArray[np.uint8],
    stopwatch: Stopwatch,
    things: str,
    masks: dict[int, NDArray[np.bool_]],
) -> Timing:
    tracker = predictor.backend.clip_tracker(1_000_000)
    features = tracker.encode(picture)
    tracker.condition(0, features, masks)
    step = _tracking(tracker, features, iter(range(1, sys.maxsize)))
    return stopwatch.time(f"follow {things}, frame encoded", step, warm_up=_FILLED)


def _tracking(
    tracker: ClipTracker[Any],
    features: Any,  # noqa: ANN401 - only the backend can read it
    frames: Iterator[int],
) -> Callable[[], object]:
    def step() -> None:
        found = tracker.step(next(frames), features, reverse=False)
        answer_masks(found.values(), HEIGHT, WIDTH)

    return step


def _things(count: int) -> str:
    return f"{count} object{'' if count == 1 else 's'}"


def _sum(name: str, first: Timing, second: Timing) -> Timing:
    wall = first.wall_s + second.wall_s
    return Timing(
        name,
        wall,
        first.best_s + second.best_s,
        first.processor_s + second.processor_s,
        first.best_processor_s + second.best_processor_s,
        min(first.rounds, second.rounds),
        f"both together: {1 / wall:.2f} frames per second",
    )


def made_up_picture(height: int, width: int) -> NDArray[np.uint8]:
    """(height, width, 3) uint8: blocks of colour, always the same."""
    blocks = np.random.default_rng(0).integers(0, 256, (9, 16, 3), dtype=np.uint8)
    rows = np.arange(height) * 9 // height
    columns = np.arange(width) * 16 // width
    return np.ascontiguousarray(blocks[rows[:, None], columns])


def made_up_objects(count: int, height: int, width: int) -> dict[int, NDArray[np.bool_]]:
    """Object number -> (height, width) bool: discs side by side, four in a row."""
    y, x = np.mgrid[:height, :width]
    lines = -(-count // 4)
    radius = min(width / 8, height / (2 * lines)) * 0.8
    masks = {}
    for number in range(count):
        centre_x = (number % 4 + 0.5) * width / 4
        centre_y = (number // 4 + 0.5) * height / lines
        masks[number] = (x - centre_x) ** 2 + (y - centre_y) ** 2 < radius**2
    return masks


def reset_peak(device: torch.device) -> None:
    """Start counting peak memory anew, where the device can; a process's own cannot be reset."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)


def peak_bytes(device: torch.device) -> int:
    """Most memory held so far: on a CUDA device by tensors, else by the whole process; 0: unknown.

    Includes the weights.
    """
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    if sys.platform == "win32":
        return 0
    resource = importlib.import_module("resource")  # not on Windows
    most: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def machine_line() -> str:
    """Processor, cores, threads that torch uses and how busy the machine is."""
    load = "unknown"
    if hasattr(os, "getloadavg"):
        load = f"{os.getloadavg()[0]:.1f}"
    return (
        f"{_processor()}, {os.cpu_count()} cores, {torch.get_num_threads()} threads, load {load}, "
        f"torch {torch.__version__}, Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    names = (line.partition(":")[2] for line in text.splitlines() if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine()).strip()
