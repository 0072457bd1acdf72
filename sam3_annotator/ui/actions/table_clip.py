"""Actions on clips: playing, propagating, identity and time."""

from __future__ import annotations

from sam3_annotator.engine.protocol import Capability
from sam3_annotator.ui.actions.spec import (
    ActionSpec,
    Menu,
    Scope,
    Situation,
    unless,
    with_clip,
    with_one_selected,
)
from sam3_annotator.ui.text import QT_TRANSLATE_NOOP
from sam3_annotator.workflow.run_plan import Reach


@unless(QT_TRANSLATE_NOOP("Actions", "Select one object of a clip first."))
def on_clip_with_one(now: Situation) -> bool:
    """While exactly one object of a clip is selected."""
    return with_clip(now) and with_one_selected(now)


@unless(QT_TRANSLATE_NOOP("Actions", "Select two objects of a clip first."))
def on_clip_with_two(now: Situation) -> bool:
    """While exactly two objects of a clip are selected."""
    return with_clip(now) and now.selected == 2


@unless(QT_TRANSLATE_NOOP("Actions", "Select objects of a clip first."))
def on_clip_with_some(now: Situation) -> bool:
    """While objects of a clip are selected."""
    return with_clip(now) and now.selected > 0


@unless(QT_TRANSLATE_NOOP("Actions", "Mark an object in a clip first."))
def on_clip_with_objects(now: Situation) -> bool:
    """While a clip has objects."""
    return with_clip(now) and now.objects > 0


_PLAYING = (
    ActionSpec(
        "clip.play",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "&Play or stop"),
        lambda desks: desks.clip.playback.toggle(),
        ("Space",),
        with_clip,
        icon="play",
        scope=Scope.CANVAS,
    ),
    ActionSpec(
        "clip.previous_human",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Previous human frame"),
        lambda desks: desks.clip.playback.step_human(-1),
        (",",),
        with_clip,
        icon="step-back",
    ),
    ActionSpec(
        "clip.next_human",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Next human frame"),
        lambda desks: desks.clip.playback.step_human(1),
        (".",),
        with_clip,
        icon="step-on",
    ),
    ActionSpec(
        "clip.go_to",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Go to a frame…"),
        lambda desks: desks.clip.take_frame_field(),
        ("Ctrl+J",),
        with_clip,
    ),
    ActionSpec(
        "clip.zoom_in",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Zoom the timeline in"),
        lambda desks: desks.clip.zoom(1.6),
        ("Alt++", "Alt+="),
        with_clip,
    ),
    ActionSpec(
        "clip.zoom_out",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Zoom the timeline out"),
        lambda desks: desks.clip.zoom(1 / 1.6),
        ("Alt+-",),
        with_clip,
    ),
    ActionSpec(
        "clip.zoom_whole",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Show the whole clip on the timeline"),
        lambda desks: desks.clip.zoom(0),
        ("Alt+0",),
        with_clip,
    ),
)

_RUNS = (
    ActionSpec(
        "clip.forward",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Propagate &forward"),
        lambda desks: desks.clip.runs.run(Reach.FORWARD),
        ("G",),
        on_clip_with_objects,
        opens_group=True,
        needs=(Capability.TRACK,),
    ),
    ActionSpec(
        "clip.backward",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Propagate &backward"),
        lambda desks: desks.clip.runs.run(Reach.BACKWARD),
        ("Shift+G",),
        on_clip_with_objects,
        needs=(Capability.TRACK,),
    ),
    ActionSpec(
        "clip.both",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Propagate both ways"),
        lambda desks: desks.clip.runs.run(Reach.BOTH),
        ("Ctrl+Shift+G",),
        on_clip_with_objects,
        needs=(Capability.TRACK,),
    ),
    ActionSpec(
        "clip.between",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Propagate between the human frames around here"),
        lambda desks: desks.clip.runs.run(Reach.BETWEEN),
        ("Ctrl+G",),
        on_clip_with_objects,
        needs=(Capability.TRACK,),
    ),
    ActionSpec(
        "clip.in_range",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Propagate in the selected range"),
        lambda desks: desks.clip.runs.run_in_range(),
        ("Alt+G",),
        on_clip_with_objects,
        needs=(Capability.TRACK,),
    ),
    ActionSpec(
        "clip.all_both",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Propagate all objects both ways"),
        lambda desks: desks.clip.runs.run(Reach.BOTH, for_all=True),
        ("Ctrl+Alt+G",),
        on_clip_with_objects,
        needs=(Capability.TRACK,),
    ),
    ActionSpec(
        "clip.correct",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "&Recompute around this correction"),
        lambda desks: desks.clip.runs.correct(),
        ("J",),
        on_clip_with_some,
        needs=(Capability.TRACK,),
    ),
    ActionSpec(
        "clip.go_on",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Go on with the stopped run"),
        lambda desks: desks.clip.go_on(),
        ("Shift+J",),
        with_clip,
    ),
    ActionSpec(
        "clip.find",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Find the phrase and track it through the clip"),
        lambda desks: desks.clip.find(),
        ("Ctrl+Alt+Return",),
        with_clip,
        needs=(Capability.TRACK_CONCEPT,),
    ),
    ActionSpec(
        "clip.find_forward",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Find and track from here forward"),
        lambda desks: desks.clip.find(Reach.FORWARD),
        (),
        with_clip,
        needs=(Capability.TRACK_CONCEPT,),
    ),
    ActionSpec(
        "clip.find_backward",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Find and track from here backward"),
        lambda desks: desks.clip.find(Reach.BACKWARD),
        (),
        with_clip,
        needs=(Capability.TRACK_CONCEPT,),
    ),
    ActionSpec(
        "clip.cross_cuts",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Runs cross shot cuts"),
        lambda desks: desks.clip.runs.toggle_cuts(),
        when=with_clip,
        is_checkable=True,
    ),
)

