"""Official tensor names of SAM 2 and 2.1 files -> names of our modules."""

from __future__ import annotations

from sam3_annotator.model.keys_tracker import TRACKER_RULES, Rules, head_rules

_IMAGE_ENCODER: Rules = (
    (r"^image_encoder\.trunk\.pos_embed_window$", "encoder.trunk.tile"),
    (r"^image_encoder\.trunk\.pos_embed$", "encoder.trunk.background"),
    (r"^image_encoder\.trunk\.patch_embed\.proj\.", "encoder.trunk.stem."),
    (r"^(image_encoder\.trunk\.blocks\.\d+)\.proj\.", r"\1.widen."),
    (r"^(image_encoder\.trunk\.blocks\.\d+)\.attn\.qkv\.", r"\1.attention.qkv."),
    (r"^(image_encoder\.trunk\.blocks\.\d+)\.attn\.proj\.", r"\1.attention.output."),
    (r"^image_encoder\.neck\.convs\.(\d)\.conv\.", r"encoder.neck.lateral.\1."),
    (r"^image_encoder\.", "encoder."),
)

_BELOW_TRACKER: Rules = ((r"^(?!encoder\.)", "tracker."),)

SAM2_RULES: Rules = _IMAGE_ENCODER + _BELOW_TRACKER + TRACKER_RULES
"""A whole SAM 2 file -> ``Sam2Model``."""

SAM2_IMAGE_RULES: Rules = _IMAGE_ENCODER + head_rules("heads.") + TRACKER_RULES
"""The image part of a SAM 2 file -> ``Sam2ImageModel``."""
