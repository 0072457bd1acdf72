"""What a run will need on the model's device: asked, judged and told before it begins."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sam3_annotator.engine.protocol import PlanRun, Priority, RunNeeds
from sam3_annotator.errors import Rejected
from sam3_annotator.ui.text import translate
from sam3_annotator.workflow.desk import Listener, silent

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.engine.protocol import Item
    from sam3_annotator.ui.wiring.workspace import Workspace

_GB = 1e9


def ask_needs(workspace: Workspace, request: PlanRun, then: Callable[[RunNeeds], None]) -> None:
    """Let the model say what a run needs.

    Args:
        workspace: whose model is asked.
        request: the run.
        then: hears the answer; what it refuses is told to the user.
    """
    workspace.engine.desk.ask(
        request,
        lane="plan",
        priority=Priority.CLICK,
        listener=Listener(partial(_answered, workspace, then), silent),
    )


def check_one_fits(needs: RunNeeds) -> None:
    """Refuse a run that has no room for a single object.

    Raises:
        Rejected: not even one fits.
    """
    if needs.free_bytes and not needs.room_for:
        least = needs.shared_bytes + needs.object_bytes
        text = translate(
            "RunDesk",
            "A run needs {need} GB for one object and only {free} GB are free on the "
            "model's device. Close other programs, or load smaller weights.",
        )
        raise Rejected(text.format(need=gigabytes(least), free=gigabytes(needs.free_bytes)))


def gigabytes(count: int) -> str:
    """Bytes for people: two decimals below ten gigabytes."""
    return f"{count / _GB:.2f}" if count < 10 * _GB else f"{count / _GB:.0f}"


def _answered(workspace: Workspace, then: Callable[[RunNeeds], None], item: Item) -> None:
    if isinstance(item, RunNeeds):
        with workspace.explaining():
            then(item)
