"""Every threshold of concept tracking on clips, with the published values as defaults.

Source: fact sheet ``tracker.md`` section 3.2 (the released build of SAM 3.0).
"""

from __future__ import annotations

from dataclasses import dataclass

_SHARES = (
    "min_score",
    "duplicate_iou",
    "match_iou",
    "touch_iou",
    "new_score",
    "recondition_score",
    "recondition_iou",
    "occlusion_iou",
    "keep_area_share",
    "recover_likeness",
    "recover_margin",
)
_COUNTS = (
    "appearance_weight",
    "motion_weight",
    "probation_frames",
    "max_unmatched",
    "max_duplicate",
    "confirm_frames",
    "recondition_every",
    "speck_area",
    "gone_frames",
    "max_objects",
)


@dataclass(frozen=True, slots=True)
class ConceptRules:
    """How detections become tracks, and what ends them.

    Scores, overlaps (IoU), shares and likeness lie in [0, 1]; frames, areas and numbers of things
    are 0 or more.

    Attributes:
        min_score: detections at or below it do not exist.
        duplicate_iou: of two detections of one concept that overlap more, the better stays.
        match_iou: a track is confirmed by a detection from this overlap on.
        touch_iou: a detection that overlaps any track this much is not a new object.
        new_score: a new object needs this score while its concept has tracks already.
        appearance_weight: how much likeness (cosine, clipped to [0, 1]) adds to the overlap when
            detections and tracks are compared; 0 is the published behaviour.
        motion_weight: how much closeness to the predicted place (box IoU) adds; 0 as published.
        probation_frames: a new track can be taken back until it is this old; settled results
            lag one frame less behind.
        max_unmatched: frames without a detection that a track on probation may have.
        max_duplicate: frames on which it may share its detection with one older track.
        confirm_frames: detections in a row before a track is shown at all; 0 shows at once.
            Frames told before that are not told again.
        recondition_every: on every so many frames good detections refresh their tracks; 0 never.
        recondition_score: a detection must be this sure for that,
        recondition_iou: overlap its track this much,
        recondition_object_logit: and the track must be this sure that its object is there.
        occlusion_iou: of two tracks of one concept that overlap this much, the one that was hidden
            more recently is hidden again on this frame; 0 never.
        keep_area_share: when objects compete for pixels, one that would keep a smaller share of
            its mask does not write a memory of it.
        speck_area: holes and islands of up to this many low-resolution cells are cleaned; 0 none.
        gone_frames: a track is ended after this many frames in a row without a mask; 0 never
            (as published: lost tracks are followed, and paid for, for ever).
        recover_likeness: a new detection this like an ended track (cosine of appearance) takes
            its identity up again; 0 never (as published).
        recover_margin: and no other ended track may be as like within this margin.
        max_objects: most tracks at once; the best detections are let in first.
        exclusive_output: give each pixel to one object of a concept only, the surest.
    """

    min_score: float = 0.5
    duplicate_iou: float = 0.1
    match_iou: float = 0.5
    touch_iou: float = 0.1
    new_score: float = 0.7
    appearance_weight: float = 0.0
    motion_weight: float = 0.0
    probation_frames: int = 15
    max_unmatched: int = 8
    max_duplicate: int = 8
    confirm_frames: int = 0
    recondition_every: int = 16
    recondition_score: float = 0.8
    recondition_iou: float = 0.8
    recondition_object_logit: float = 0.8
    occlusion_iou: float = 0.7
    keep_area_share: float = 0.3
    speck_area: int = 16
    gone_frames: int = 120
    recover_likeness: float = 0.9
    recover_margin: float = 0.05
    max_objects: int = 10000
    exclusive_output: bool = True

    def __post_init__(self) -> None:
        """Refuse what no threshold can be.

        Raises:
            ValueError: a value lies outside its range.
        """
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie in [0, 1], not be {getattr(self, name)}")
        for name in _COUNTS:
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 or more, not {getattr(self, name)}")
