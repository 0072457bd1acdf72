"""What reviewers' commands do to the rows, and when they make no sense."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from sam3_annotator.domain.changes import Step, Table
from sam3_annotator.domain.commands_review import (
    AddComment,
    AddModelPass,
    AddSignOff,
    CheckComplete,
    RemoveComment,
    ResolveComment,
    ReviewCommand,
    SetReview,
)
from sam3_annotator.domain.doubts.records import CHECK, VERDICT
from sam3_annotator.domain.entities import (
    Comment,
    ModelPass,
    PromptRecord,
    ReviewMark,
    ReviewState,
    SignOff,
)
from sam3_annotator.domain.ids import FrameIndex, PassId
from sam3_annotator.domain.painting import check_frame, frame_range
from sam3_annotator.domain.review import fingerprint
from sam3_annotator.errors import Rejected
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from sam3_annotator.domain.draft import Draft
    from sam3_annotator.domain.ids import MediaId

_STATES = {
    ReviewState.PROPOSED: Wording("proposed"),
    ReviewState.ACCEPTED: Wording("accepted"),
    ReviewState.REJECTED: Wording("rejected"),
    ReviewState.NEEDS_WORK: Wording("needs work"),
}


def decide_review(draft: Draft, command: ReviewCommand) -> Step:
    """The step of a reviewer's command, or of the record of a model run.

    Raises:
        Rejected: the command makes no sense now; the sentence says why.
    """
    match command:
        case SetReview():
            return _set_review(draft, command)
        case CheckComplete():
            return _check_complete(draft, command)
        case AddComment():
            return _add_comment(draft, command)
        case ResolveComment() | RemoveComment():
            return _change_comment(draft, command)
        case AddSignOff():
            return _sign_off(draft, command)
        case AddModelPass():
            return _add_pass(draft, command)


def _set_review(draft: Draft, command: SetReview) -> Step:
    items = [draft.object(object_id) for object_id in dict.fromkeys(command.object_ids)]
    if not items:
        raise Rejected("No object is selected.")
    is_whole = command.start is None or command.stop is None
    for item in items:
        media = draft.medium(item.media_id)
        start, stop = frame_range(
            media,
            0 if command.start is None or is_whole else command.start,
            media.frame_count - 1 if command.stop is None or is_whole else command.stop,
        )
        mark = ReviewMark(
            id=draft.new_id(Table.REVIEWS),
            media_id=media.id,
            object_id=item.id,
            start=start,
            stop=stop,
            state=command.state,
            author=draft.stamp.author,
            marked_at=draft.stamp.at,
        )
        draft.put(Table.REVIEWS, None, mark)
        if command.evidence:
            _log(draft, mark, command.evidence)
        if is_whole:
            draft.put(Table.OBJECTS, item, replace(item, review=command.state))
    names, state = draft.names_of(items), _STATES[command.state]
    return draft.step(Wording("Review {names}: {state}", names=names, state=state))


def _log(draft: Draft, mark: ReviewMark, evidence: str) -> None:
    record = PromptRecord(
        id=draft.new_id(Table.PROMPTS),
        media_id=mark.media_id,
        object_id=mark.object_id,
        frame=mark.start,
        kind=VERDICT,
        payload=evidence,
        author=draft.stamp.author,
        given_at=draft.stamp.at,
    )
    draft.put(Table.PROMPTS, None, record)


def _check_complete(draft: Draft, command: CheckComplete) -> Step:
    check_frame(draft.medium(command.media_id), command.frame)
    category = draft.category(command.category_id)
    record = PromptRecord(
        id=draft.new_id(Table.PROMPTS),
        media_id=command.media_id,
        object_id=None,
        frame=command.frame,
        kind=CHECK,
        payload=json.dumps(
            {"category": int(category.id), "is_complete": command.is_complete},
            separators=(",", ":"),
        ),
        author=draft.stamp.author,
        given_at=draft.stamp.at,
    )
    draft.put(Table.PROMPTS, None, record)
    said = Wording("all found") if command.is_complete else Wording("some are missing")
    return draft.step(
        Wording("Check {name}: {said}", name=category.name, said=said), made=(record.id,)
    )


def _add_comment(draft: Draft, command: AddComment) -> Step:
    check_frame(draft.medium(command.media_id), command.frame)
    if not command.text.strip():
        raise Rejected("A comment needs words.")
    if command.object_id is not None:
        draft.object(command.object_id)
    comment = Comment(
        id=draft.new_id(Table.COMMENTS),
        media_id=command.media_id,
        object_id=command.object_id,
        frame=command.frame,
        text=command.text.strip(),
        author=draft.stamp.author,
        written_at=draft.stamp.at,
    )
    draft.put(Table.COMMENTS, None, comment)
    return draft.step(Wording("Add comment"), made=(comment.id,))


def _change_comment(draft: Draft, command: ResolveComment | RemoveComment) -> Step:
    comment = _comment(draft, command.media_id, command.comment_id)
    if isinstance(command, RemoveComment):
        draft.put(Table.COMMENTS, comment, None)
        return draft.step(Wording("Remove comment"))
    draft.put(Table.COMMENTS, comment, replace(comment, is_resolved=command.is_resolved))
    return draft.step(
        Wording("Resolve comment") if command.is_resolved else Wording("Reopen comment")
    )


def _comment(draft: Draft, media_id: MediaId, comment_id: int) -> Comment:
    draft.medium(media_id)
    comment = draft.project.contents(media_id).comments.get(comment_id)
    if comment is None:
        raise Rejected("This comment is no longer there.")
    return comment


def _sign_off(draft: Draft, command: AddSignOff) -> Step:
    media = draft.medium(command.media_id)
    start, stop = frame_range(media, command.start, command.stop)
    if command.object_id is not None:
        draft.object(command.object_id)
    contents = draft.project.contents(media.id)
    sign_off = SignOff(
        id=draft.new_id(Table.SIGNOFFS),
        media_id=media.id,
        object_id=command.object_id,
        start=FrameIndex(start),
        stop=FrameIndex(stop),
        digest=fingerprint(contents, command.object_id, start, stop),
        author=draft.stamp.author,
        signed_at=draft.stamp.at,
    )
    draft.put(Table.SIGNOFFS, None, sign_off)
    return draft.step(Wording("Sign off"), made=(sign_off.id,))


def _add_pass(draft: Draft, command: AddModelPass) -> Step:
    record = ModelPass(
        id=PassId(draft.new_id(Table.PASSES)),
        model=command.model,
        weights_hash=command.weights_hash,
        settings=command.settings,
        started_at=draft.stamp.at,
    )
    draft.put(Table.PASSES, None, record)
    return draft.step(Wording("Run {model}", model=command.model), made=(int(record.id),))
