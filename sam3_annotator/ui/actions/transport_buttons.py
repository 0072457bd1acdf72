"""Which actions have a button above the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from sam3_annotator.ui.actions.action_set import ActionSet
    from sam3_annotator.ui.panels.timeline.transport import Transport

_STEPS = (
    ("clip.previous_human", "step-back"),
    ("view.previous", "previous"),
    ("view.next", "next"),
    ("clip.next_human", "step-on"),
)
_RUNS = ("forward", "backward", "both", "between", "in_range", "", "all_both", "find", "",
         "correct", "go_on", "cross_cuts")  # fmt: skip


def fill_transport(transport: Transport, table: ActionSet) -> None:
    """Give the transport its buttons."""
    transport.use_actions(
        [(table[action], icon) for action, icon in _STEPS],
        table["clip.play"],
        [table[f"clip.{name}"] if name else None for name in _RUNS],
        [
            (table["clip.split"], translate("Timeline", "Split")),
            (table["clip.swap"], translate("Timeline", "Swap")),
            (table["flag.absent"], translate("Timeline", "Absent")),
        ],
    )
