"""What each command does, and the sentences with which it says no."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sam3_annotator.domain import commands as c
from sam3_annotator.domain.entities import (
    AttributeSpec,
    FrameFlag,
    MediaState,
    ReviewState,
    Source,
)
from sam3_annotator.domain.geometry import Box, PixelBox, Point
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.domain.prompt_text import prompt_from_text
from sam3_annotator.domain.prompts import Click, ConceptPrompt, Exemplar, PromptSet
from tests.support.commands import frames_of, model_run, refused
from tests.support.projects import clip, picture, square

# ------------------------------------------------------------------ media and categories


def test_media_already_there_are_skipped(made):
    outcome = made.document.do(c.AddMedia((clip(), picture("a.jpg"), picture("a.jpg"))))
    assert len(outcome.made) == 1
    assert outcome.skipped == 2
    again = made.document.do(c.AddMedia((picture("a.jpg"),)))
    assert again.step_id is None


def test_media_keep_their_order_when_a_removal_is_undone(made):
    made.document.do(c.AddMedia(tuple(picture(f"{i}.jpg") for i in range(3))))
    order = list(made.document.project.media)
    made.document.do(c.RemoveMedia((order[0], order[2])))
    assert list(made.document.project.media) == [order[1], order[3]]
    made.document.undo()
    assert list(made.document.project.media) == order
    refused(made, c.RemoveMedia((99,)), "no longer")


def test_counts_follow_the_objects_without_reading_the_media(made):
    made.reopen()
    project = made.document.project
    assert project.object_counts(made.media) == {made.bus: 2}
    made.document.do(c.Recategorize((made.objects[0],), made.car))
    assert project.object_counts(made.media) == {made.bus: 1, made.car: 1}
    made.document.do(c.RemoveObjects((made.objects[1],)))
    assert project.object_counts(made.media) == {made.car: 1}
    made.reopen()
    assert made.document.project.object_counts(made.media) == {made.car: 1}


def test_media_state_and_path(made):
    made.document.do(c.SetMediaState((made.media,), MediaState.DONE))
    made.document.do(c.RelocateMedia(((made.media, "moved/clip.mp4"),)))
    media = made.document.project.medium(made.media)
    assert (media.state, media.path) == (MediaState.DONE, "moved/clip.mp4")
    assert made.document.media_path(made.media) == made.path.parent / "moved" / "clip.mp4"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (c.AddCategory("  "), "needs a name"),
        (c.AddCategory("BUS"), "already a category called bus"),
        (c.AddCategory("tram", color="red"), "not a colour"),
        (c.AddCategory("tram", attributes=(AttributeSpec("a"), AttributeSpec("a"))), "of its own"),
        (c.RemoveCategory(1), "2 objects are labelled bus"),
        (c.RemoveCategory(1, 1), "into itself"),
        (c.RemoveCategory(77), "no longer"),
        (c.ReorderCategories((1,)), "every category"),
    ],
)
def test_categories_that_make_no_sense(made, command, words):
    refused(made, command, words)


def test_a_hotkey_belongs_to_one_category(made):
    made.document.do(c.AddCategory("tram", hotkey="1"))
    refused(made, c.AddCategory("boat", hotkey="1"), "key 1 already belongs to tram")


def test_merging_categories_renumbers(made):
    new = c.NewObject(made.media, made.car, (c.FrameMask(0, square(40, 30)),))
    car = made.document.do(c.AddObjects((new,))).made[0]
    made.document.do(c.RemoveCategory(made.bus, made.car))
    numbers = {o.id: o.number for o in made.document.project.objects(made.media)}
    assert numbers[car] == 1
    assert sorted(numbers.values()) == [1, 2, 3]
    assert list(made.document.project.categories) == [made.car]


def test_categories_keep_the_order_they_are_given(made):
    made.document.do(c.ReorderCategories((made.car, made.bus)))
    tram = made.document.do(c.AddCategory("tram")).made[0]
    made.reopen()
    assert list(made.document.project.categories) == [made.car, made.bus, tram]
    old = made.document.project.category(made.car)
    made.document.do(c.EditCategory(replace(old, name="auto", position=9)))
    assert list(made.document.project.categories) == [made.car, made.bus, tram]


# ------------------------------------------------------------------ objects and masks


def test_accepting_candidates_is_one_step_with_numbers_and_prompts(made):
    concept = ConceptPrompt("bus", (Exemplar(Box(1, 2, 3, 4)), Exemplar(Box(5, 6, 7, 8), False)))
    found = tuple(
        c.NewObject(
            made.media,
            made.bus,
            (c.FrameMask(2, square(x, 30), 0.75),),
            origin="concept:bus",
            score=0.75,
            prompts=concept,
        )
        for x in (0, 20, 40)
    )
    outcome = made.document.do(c.AddObjects(found))
    assert outcome.title == "Add 3 objects"
    objects = [made.document.project.object(i) for i in outcome.made]
    assert [o.number for o in objects] == [3, 4, 5]
    assert objects[0].z_order < objects[1].z_order < objects[2].z_order
    annotation = made.document.project.masklet(outcome.made[0]).at(2)
    assert (annotation.source, annotation.score) == (Source.HUMAN, 0.75)
    record = made.document.project.prompts(made.media)[0]
    assert (record.kind, record.author, record.frame) == ("concept", "anna", 2)
    assert prompt_from_text(record.kind, record.payload) == concept


@pytest.mark.parametrize(
    ("prompts", "kind"),
    [
        (PromptSet((Click(Point(1.5, 2)), Click(Point(3, 4), False)), Box(1, 2, 3, 4)), "clicks"),
        (PromptSet(box=Box(1, 2, 3, 4)), "box"),
        (PromptSet(mask=square(3, 4)), "mask"),
    ],
)
def test_prompts_survive(made, prompts, kind):
    made.document.do(c.SetMask(made.objects[0], 1, square(1, 1), prompts=prompts))
    made.reopen()
    (record,) = made.document.project.prompts(made.media)
    assert record.kind == kind
    assert prompt_from_text(record.kind, record.payload) == prompts


def test_masks_are_clipped_to_the_picture(made):
    made.document.do(c.SetMask(made.objects[0], 1, square(60, 44)))
    assert made.document.mask(made.objects[0], 1) == Mask.from_box(PixelBox(60, 44, 64, 48))
    refused(made, c.SetMask(made.objects[0], 1, square(100, 100)), "outside the picture")
    refused(made, c.SetMask(made.objects[0], 20, square(1, 1)), "no frame 20")


def test_erasing_everything_says_absent(made):
    made.document.do(c.SetMask(made.objects[0], 1, EMPTY_MASK, title="Erase"))
    annotation = made.document.project.masklet(made.objects[0]).at(1)
    assert annotation.flags is FrameFlag.ABSENT
    assert annotation.blob_id is None
    assert made.document.mask(made.objects[0], 1) is None
    made.document.do(c.SetMask(made.objects[0], 1, square(1, 1)))
    assert made.document.project.masklet(made.objects[0]).at(1).flags is FrameFlag.NONE


def test_a_model_leaves_human_frames_and_locked_objects_alone(made):
    first, second = made.objects
    made.document.do(c.SetMask(first, 2, square(2, 2)))
    made.document.do(c.SetFlags((first,), 4, 5, FrameFlag.ABSENT))
    human = made.document.project.masklet(first)
    outcome = model_run(made, first, range(8))
    assert outcome.skipped == 4
    after = made.document.project.masklet(first)
    assert after.where(after.is_human).same_as(human)
    assert len(after) == 8
    made.document.do(c.LockObjects((second,)))
    assert model_run(made, second, range(3)).skipped == 3
    refused(made, c.SetMask(first, 2, square(1, 1), Source.MODEL), "A person worked")


def test_what_a_person_said_about_a_frame_survives_a_run(made):
    first = made.objects[0]
    model_run(made, first, range(1, 4))
    made.document.do(c.SetFlags((first,), 2, 2, FrameFlag.OCCLUDED))
    model_run(made, first, range(1, 4), side=5)
    assert made.document.project.masklet(first).at(2).flags is FrameFlag.OCCLUDED
    assert made.document.project.masklet(first).at(2).area == 25


@pytest.mark.parametrize(
    "command",
    [
        c.SetMask(1, 0, square(1, 1)),
        c.ClearMask(1, (0,)),
        c.RemoveObjects((2, 1)),
        c.RemoveMedia((1,)),
        c.RemoveCategory(1, 2),
        c.Recategorize((1,), 2),
        c.SetFlags((1,), 0, 3, FrameFlag.ABSENT),
        c.SetAttributes(1, (("a", "b"),)),
        c.SplitTrack(1, 1),
        c.MergeTracks(2, 1),
        c.MergeTracks(1, 2),
        c.SwapTracks(1, 2, 0, 3),
        c.DeleteRange((1,), 0, 3),
        c.HoldRange(1, 0, 0, 3),
        c.CopyToFrame(1, 0, 3),
        c.SetMasks((c.ObjectFrames(1, (c.FrameMask(0, square(1, 1)),)),), Source.HUMAN),
    ],
)
def test_a_locked_object_refuses_every_edit(made, command):
    made.document.do(c.LockObjects((1,)))
    refused(made, command, "bus 1 is locked")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (c.AddObjects(()), "nothing to add"),
        (c.RemoveObjects(()), "No object is selected"),
        (c.RemoveObjects((99,)), "no longer"),
        (c.SetMask(99, 0, square(1, 1)), "no longer"),
        (c.Recategorize((1,), 99), "no longer"),
        (c.ClearMask(1, (7,)), "no mask here"),
        (c.SetFlags((1,), 5, 7, FrameFlag.UNSURE), "nothing on these frames"),
        (c.SetFlags((), 5, 7, FrameFlag.UNSURE), "nothing to mark"),
        (c.SetFlags((1,), 30, 40, FrameFlag.ABSENT), "no such frames"),
        (c.SetAttributes(1, (("a", 1.0),), 9), "nothing on this frame"),
        (c.SplitTrack(1, 0), "one side"),
        (c.MergeTracks(1, 1), "two different"),
        (c.SwapTracks(1, 2, 5, 9), "Neither"),
        (c.DeleteRange((1,), 5, 9), "no mask on these"),
        (c.HoldRange(1, 5, 6, 9), "no mask on frame 5"),
        (c.CopyToFrame(1, 0, 0), "on this frame already"),
        (c.SetReview((), ReviewState.ACCEPTED), "No object"),
        (c.AddComment(1, 0, "  "), "needs words"),
        (c.AddComment(1, 99, "x"), "no frame 99"),
        (c.ResolveComment(1, 5), "no longer there"),
    ],
)
def test_commands_that_make_no_sense(made, command, words):
    refused(made, command, words)


def test_typed_attributes_are_checked_and_unknown_ones_kept(made):
    category = made.document.project.category(made.bus)
    specs = (
        AttributeSpec("side", "choice", ("left", "right")),
        AttributeSpec("wheels", "number"),
        AttributeSpec("lit", "flag"),
    )
    made.document.do(c.EditCategory(replace(category, attributes=specs)))
    first = made.objects[0]
    made.document.do(c.SetAttributes(first, (("wheels", 6.0), ("lit", True), ("odd", "x"))))
    made.reopen()
    item = made.document.project.object(first)
    assert item.attributes == (("lit", True), ("odd", "x"), ("wheels", 6.0))
    refused(made, c.SetAttributes(first, (("side", "up"),)), "one of left, right")
    refused(made, c.SetAttributes(first, (("wheels", True),)), "must be a number")
    refused(made, c.SetAttributes(first, (("lit", 1.0),)), "must be a flag")
    made.document.do(c.SetAttributes(first, (("side", "left"),), 0))
    made.reopen()
    assert made.document.project.masklet(first).at(0).attributes == (("side", "left"),)


# ------------------------------------------------------------------ exclusive categories


def test_the_upper_object_takes_the_pixels(exclusive):
    low, high = exclusive.add(square(0, 0, 10)), exclusive.add(square(5, 0, 10))
    mask = exclusive.document.mask
    assert mask(high, 0) == square(5, 0, 10)
    assert mask(low, 0) == square(0, 0, 10).minus(square(5, 0, 10))
    exclusive.document.do(c.SetMask(low, 0, square(0, 0, 12)))
    assert mask(low, 0) == square(0, 0, 12).minus(square(5, 0, 10))
    assert mask(high, 0) == square(5, 0, 10)
    exclusive.document.undo()
    assert mask(low, 0) == square(0, 0, 10).minus(square(5, 0, 10))


def test_locked_objects_and_human_frames_keep_their_pixels(exclusive):
    low, high = exclusive.add(square(0, 0, 10)), exclusive.add(square(30, 0, 10))
    document = exclusive.document
    document.do(c.LockObjects((low,)))
    document.do(c.SetMask(high, 0, square(5, 0, 10)))
    assert document.mask(low, 0) == square(0, 0, 10)
    assert document.mask(high, 0) == square(5, 0, 10).minus(square(0, 0, 10))
    refused(exclusive, c.SetMask(high, 0, square(1, 1, 3)), "may not overlap")
    document.do(c.LockObjects((low,), is_locked=False))
    document.do(c.SetMask(low, 1, square(0, 0, 10)))
    masks = (c.FrameMask(1, square(5, 0, 10)),)
    document.do(c.SetMasks((c.ObjectFrames(high, masks),), Source.MODEL))
    assert document.mask(low, 1) == square(0, 0, 10)
    assert document.mask(high, 1) == square(5, 0, 10).minus(square(0, 0, 10))


def test_of_many_objects_those_that_are_covered_are_left_out(exclusive):
    concept = ConceptPrompt("bus")
    found = tuple(
        c.NewObject(
            exclusive.media,
            exclusive.bus,
            (c.FrameMask(0, square(x, 2, side)),),
            prompts=concept,
        )
        for x, side in ((2, 4), (30, 8), (0, 10))
    )
    outcome = exclusive.document.do(c.AddObjects(found))
    assert (len(outcome.made), outcome.skipped) == (2, 1)
    project = exclusive.document.project
    assert [project.mask(one, 0) for one in outcome.made] == [square(30, 2, 8), square(0, 2, 10)]
    assert [record.object_id for record in project.prompts(exclusive.media)] == [*outcome.made]
    exclusive.document.do(c.LockObjects(outcome.made, is_locked=True))
    refused(exclusive, c.AddObjects(found), "may not overlap")
    models = tuple(replace(one, source=Source.MODEL) for one in found)
    again = exclusive.document.do(c.AddObjects(models))
    assert (again.made, again.skipped, again.step_id) == ((), 3, None)


def test_an_object_that_is_covered_wholly_has_no_mask_left(exclusive):
    low = exclusive.add(square(2, 2, 4))
    exclusive.add(square(0, 0, 10))
    assert exclusive.document.mask(low, 0) is None
    assert frames_of(exclusive, low) == []


def test_a_model_pass_is_kept_with_what_it_made(made):
    document = made.document
    pass_id = document.do(c.AddModelPass("mini", "ab" * 32, '{"t": 1}')).made[0]
    masks = (c.FrameMask(3, square(1, 1), 0.5),)
    document.do(c.SetMasks((c.ObjectFrames(made.objects[0], masks),), Source.MODEL, pass_id))
    made.reopen()
    annotation = made.document.project.masklet(made.objects[0]).at(3)
    assert annotation.pass_id == pass_id
    assert made.document.project.passes[pass_id].model == "mini"


def test_ids_are_never_given_twice(made):
    new = made.add(square(1, 1))
    made.document.undo()
    made.reopen()
    assert made.add(square(1, 1)) > new


def test_what_is_on_a_frame_comes_from_far_to_near(made):
    document = made.document
    third = made.add(square(1, 1), frame=3)
    first, second = made.objects
    document.do(c.SetZOrder(((first, 9), (second, -1))))
    shown = document.project.on_frame(made.media, 0)
    assert [item.id for item, _ in shown] == [second, first]
    assert [note.box.left for _, note in shown] == [16, 4]
    assert [item.id for item, _ in document.project.on_frame(made.media, 3)] == [third]


def test_hiding_and_locking_are_titled(made):
    first, second = made.objects
    assert made.document.do(c.HideObjects((first, second))).title == "Hide 2 objects"
    assert made.document.do(c.HideObjects((first,), is_hidden=False)).title == "Show bus 1"
    assert made.document.do(c.LockObjects((first,))).title == "Lock bus 1"
    assert made.document.do(c.LockObjects((first,), is_locked=False)).title == "Unlock bus 1"
    assert made.document.project.object(second).is_hidden
