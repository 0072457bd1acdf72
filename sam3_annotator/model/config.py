"""Every size of the SAM 3 detector, as frozen values; the defaults are the published model.

A default constructed ``DetectorConfig()`` is the released 848 M network. Tests and the bundled
training use small ones: ``DetectorConfig.tiny()``.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ViTConfig:
    """The image trunk, "PE-L+": a plain vision transformer with windows.

    Attributes:
        image_size: side of the square input, pixels.
        patch: side of one patch, pixels.
        window: side of an attention window, cells; also the range the rotary positions were
            trained on, so larger grids are squeezed into it in global blocks.
        global_blocks: indices of the blocks that attend over the whole grid.
        position_grid: side of the learned position table, cells; it is tiled over the grid.
    """

    image_size: int = 1008
    patch: int = 14
    width: int = 1024
    depth: int = 32
    heads: int = 16
    mlp_width: int = 4736
    window: int = 24
    global_blocks: tuple[int, ...] = (7, 15, 23, 31)
    position_grid: int = 24
    norm_eps: float = 1e-5
    rope_theta: float = 10000.0

    def __post_init__(self) -> None:
        if self.width % self.heads or (self.width // self.heads) % 4:
            raise ValueError(f"{self.heads} heads do not divide width {self.width} into fours")
        if self.image_size % (self.patch * self.window):
            raise ValueError(
                f"image_size {self.image_size} is no multiple of patch x window "
                f"({self.patch} x {self.window})"
            )

    @property
    def grid(self) -> int:
        """Cells along one side of the feature map for the configured image size."""
        return self.image_size // self.patch


@dataclass(frozen=True, slots=True)
class TextConfig:
    """The phrase encoder: a causal transformer over CLIP byte-pair tokens."""

    vocabulary: int = 49408
    context: int = 32
    width: int = 1024
    depth: int = 24
    heads: int = 16
    mlp_width: int = 4096


@dataclass(frozen=True, slots=True)
class LayerConfig:
    """Sizes of one stack of 256-channel transformer layers (exemplars, fusion, decoder)."""

    depth: int
    heads: int = 8
    mlp_width: int = 2048


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """The whole detector.

    Attributes:
        width: channels of everything after the trunk.
        queries: objects the decoder looks for at once.
        roi: side of the grid an exemplar box is pooled to, cells.
        point_prompts: whether the weights hold the point branch of the exemplar encoder; the
            published file does, files written by transformers do not.
        score_mlp_width: hidden width of the scorer's prompt MLP.
        norm_groups: groups of the pixel decoder's group norms.
        tracker_neck: whether a second pyramid for clicks and tracking hangs on the trunk.
    """

    vit: ViTConfig = field(default_factory=ViTConfig)
    text: TextConfig = field(default_factory=TextConfig)
    geometry: LayerConfig = field(default_factory=lambda: LayerConfig(depth=3))
    fusion: LayerConfig = field(default_factory=lambda: LayerConfig(depth=6))
    decoder: LayerConfig = field(default_factory=lambda: LayerConfig(depth=6))
    width: int = 256
    queries: int = 200
    roi: int = 7
    point_prompts: bool = True
    score_mlp_width: int = 2048
    norm_groups: int = 8
    mask_attention_heads: int = 8
    tracker_neck: bool = True

    @staticmethod
    def tiny(*, tracker_neck: bool = True) -> DetectorConfig:
        """A network of the same shape with about 0.2 M parameters, for tests: 56-pixel pictures."""
        return DetectorConfig(
            vit=ViTConfig(
                image_size=56,
                patch=7,
                width=32,
                depth=3,
                heads=2,
                mlp_width=56,
                window=4,
                global_blocks=(1,),
                position_grid=4,
            ),
            text=TextConfig(vocabulary=96, context=8, width=32, depth=2, heads=4, mlp_width=48),
            geometry=LayerConfig(depth=2, heads=4, mlp_width=40),
            fusion=LayerConfig(depth=2, heads=4, mlp_width=40),
            decoder=LayerConfig(depth=3, heads=4, mlp_width=40),
            width=32,
            queries=6,
            roi=7,
            score_mlp_width=40,
            mask_attention_heads=4,
            tracker_neck=tracker_neck,
        )
