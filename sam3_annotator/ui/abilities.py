"""Abilities: what the loaded model can and cannot do, in words, with the way to get the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.engine.protocol import Capability
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from collections.abc import Collection

    from sam3_annotator.engine.protocol import ModelInfo


def missing(model: ModelInfo | None, needs: Collection[Capability]) -> str:
    """Why the loaded model does not do for something, and what to do about it.

    Args:
        model: what is loaded. Nobody is stopped while it is still on its way.
        needs: abilities any of which is enough; empty for what needs no model.

    Returns:
        One sentence or two; "" when it does.
    """
    if model is None or not needs or model.capabilities.intersection(needs):
        return ""
    return missing_ability(next(iter(needs)), model)


def missing_ability(capability: Capability, model: ModelInfo | None) -> str:
    """Why a prompt cannot be used now, and what to do about it."""
    if model is None:
        return translate("Ability", "The model is not loaded yet; drawing tools work meanwhile.")
    text = {
        Capability.CLICK: translate("Ability", "{model} takes no clicks."),
        Capability.BOX: translate("Ability", "{model} takes no boxes."),
        Capability.EXEMPLAR: translate(
            "Ability",
            "{model} cannot find things by example. mini and SAM 3 can: Help, Model.",
        ),
        Capability.PHRASE: translate(
            "Ability", "{model} understands no phrases. SAM 3 does: Help, Model."
        ),
        Capability.TRACK: translate(
            "Ability",
            "{model} cannot follow objects through a clip. Other weights can: Help, Model.",
        ),
        Capability.TRACK_CONCEPT: translate(
            "Ability",
            "{model} finds nothing in a clip by itself. mini (by example) and SAM 3 do: "
            "Help, Model.",
        ),
    }[capability]
    if capability is Capability.PHRASE and Capability.EXEMPLAR in model.capabilities:
        text = translate(
            "Ability",
            "{model} understands no phrases: draw an example box instead. SAM 3 does: Help, Model.",
        )
    return text.format(model=model.name)


def ability_words() -> dict[Capability, str]:
    """What each ability is called."""
    return {
        Capability.CLICK: translate("Ability", "clicks"),
        Capability.BOX: translate("Ability", "boxes"),
        Capability.EXEMPLAR: translate("Ability", "finding by example"),
        Capability.PHRASE: translate("Ability", "finding by phrase"),
        Capability.TRACK: translate("Ability", "tracking"),
        Capability.TRACK_CONCEPT: translate("Ability", "finding and tracking through a clip"),
    }
