"""Every command there is: the closed union of what a person can ask the document to do.

Commands carry intent and values only. :func:`sam3_annotator.domain.decide.decide` says what each
does to the rows, or why not.
"""

from __future__ import annotations

from sam3_annotator.domain.commands_library import (
    AddCategory,
    AddMedia,
    EditCategory,
    LibraryCommand,
    NewMedia,
    RelocateMedia,
    RemoveCategory,
    RemoveMedia,
    ReorderCategories,
    SetMediaState,
)
from sam3_annotator.domain.commands_objects import (
    AddObjects,
    ClearMask,
    FrameMask,
    HideObjects,
    LockObjects,
    MaskCommand,
    NewObject,
    ObjectCommand,
    ObjectFrames,
    Recategorize,
    RemoveObjects,
    SetAttributes,
    SetFlags,
    SetMask,
    SetMasks,
    SetZOrder,
)
from sam3_annotator.domain.commands_review import (
    AddComment,
    AddModelPass,
    AddSignOff,
    CheckComplete,
    RemoveComment,
    ResolveComment,
    ReviewCommand,
    SetReview,
)
from sam3_annotator.domain.commands_tracks import (
    CopyToFrame,
    DeleteRange,
    HoldRange,
    MergeTracks,
    SplitTrack,
    SwapTracks,
    TrackCommand,
)

Command = LibraryCommand | ObjectCommand | MaskCommand | TrackCommand | ReviewCommand

__all__ = [
    "AddCategory",
    "AddComment",
    "AddMedia",
    "AddModelPass",
    "AddObjects",
    "AddSignOff",
    "CheckComplete",
    "ClearMask",
    "Command",
    "CopyToFrame",
    "DeleteRange",
    "EditCategory",
    "FrameMask",
    "HideObjects",
    "HoldRange",
    "LibraryCommand",
    "LockObjects",
    "MaskCommand",
    "MergeTracks",
    "NewMedia",
    "NewObject",
    "ObjectCommand",
    "ObjectFrames",
    "Recategorize",
    "RelocateMedia",
    "RemoveCategory",
    "RemoveComment",
    "RemoveMedia",
    "RemoveObjects",
    "ReorderCategories",
    "ResolveComment",
    "ReviewCommand",
    "SetAttributes",
    "SetFlags",
    "SetMask",
    "SetMasks",
    "SetMediaState",
    "SetReview",
    "SetZOrder",
    "SplitTrack",
    "SwapTracks",
    "TrackCommand",
]