_IDENTITY = (
    ActionSpec(
        "clip.split",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "&Split the masklet here"),
        lambda desks: desks.clip.times.split(),
        ("Ctrl+Shift+K",),
        on_clip_with_one,
        icon="split",
        opens_group=True,
    ),
    ActionSpec(
        "clip.merge",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "&Merge the two masklets"),
        lambda desks: desks.clip.times.merge(),
        ("Ctrl+Shift+J",),
        on_clip_with_two,
    ),
    ActionSpec(
        "clip.swap",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "S&wap the two from here on, or in the range"),
        lambda desks: desks.clip.times.swap(),
        ("W",),
        on_clip_with_two,
    ),
)

_TIME = (
    ActionSpec(
        "clip.delete_range",
        Menu.TIME,
        QT_TRANSLATE_NOOP("Actions", "&Delete the masks of the range"),
        lambda desks: desks.clip.times.delete(),
        ("Shift+Del",),
        on_clip_with_some,
        opens_group=True,
    ),
    ActionSpec(
        "clip.hold",
        Menu.TIME,
        QT_TRANSLATE_NOOP("Actions", "&Hold this mask over the range"),
        lambda desks: desks.clip.times.hold(),
        ("Ctrl+Shift+H",),
        on_clip_with_one,
    ),
    ActionSpec(
        "clip.interpolate",
        Menu.TIME,
        QT_TRANSLATE_NOOP("Actions", "&Interpolate between human frames"),
        lambda desks: desks.clip.times.interpolate(),
        ("I",),
        on_clip_with_one,
    ),
    ActionSpec(
        "clip.smooth",
        Menu.TIME,
        QT_TRANSLATE_NOOP("Actions", "Smooth over &time"),
        lambda desks: desks.clip.times.smooth(),
        ("Shift+I",),
        on_clip_with_one,
    ),
    ActionSpec(
        "clip.paint_range",
        Menu.TIME,
        QT_TRANSLATE_NOOP("Actions", "Brush and eraser work on the whole range"),
        lambda desks: desks.clip.times.toggle_range_mode(),
        ("Ctrl+Shift+R",),
        with_clip,
        is_checkable=True,
    ),
    ActionSpec(
        "clip.copy_on",
        Menu.TIME,
        QT_TRANSLATE_NOOP("Actions", "&Copy the mask to the next frame"),
        lambda desks: desks.clip.times.copy_on(1),
        ("Ctrl+Shift+D",),
        on_clip_with_one,
    ),
    ActionSpec(
        "clip.copy_back",
        Menu.TIME,
        QT_TRANSLATE_NOOP("Actions", "Copy the mask to the previous frame"),
        lambda desks: desks.clip.times.copy_on(-1),
        ("Ctrl+Shift+A",),
        on_clip_with_one,
    ),
    ActionSpec(
        "clip.copy_here",
        Menu.TIME,
        QT_TRANSLATE_NOOP("Actions", "Copy the mask of the last human frame here"),
        lambda desks: desks.clip.times.copy_here(),
        ("Ctrl+Shift+V",),
        on_clip_with_one,
    ),
    ActionSpec(
        "clip.begin_range",
        Menu.TIME,
        QT_TRANSLATE_NOOP("Actions", "The range begins on this frame"),
        lambda desks: desks.clip.times.begin_range(),
        ("Alt+,",),
        with_clip,
        opens_group=True,
    ),
    ActionSpec(
        "clip.end_range",
        Menu.TIME,
        QT_TRANSLATE_NOOP("Actions", "The range ends on this frame"),
        lambda desks: desks.clip.times.end_range(),
        ("Alt+.",),
        with_clip,
    ),
    ActionSpec(
        "clip.clear_range",
        Menu.TIME,
        QT_TRANSLATE_NOOP("Actions", "Forget the selected range"),
        lambda desks: desks.clip.times.clear_range(),
        ("Shift+Esc",),
        with_clip,
    ),
)

_FILES = (
    ActionSpec(
        "clip.verify",
        Menu.CLIP,
        QT_TRANSLATE_NOOP("Actions", "Verify an export against this clip…"),
        lambda desks: desks.clip.exchange.ask_verify(),
        when=with_clip,
        opens_group=True,
    ),
)

CLIP_ACTIONS = (*_PLAYING, *_RUNS, *_IDENTITY, *_TIME, *_FILES)
