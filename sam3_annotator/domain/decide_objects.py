"""What commands about objects as wholes do to the rows, and when they make no sense."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sam3_annotator.domain.changes import Step, Table
from sam3_annotator.domain.commands_objects import (
    AddObjects,
    ArrangeCommand,
    HideObjects,
    LockObjects,
    ObjectCommand,
    Recategorize,
    RemoveObjects,
    SetAttributes,
    SetZOrder,
)
from sam3_annotator.domain.entities import PromptRecord, Source, TrackedObject
from sam3_annotator.domain.exclusion import apply_exclusion
from sam3_annotator.domain.ids import FrameIndex, ObjectId
from sam3_annotator.domain.masklet import Masklet
from sam3_annotator.domain.painting import annotations_of
from sam3_annotator.domain.prompt_text import prompt_kind, prompt_to_text
from sam3_annotator.errors import Rejected
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sam3_annotator.domain.commands_objects import NewObject
    from sam3_annotator.domain.draft import Draft
    from sam3_annotator.domain.entities import Attributes
    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.domain.prompts import ConceptPrompt, PromptSet


def decide_object(draft: Draft, command: ObjectCommand) -> Step:
    """The step of a command about objects as wholes.

    Raises:
        Rejected: the command makes no sense now; the sentence says why.
    """
    if isinstance(command, ArrangeCommand):
        return _decide_arrangement(draft, command)
    match command:
        case AddObjects():
            return _add_objects(draft, command)
        case RemoveObjects():
            return _remove_objects(draft, command)
        case Recategorize():
            return _recategorize(draft, command)
        case SetAttributes():
            return _set_attributes(draft, command)


def _decide_arrangement(draft: Draft, command: ArrangeCommand) -> Step:
    match command:
        case SetZOrder():
            return _set_z_order(draft, command)
        case LockObjects():
            return _lock_objects(draft, command)
        case HideObjects():
            return _hide_objects(draft, command)


def _add_objects(draft: Draft, command: AddObjects) -> Step:
    if not command.objects:
        raise Rejected("There is nothing to add.")
    draft.project.preload(new.media_id for new in command.objects)
    pairs = [(_add_object(draft, new), new) for new in command.objects]
    for item, new in pairs:
        frames = [edit.frame for edit in new.masks]
        apply_exclusion(draft, item, frames, is_human=new.source is Source.HUMAN)
    made = [item for item, new in pairs if not _is_buried(draft, item, new)]
    if not made and any(new.source is Source.HUMAN for _, new in pairs):
        raise Rejected(
            "Nothing of {name} is left: it lies under objects of the same category, which may not "
            "overlap, or outside the picture.",
            name=draft.name_of(pairs[0][0]),
        )
    ids = tuple(int(item.id) for item in made)
    kept = set(ids)
    for item, new in pairs:
        if int(item.id) not in kept:
            remove_object(draft, item)
        elif new.prompts is not None:
            frame = new.masks[0].frame if new.masks else FrameIndex(0)
            log_prompts(draft, item.media_id, item.id, frame, new.prompts)
    title = command.title
    if not title:
        title = Wording("Add {names}", names=draft.names_of(made))
    return draft.step(title, made=ids, skipped=len(pairs) - len(made))


def _is_buried(draft: Draft, item: TrackedObject, new: NewObject) -> bool:
    """Whether all that was drawn of an object belongs to others, or lies outside the picture."""
    drawn = [edit for edit in new.masks if edit.mask is not None and not edit.mask.is_empty]
    return bool(drawn) and all(draft.mask(item.id, edit.frame) is None for edit in drawn)


def _add_object(draft: Draft, new: NewObject) -> TrackedObject:
    media = draft.medium(new.media_id)
    category = draft.category(new.category_id)
    item = TrackedObject(
        id=ObjectId(draft.new_id(Table.OBJECTS)),
        media_id=media.id,
        category_id=category.id,
        number=draft.next_number(media.id, category.id),
        z_order=draft.next_z_order(media.id),
        origin=new.origin,
        score=new.score,
        attributes=tuple(sorted(new.attributes)),
    )
    draft.put(Table.OBJECTS, None, item)
    annotations = annotations_of(draft, item, new.masks, new.source, new.pass_id)
    if annotations:
        draft.put_masklet(media.id, Masklet.of(item.id, annotations, draft.project.people))
    return item


def log_prompts(
    draft: Draft,
    media_id: MediaId,
    object_id: ObjectId,
    frame: FrameIndex,
    prompts: PromptSet | ConceptPrompt,
) -> None:
    """Keep what was pointed at or named."""
    record = PromptRecord(
        id=draft.new_id(Table.PROMPTS),
        media_id=media_id,
        object_id=object_id,
        frame=frame,
        kind=prompt_kind(prompts),
        payload=prompt_to_text(prompts),
        author=draft.stamp.author,
        given_at=draft.stamp.at,
    )
    draft.put(Table.PROMPTS, None, record)


def remove_object(draft: Draft, item: TrackedObject) -> None:
    """Remove one object with everything that hangs on it, except the prompt log."""
    draft.put(Table.OBJECTS, item, None)
    draft.put_masklet(item.media_id, Masklet.empty(item.id, draft.project.people))
    contents = draft.project.contents(item.media_id)
    for table, rows in (
        (Table.COMMENTS, contents.comments),
        (Table.REVIEWS, contents.reviews),
        (Table.SIGNOFFS, contents.signoffs),
    ):
        for row in rows.values():
            if row.object_id == item.id:
                draft.put(table, row, None)


def _remove_objects(draft: Draft, command: RemoveObjects) -> Step:
    items = _each(draft, command.object_ids, is_edit=True)
    title = Wording("Remove {names}", names=draft.names_of(items))
    for item in items:
        remove_object(draft, item)
    return draft.step(title)


def _recategorize(draft: Draft, command: Recategorize) -> Step:
    category = draft.category(command.category_id)
    items = _each(draft, command.object_ids, is_edit=True)
    title = Wording(
        "Change {names} to {category}", names=draft.names_of(items), category=category.name
    )
    for item in items:
        if item.category_id == category.id:
            continue
        number = draft.next_number(item.media_id, category.id)
        new = replace(item, category_id=category.id, number=number)
        draft.put(Table.OBJECTS, item, new)
        apply_exclusion(draft, new, draft.masklet(item.id).frames.tolist(), is_human=True)
    return draft.step(title)


def _set_z_order(draft: Draft, command: SetZOrder) -> Step:
    orders = dict(command.orders)
    items = _each(draft, orders, is_edit=False)
    for item in items:
        draft.put(Table.OBJECTS, item, replace(item, z_order=orders[item.id]))
    key = "order " + ",".join(str(int(item.id)) for item in items)
    return draft.step(Wording("Reorder {names}", names=draft.names_of(items)), merge_key=key)


def _lock_objects(draft: Draft, command: LockObjects) -> Step:
    title = Wording("Lock {names}") if command.is_locked else Wording("Unlock {names}")
    return _change(
        draft, command.object_ids, title, lambda item: replace(item, is_locked=command.is_locked)
    )


def _hide_objects(draft: Draft, command: HideObjects) -> Step:
    title = Wording("Hide {names}") if command.is_hidden else Wording("Show {names}")
    return _change(
        draft, command.object_ids, title, lambda item: replace(item, is_hidden=command.is_hidden)
    )


def _change(
    draft: Draft,
    object_ids: Iterable[ObjectId],
    title: Wording,
    changed: Callable[[TrackedObject], TrackedObject],
) -> Step:
    items = _each(draft, object_ids, is_edit=False)
    for item in items:
        draft.put(Table.OBJECTS, item, changed(item))
    return draft.step(Wording(title, names=draft.names_of(items)))


def _set_attributes(draft: Draft, command: SetAttributes) -> Step:
    item = draft.editable(command.object_id)
    attributes = tuple(sorted(command.attributes))
    _check_attributes(draft, item, attributes)
    title = Wording("Set attributes of {name}", name=draft.name_of(item))
    key = f"attributes {int(item.id)} {command.frame}"
    if command.frame is None:
        draft.put(Table.OBJECTS, item, replace(item, attributes=attributes))
        return draft.step(title, merge_key=key)
    masklet = draft.masklet(item.id)
    annotation = masklet.at(command.frame)
    if annotation is None:
        raise Rejected("{name} has nothing on this frame to describe.", name=draft.name_of(item))
    new = replace(
        annotation,
        attributes=attributes,
        author=draft.stamp.author,
        edited_at=draft.stamp.at,
    )
    changed = Masklet.of(item.id, [new], draft.project.people)
    draft.put_masklet(item.media_id, masklet.merged(changed))
    return draft.step(title, merge_key=key)


_VALUE_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "choice": (str,),
    "number": (float, int),
    "flag": (bool,),
}
_KINDS = {
    "text": Wording("text"),
    "choice": Wording("choice"),
    "number": Wording("number"),
    "flag": Wording("flag"),
}


def _check_attributes(draft: Draft, item: TrackedObject, attributes: Attributes) -> None:
    specs = {spec.name: spec for spec in draft.category(item.category_id).attributes}
    for name, value in attributes:
        spec = specs.get(name)
        if spec is None:
            continue  # imported attributes that nobody has described yet are kept as they are
        is_flag = isinstance(value, bool)
        if not isinstance(value, _VALUE_TYPES[spec.kind]) or is_flag != (spec.kind == "flag"):
            raise Rejected(
                "{name} must be a {kind}, not {value!r}.",
                name=name,
                kind=_KINDS[spec.kind],
                value=value,
            )
        if spec.kind == "choice" and value not in spec.choices:
            raise Rejected(
                "{name} must be one of {choices}, not {value}.",
                name=name,
                choices=", ".join(spec.choices),
                value=value,
            )


def _each(
    draft: Draft, object_ids: Iterable[ObjectId], *, is_edit: bool
) -> tuple[TrackedObject, ...]:
    found = draft.editable if is_edit else draft.object
    items = tuple(found(object_id) for object_id in dict.fromkeys(object_ids))
    if not items:
        raise Rejected("No object is selected.")
    return items
