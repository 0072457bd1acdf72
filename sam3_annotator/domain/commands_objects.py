"""Commands about objects and their masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sam3_annotator.domain.entities import FrameFlag, Source
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from sam3_annotator.domain.entities import Attributes
    from sam3_annotator.domain.ids import CategoryId, FrameIndex, MediaId, ObjectId, PassId
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.prompts import ConceptPrompt, PromptSet


@dataclass(frozen=True, slots=True)
class FrameMask:
    """What an object looks like on one frame.

    Attributes:
        mask: None or empty when the object is not there; the frame is then flagged absent.
        score: the model's confidence in [0, 1]; None for a person's work.
    """

    frame: FrameIndex
    mask: Mask | None
    score: float | None = None
    flags: FrameFlag = FrameFlag.NONE
    attributes: Attributes = ()


@dataclass(frozen=True, slots=True)
class NewObject:
    """An object to be added, with its masks.

    Attributes:
        origin: how it came to be, as in ``TrackedObject.origin``.
        score: the detector's score in [0, 1] of an accepted candidate.
        source: where its masks came from; a candidate that a person accepted is HUMAN.
        prompts: what was pointed at or named on the first frame, kept in the prompt log.
    """

    media_id: MediaId
    category_id: CategoryId
    masks: tuple[FrameMask, ...] = ()
    origin: str = ""
    score: float | None = None
    source: Source = Source.HUMAN
    pass_id: PassId | None = None
    attributes: Attributes = ()
    prompts: PromptSet | ConceptPrompt | None = None


@dataclass(frozen=True, slots=True)
class AddObjects:
    """Add objects, e.g. all accepted candidates; ``made`` gives their ids in this order.

    Those of which the overlap rule of their category would leave nothing are left out, and counted
    in ``skipped``. When nothing of any is left, the command is refused if people drew some of them.
    """

    objects: tuple[NewObject, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class SetMask:
    """Replace one object's mask on one frame.

    Attributes:
        title: names the gesture in the Undo menu: "Brush", "Erase", "Click", ...
        prompts: what was pointed at to get the mask, kept in the prompt log.
    """

    object_id: ObjectId
    frame: FrameIndex
    mask: Mask
    source: Source = Source.HUMAN
    score: float | None = None
    flags: FrameFlag = FrameFlag.NONE
    pass_id: PassId | None = None
    prompts: PromptSet | ConceptPrompt | None = None
    title: str = Wording("Edit mask")


@dataclass(frozen=True, slots=True)
class ObjectFrames:
    """Masks of one object on several frames."""

    object_id: ObjectId
    masks: tuple[FrameMask, ...]


@dataclass(frozen=True, slots=True)
class SetMasks:
    """Replace masks of many objects and frames: a batch of a propagation, or an import.

    Human frames, frames that a reviewer accepted and locked objects are left alone, and counted
    in ``skipped``, unless ``source`` is HUMAN, which replaces such frames and refuses locked
    objects.
    """

    items: tuple[ObjectFrames, ...]
    source: Source
    pass_id: PassId | None = None
    title: str = Wording("Propagate")


@dataclass(frozen=True, slots=True)
class ClearMask:
    """Forget everything about an object on some frames; it is then unknown there, not absent."""

    object_id: ObjectId
    frames: tuple[FrameIndex, ...]


@dataclass(frozen=True, slots=True)
class RemoveObjects:
    """Remove objects with all their masks."""

    object_ids: tuple[ObjectId, ...]


@dataclass(frozen=True, slots=True)
class Recategorize:
    """Give objects another category."""

    object_ids: tuple[ObjectId, ...]
    category_id: CategoryId


@dataclass(frozen=True, slots=True)
class SetFlags:
    """Set (or take away) flags over a range of frames, ends included.

    Setting ABSENT or OUT_OF_VIEW takes the masks away and makes human frames.
    """

    object_ids: tuple[ObjectId, ...]
    start: FrameIndex
    stop: FrameIndex
    flags: FrameFlag
    is_on: bool = True


@dataclass(frozen=True, slots=True)
class SetZOrder:
    """Say which objects are nearer to the viewer (larger)."""

    orders: tuple[tuple[ObjectId, int], ...]


@dataclass(frozen=True, slots=True)
class LockObjects:
    """Protect objects against every edit, or allow edits again."""

    object_ids: tuple[ObjectId, ...]
    is_locked: bool = True


@dataclass(frozen=True, slots=True)
class HideObjects:
    """Leave objects out of the picture, or show them again."""

    object_ids: tuple[ObjectId, ...]
    is_hidden: bool = True


@dataclass(frozen=True, slots=True)
class SetAttributes:
    """Replace an object's attributes, or with ``frame`` those of one annotation."""

    object_id: ObjectId
    attributes: Attributes
    frame: FrameIndex | None = None


MaskCommand = SetMask | SetMasks | ClearMask | SetFlags
ArrangeCommand = SetZOrder | LockObjects | HideObjects
ObjectCommand = AddObjects | RemoveObjects | Recategorize | SetAttributes | ArrangeCommand
