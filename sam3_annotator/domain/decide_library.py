"""What commands about media and categories do to the rows, and when they make no sense."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sam3_annotator.domain.changes import Step, Table
from sam3_annotator.domain.commands_library import (
    AddCategory,
    AddMedia,
    CategoryCommand,
    EditCategory,
    LibraryCommand,
    MediaCommand,
    RelocateMedia,
    RemoveCategory,
    RemoveMedia,
    ReorderCategories,
    SetMediaState,
)
from sam3_annotator.domain.decide_objects import remove_object
from sam3_annotator.domain.entities import Category, Media, MediaState
from sam3_annotator.domain.ids import CategoryId, MediaId
from sam3_annotator.errors import Rejected
from sam3_annotator.wording import Wording, counted

if TYPE_CHECKING:
    from sam3_annotator.domain.draft import Draft

PALETTE = (
    "#4c9dff", "#f0b354", "#58c987", "#ef6b73", "#b48cff", "#3fc7c7",
    "#e58cc5", "#a8b84a", "#d98550", "#7f93e8", "#6fb3a0", "#c9a27a",
)  # fmt: skip
"""Colours given to new categories in turn; told apart by colour-blind people by lightness too."""

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_STATES = {
    MediaState.TODO: Wording("todo"),
    MediaState.DONE: Wording("done"),
    MediaState.REVIEWED: Wording("reviewed"),
}


def decide_library(draft: Draft, command: LibraryCommand) -> Step:
    """The step of a command about media or categories.

    Raises:
        Rejected: the command makes no sense now; the sentence says why.
    """
    if isinstance(command, MediaCommand):
        return _decide_media(draft, command)
    return _decide_category(draft, command)


def _decide_media(draft: Draft, command: MediaCommand) -> Step:
    match command:
        case AddMedia():
            return _add_media(draft, command)
        case RemoveMedia():
            return _remove_media(draft, command)
        case SetMediaState():
            return _set_state(draft, command)
        case RelocateMedia():
            return _relocate(draft, command)


def _decide_category(draft: Draft, command: CategoryCommand) -> Step:
    match command:
        case AddCategory():
            return _add_category(draft, command)
        case EditCategory():
            return _edit_category(draft, command)
        case RemoveCategory():
            return _remove_category(draft, command)
        case ReorderCategories():
            return _reorder(draft, command)


def _add_media(draft: Draft, command: AddMedia) -> Step:
    known = {(media.path, media.page) for media in draft.project.media.values()}
    made = []
    for item in command.items:
        if (item.path, item.page) in known:
            continue
        known.add((item.path, item.page))
        media = Media(
            id=MediaId(draft.new_id(Table.MEDIA)),
            kind=item.kind,
            path=item.path,
            page=item.page,
            content_hash=item.content_hash,
            width=item.width,
            height=item.height,
            frame_count=item.frame_count,
        )
        draft.put(Table.MEDIA, None, media)
        made.append(int(media.id))
    title = counted(len(made), "Add media", "Add {count} media")
    return draft.step(title, made=tuple(made), skipped=len(command.items) - len(made))


def _remove_media(draft: Draft, command: RemoveMedia) -> Step:
    draft.project.preload(command.media_ids)
    for media_id in dict.fromkeys(command.media_ids):
        media = draft.medium(media_id)
        draft.put(Table.MEDIA, media, None)
        contents = draft.project.contents(media_id)
        for item in contents.objects.values():
            remove_object(draft, draft.editable(item.id))
        for table, rows in (
            (Table.COMMENTS, contents.comments),
            (Table.SIGNOFFS, contents.signoffs),
        ):
            for row in rows.values():
                draft.put(table, row, None)
    count = len(set(command.media_ids))
    return draft.step(counted(count, "Remove media", "Remove {count} media"))


def _set_state(draft: Draft, command: SetMediaState) -> Step:
    for media_id in command.media_ids:
        media = draft.medium(media_id)
        draft.put(Table.MEDIA, media, replace(media, state=command.state))
    return draft.step(Wording("Mark as {state}", state=_STATES[command.state]))


def _relocate(draft: Draft, command: RelocateMedia) -> Step:
    for media_id, path in command.paths:
        media = draft.medium(media_id)
        draft.put(Table.MEDIA, media, replace(media, path=path))
    return draft.step(Wording("Find moved media"))


def _add_category(draft: Draft, command: AddCategory) -> Step:
    categories = draft.project.categories
    position = max((c.position for c in categories.values()), default=-1) + 1
    category = Category(
        id=CategoryId(draft.new_id(Table.CATEGORIES)),
        name=command.name.strip(),
        color=command.color or PALETTE[len(categories) % len(PALETTE)],
        hotkey=command.hotkey,
        supercategory=command.supercategory.strip(),
        attributes=command.attributes,
        is_exclusive=command.is_exclusive,
        position=position,
    )
    _check_category(draft, category)
    draft.put(Table.CATEGORIES, None, category)
    return draft.step(Wording("Add category {name}", name=category.name), made=(int(category.id),))


def _edit_category(draft: Draft, command: EditCategory) -> Step:
    old = draft.project.category(command.category.id)
    new = replace(command.category, name=command.category.name.strip(), position=old.position)
    _check_category(draft, new)
    draft.put(Table.CATEGORIES, old, new)
    return draft.step(
        Wording("Edit category {name}", name=new.name), merge_key=f"category {int(new.id)}"
    )


def _check_category(draft: Draft, category: Category) -> None:
    if not category.name:
        raise Rejected("A category needs a name.")
    if not _COLOR.fullmatch(category.color):
        raise Rejected("{color} is not a colour; write it as #rrggbb.", color=category.color)
    names = [spec.name for spec in category.attributes]
    if len(set(names)) < len(names) or not all(names):
        raise Rejected("Every attribute of a category needs a name of its own.")
    for other in draft.project.categories.values():
        if other.id == category.id:
            continue
        if other.name.casefold() == category.name.casefold():
            raise Rejected("There is already a category called {name}.", name=other.name)
        if category.hotkey and other.hotkey == category.hotkey:
            raise Rejected(
                "The key {hotkey} already belongs to {name}.",
                hotkey=category.hotkey,
                name=other.name,
            )


def _remove_category(draft: Draft, command: RemoveCategory) -> Step:
    category = draft.project.category(command.category_id)
    objects = draft.project.objects_of(category.id)
    title = Wording("Remove category {name}", name=category.name)
    if command.merge_into is not None:
        target = draft.project.category(command.merge_into)
        if target.id == category.id:
            raise Rejected("A category cannot be merged into itself.")
        title = Wording("Merge {name} into {other}", name=category.name, other=target.name)
        draft.project.preload(item.media_id for item in objects)
        for item in objects:
            draft.editable(item.id)
            number = draft.next_number(item.media_id, target.id)
            draft.put(Table.OBJECTS, item, replace(item, category_id=target.id, number=number))
    elif objects:
        raise Rejected(
            "{objects} labelled {name}. Merge the category into another one, or remove what is "
            "labelled so first.",
            objects=counted(len(objects), "1 object is", "{count} objects are"),
            name=category.name,
        )
    draft.put(Table.CATEGORIES, category, None)
    return draft.step(title)


def _reorder(draft: Draft, command: ReorderCategories) -> Step:
    categories = draft.project.categories
    if sorted(command.order) != sorted(categories):
        raise Rejected("The new order does not name every category once.")
    for position, category_id in enumerate(command.order):
        category = categories[category_id]
        draft.put(Table.CATEGORIES, category, replace(category, position=position))
    return draft.step(Wording("Reorder categories"))
