"""Every size and every threshold of the click heads, the tracker and the SAM 2 backbones."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class HieraConfig:
    """Sizes of one Hiera trunk.

    Attributes:
        width: channels of the first stage; every later stage doubles it.
        heads: attention heads of the first stage; doubled with the width.
        blocks: transformer blocks per stage.
        global_blocks: running numbers of the blocks that attend to the whole picture.
        windows: side, in cells, of the attention windows of each stage.
        background: side of the coarse position grid that is enlarged bicubically.
        pooled_stages: how many stages, from the second on, halve the grid.
        mlp_ratio: hidden width of a block's MLP over its width.
        norm_eps: epsilon of every layer norm.
    """

    width: int = 96
    heads: int = 1
    blocks: tuple[int, ...] = (1, 2, 7, 2)
    global_blocks: tuple[int, ...] = (5, 7, 9)
    windows: tuple[int, ...] = (8, 4, 14, 7)
    background: int = 7
    pooled_stages: int = 3
    mlp_ratio: float = 4.0
    norm_eps: float = 1e-6

    @property
    def stage_widths(self) -> tuple[int, ...]:
        """Channels of each stage, finest first."""
        return tuple(self.width * 2**stage for stage in range(len(self.blocks)))

    @property
    def input_multiple(self) -> int:
        """A picture's side must be a multiple of this many pixels (stem 4, position tile)."""
        return 4 * self.windows[0]


@dataclass(frozen=True, slots=True)
class HeadsConfig:
    """Sizes and thresholds of the click prompt encoder and the mask decoder.

    Attributes:
        width: channels of the image embedding and of every token.
        stride: side in model-input pixels of one cell of the image embedding.
        mask_channels: channels of the last hidden layer of the mask-prompt network.
        depth: blocks of the two-way transformer.
        attention_heads: heads of its attentions.
        mlp_width: hidden width of its MLPs.
        cross_reduction: the cross-attentions work in ``width / cross_reduction`` channels.
        alternatives: masks offered for an ambiguous prompt, besides the single-mask token.
        has_object_score: whether the weights contain the head that says "object is present".
        stability_delta: a mask is stable if thresholds ``+delta`` and ``-delta`` agree on it.
        stability_threshold: below this share of agreement the best alternative replaces it.
    """

    width: int = 256
    stride: int = 16
    mask_channels: int = 16
    depth: int = 2
    attention_heads: int = 8
    mlp_width: int = 2048
    cross_reduction: int = 2
    alternatives: int = 3
    has_object_score: bool = True
    stability_delta: float = 0.05
    stability_threshold: float = 0.98


@dataclass(frozen=True, slots=True)
class MemoryConfig:
    """Sizes of the memory encoder and the memory attention.

    Attributes:
        memory_width: channels of a stored memory cell; a pointer is cut into tokens this wide.
        layers: layers of the memory attention (one head each).
        mlp_width: hidden width of its MLPs.
        rope_theta: base of its axial rotary positions.
        mask_scale: mask pixels per embedding cell and side that the memory encoder wants.
        fuser_layers: ConvNeXt blocks of the memory encoder.
        fuser_width: their hidden width.
        logit_scale: factor on the mask probability before it is encoded.
        logit_bias: offset after that factor.
        slots: temporal codes: one for conditioning frames, the rest for recent ones.
        marks_absence: whether a learned vector is added to memories of absent objects (2.1, 3).
        dates_pointers: whether pointers carry their distance in time (2.1, 3).
    """

    memory_width: int = 64
    layers: int = 4
    mlp_width: int = 2048
    rope_theta: float = 10000.0
    mask_scale: int = 16
    fuser_layers: int = 2
    fuser_width: int = 1024
    logit_scale: float = 20.0
    logit_bias: float = -10.0
    slots: int = 7
    marks_absence: bool = True
    dates_pointers: bool = True


@dataclass(frozen=True, slots=True)
class TrackingRules:
    """Which memories are used, and what counts as absent; no weights depend on these.

    Attributes:
        max_conditioning: prompted frames attended to at once; None for all (SAM 2).
        max_pointers: pointers of recent frames, plus one.
        selects_memories: skip recent frames on which the object was lost or badly seen.
        min_score: effective score (presence times IoU) a frame needs to be remembered.
        max_alternative_points: with more points than this one mask is asked for, not three.
        max_points: points of one prompt; the middle ones are left out beyond this.
        previous_clamp: range of earlier mask logits that are fed back with new clicks.
        absent_logit: mask logit written everywhere when the object is not there.
        prompted_logit: object logit of a mask prompt that is not empty; negated if it is.
        correction_window: a person's prompt replaces those by a program up to so many frames away.
    """

    max_conditioning: int | None = 4
    max_pointers: int = 16
    selects_memories: bool = True
    min_score: float = 0.01
    max_alternative_points: int = 1
    max_points: int = 16
    previous_clamp: float = 32.0
    absent_logit: float = -1024.0
    prompted_logit: float = 10.0
    correction_window: int = 16


@dataclass(frozen=True, slots=True)
class TrackerConfig:
    """One tracker: click heads, memory and rules.

    Attributes:
        image_size: side in pixels of the square model input it was trained with.
    """

    image_size: int = 1008
    heads: HeadsConfig = field(default_factory=HeadsConfig)
    memory: MemoryConfig = field(default_factory=MemoryConfig)
    rules: TrackingRules = field(default_factory=TrackingRules)

    @property
    def grid(self) -> int:
        """Cells per side of the image embedding at the trained input size."""
        return self.image_size // self.heads.stride


@dataclass(frozen=True, slots=True)
class Sam2Config:
    """A whole SAM 2 or 2.1 model: its backbone and its tracker."""

    backbone: HieraConfig
    tracker: TrackerConfig


SAM3_TRACKER = TrackerConfig(image_size=1008, heads=HeadsConfig(stride=14))

_SAM2_RULES = TrackingRules(max_conditioning=None, selects_memories=False)
_SAM21_TRACKER = TrackerConfig(image_size=1024, rules=_SAM2_RULES)
_SAM20_TRACKER = replace(
    _SAM21_TRACKER, memory=MemoryConfig(marks_absence=False, dates_pointers=False)
)

HIERA_TINY = HieraConfig()
HIERA_SMALL = HieraConfig(blocks=(1, 2, 11, 2), global_blocks=(7, 10, 13))
HIERA_BASE_PLUS = HieraConfig(
    width=112, heads=2, blocks=(2, 3, 16, 3), global_blocks=(12, 16, 20), background=14
)
HIERA_LARGE = HieraConfig(
    width=144,
    heads=2,
    blocks=(2, 6, 36, 4),
    global_blocks=(23, 33, 43),
    windows=(8, 4, 16, 8),
)

SAM2_TINY = Sam2Config(HIERA_TINY, _SAM20_TRACKER)
SAM2_SMALL = Sam2Config(HIERA_SMALL, _SAM20_TRACKER)
SAM2_BASE_PLUS = Sam2Config(HIERA_BASE_PLUS, _SAM20_TRACKER)
SAM2_LARGE = Sam2Config(HIERA_LARGE, _SAM20_TRACKER)
SAM21_TINY = Sam2Config(HIERA_TINY, _SAM21_TRACKER)
SAM21_SMALL = Sam2Config(HIERA_SMALL, _SAM21_TRACKER)
SAM21_BASE_PLUS = Sam2Config(HIERA_BASE_PLUS, _SAM21_TRACKER)
SAM21_LARGE = Sam2Config(HIERA_LARGE, _SAM21_TRACKER)

BUNDLED_HEADS = HeadsConfig(has_object_score=False)
"""Heads of the SAM 2 tiny weights that ship with the program: no presence score in them."""

SMALL_HEADS = HeadsConfig(width=128, mlp_width=64, attention_heads=4)
SMALL_MEMORY = MemoryConfig(layers=2, mlp_width=64, fuser_width=64)
SMALL_TRACKER = TrackerConfig(
    image_size=128, heads=SMALL_HEADS, memory=SMALL_MEMORY, rules=TrackingRules()
)
"""A tracker small enough for tests: an 8 x 8 grid, two memory layers."""
SMALL_HIERA = HieraConfig(
    width=16, blocks=(1, 2, 3, 1), global_blocks=(4,), windows=(8, 4, 4, 2), background=3
)
